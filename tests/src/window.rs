//! The real window, by `WebDriver`: what it shows and what a person does in it.

use std::fs;
use std::path::Path;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use serde_json::Value;

use crate::desktop_app::Desktop;
use crate::machine::Machine;
use crate::processes;
use crate::wait::{DEADLINE, eventually};
use crate::web_driver::WebDriver;

/// Only what is serious, with the places.
const AXE_RUN: &str = "
    const done = arguments[arguments.length - 1];
    const tell = ({ id, impact, nodes }) =>
        `${impact} ${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`;
    axe.run(document, { resultTypes: ['violations'] }).then(
        ({ violations }) => done(violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical').map(tell)),
        (error) => done([`axe failed: ${error}`]));";

/// Answers with the place of the element.
const LISTEN_FOR_CLICK: &str = "
    const selector = `[data-testid=${arguments[0]}]`;
    window.wasClicked = false;
    window.listenerOfClicks ??= addEventListener('click', ({ target }) => {
        window.wasClicked = target.closest(window.clickedSelector) !== null;
    }, true) ?? true;
    window.clickedSelector = selector;
    const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
    return [x, y, width, height]";

const WAS_CLICKED: &str = "return window.wasClicked";

fn axe_source() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("npm ci first: {}: {error}", path.display()))
}

/// The window of an app that runs, and the driver that opened it.
#[derive(Debug)]
pub struct Window {
    client: Client,
    _driver: WebDriver,
    app: u32,
}

impl Window {
    /// Starts the app and waits until it has drawn its first picture.
    pub async fn open(machine: &Machine, desktop: &Desktop) -> Self {
        Self::open_with(machine, desktop, &[]).await
    }

    /// [`Window::open`], for [`Window::keep_picture`]: `WebKitGTK` never answers the question for a
    /// picture with the renderer that the app chooses.
    pub async fn open_for_pictures(machine: &Machine, desktop: &Desktop) -> Self {
        Self::open_with(machine, desktop, &[("WEBKIT_DISABLE_DMABUF_RENDERER", "0")]).await
    }

    /// [`Window::open`], with more in the environment of the app.
    pub async fn open_with(
        machine: &Machine,
        desktop: &Desktop,
        environment: &[(&str, &str)],
    ) -> Self {
        let mut driver = WebDriver::start(machine, desktop, environment).await;
        let client = driver.open(machine).await;
        let app = eventually("one app runs", async || processes::app_of(machine)).await;
        let window = Self {
            client,
            _driver: driver,
            app,
        };
        let picture = Locator::Css("[data-testid=clock], main[data-testid=error]");
        eventually("the window shows something", async || {
            window.client.find(picture).await
        })
        .await;
        window
    }

    /// The id of the app's process.
    pub fn app(&self) -> u32 {
        self.app
    }

    /// The element with this `data-testid`.
    pub async fn part(&self, name: &str) -> Element {
        let selector = format!("[data-testid={name}]");
        answer(name, self.client.find(Locator::Css(&selector))).await
    }

    /// How many elements match `selector`.
    pub async fn count(&self, selector: &str) -> usize {
        let found = self.client.find_all(Locator::Css(selector));
        answer(selector, found).await.len()
    }

    /// What the element with this `data-testid` says.
    pub async fn text(&self, name: &str) -> String {
        let part = self.part(name).await;
        // Not WebDriver's own text: it takes what stands in a container query for hidden.
        let text = answer(name, part.prop("innerText")).await;
        text.unwrap_or_default().trim().into()
    }

    /// An attribute of the element with this `data-testid`.
    pub async fn attribute(&self, name: &str, attribute: &str) -> String {
        let part = self.part(name).await;
        answer(name, part.attr(attribute)).await.unwrap_or_default()
    }

    /// The seconds that the clock shows; beyond the plan they have a plus sign.
    pub async fn clock_seconds(&self) -> i64 {
        let text = self.text("clock").await;
        let digits = text.trim_start_matches('+').split_once(':');
        let seconds = digits.and_then(|(minutes, seconds)| {
            Some(minutes.trim().parse::<i64>().ok()? * 60 + seconds.trim().parse::<i64>().ok()?)
        });
        seconds.unwrap_or_else(|| panic!("the clock shows minutes and seconds: {text:?}"))
    }

    /// What the timer is doing, as the window knows.
    pub async fn state(&self) -> String {
        self.ask("return document.body.dataset.state ?? ''")
            .await
            .as_str()
            .unwrap_or_default()
            .into()
    }

    /// Waits until the window shows this state.
    pub async fn shows(&self, state: &str) {
        eventually(
            &format!("the window shows that the timer is {state}"),
            async || {
                let seen = self.state().await;
                if seen == state { Ok(()) } else { Err(seen) }
            },
        )
        .await;
    }

    /// What a line of JavaScript returns.
    pub async fn ask(&self, script: &str) -> Value {
        answer(script, self.client.execute(script, Vec::new())).await
    }

    /// Presses and releases a key, wherever the focus is.
    pub async fn press(&self, key: char) {
        let down = KeyAction::Down { value: key };
        let up = KeyAction::Up { value: key };
        let keys = KeyActions::new("keyboard".into()).then(down).then(up);
        answer("a key", self.client.perform_actions(keys)).await;
    }

    /// Presses and releases a key while the control key is held.
    pub async fn press_with_control(&self, key: char) {
        const CONTROL: char = '\u{E009}';
        let keys = [
            KeyAction::Down { value: CONTROL },
            KeyAction::Down { value: key },
            KeyAction::Up { value: key },
            KeyAction::Up { value: CONTROL },
        ];
        let all = KeyActions::new("keyboard".into());
        let keys = keys.into_iter().fold(all, KeyActions::then);
        answer("keys", self.client.perform_actions(keys)).await;
    }

    /// Clicks on the element with this `data-testid`, once it stands still: one that is drawn anew cannot be
    /// clicked for a moment, and one that gives way to what comes above it is missed.
    pub async fn click(&self, name: &str) {
        let selector = format!("[data-testid={name}]");
        let mut place = Value::Null;
        eventually(&format!("{name} can be clicked"), async || {
            let said = |error: CmdError| format!("{error:?}");
            let found = self.client.find(Locator::Css(&selector)).await;
            let part = found.map_err(said)?;
            let seen = self.run(LISTEN_FOR_CLICK, name).await.map_err(said)?;
            let before = std::mem::replace(&mut place, seen);
            if place != before {
                return Err(format!("it moves from {before} to {place}"));
            }
            part.click().await.map_err(said)?;
            // A page that is gone with the click was hit.
            match self.run(WAS_CLICKED, name).await {
                Ok(Value::Bool(false)) => Err("something else was hit".into()),
                Ok(_) | Err(_) => Ok(()),
            }
        })
        .await;
    }

    async fn run(&self, script: &str, argument: &str) -> Result<Value, CmdError> {
        self.client.execute(script, vec![argument.into()]).await
    }

    /// Makes the window so large, and waits until the page is.
    pub async fn resize(&self, width: u32, height: u32) {
        answer("its size", self.client.set_window_size(width, height)).await;
        eventually("the page has the size of the window", async || {
            let size = self.ask("return [innerWidth, innerHeight]").await;
            if size == serde_json::json!([width, height]) {
                Ok(())
            } else {
                Err(size)
            }
        })
        .await;
    }

    /// Waits until the element with this `data-testid` has the focus.
    pub async fn has_focus(&self, name: &str) {
        self.answers("return document.activeElement.dataset.testid", name)
            .await;
    }

    /// Waits until a line of JavaScript returns `expected`.
    pub async fn answers(&self, script: &str, expected: impl Into<Value>) {
        let expected = expected.into();
        eventually(&format!("{script} gives {expected}"), async || {
            let seen = self.ask(script).await;
            if seen == expected { Ok(()) } else { Err(seen) }
        })
        .await;
    }

    /// Presses the keys of `text` one after the other, wherever the focus is.
    pub async fn press_all(&self, text: &str) {
        for key in text.chars() {
            self.press(key).await;
        }
    }

    /// Waits until so many elements match `selector`.
    pub async fn shows_so_many(&self, number: usize, selector: &str) {
        eventually(&format!("{number} of {selector} are shown"), async || {
            let count = self.count(selector).await;
            if count == number { Ok(()) } else { Err(count) }
        })
        .await;
    }

    /// Puts `text` in the place of what is in the field with this `data-testid`.
    pub async fn fill(&self, name: &str, text: &str) {
        let part = self.part(name).await;
        answer(name, part.clear()).await;
        answer(name, part.send_keys(text)).await;
    }

    /// What [axe](https://github.com/dequelabs/axe-core) finds in the view that keeps people out: one
    /// line for each serious or critical finding.
    pub async fn barriers(&self) -> Vec<String> {
        let script = format!("{}; {AXE_RUN}", axe_source());
        let found = self.client.execute_async(&script, Vec::new());
        let found = answer("barriers", found).await;
        let lines = found.as_array().expect("a list of findings");
        let text = |line: &Value| line.as_str().expect("a line").to_owned();
        lines.iter().map(text).collect()
    }

    /// Types into the element with this `data-testid`.
    pub async fn type_into(&self, name: &str, text: &str) {
        let part = self.part(name).await;
        answer(name, part.send_keys(text)).await;
    }

    /// Waits until nothing moves, so that a picture shows where it all ends.
    pub async fn has_come_to_rest(&self) {
        eventually("every transition is over", async || {
            let moving = self.ask("return document.getAnimations().length").await;
            if moving == 0 { Ok(()) } else { Err(moving) }
        })
        .await;
        // What was far away is laid out with one frame and painted with the next.
        let frames = "const done = arguments[arguments.length - 1];
                      requestAnimationFrame(() => requestAnimationFrame(done))";
        answer("two frames", self.client.execute_async(frames, Vec::new())).await;
    }

    /// Closes the window, as its close button does.
    pub async fn close(&self) {
        answer("its end", self.client.close_window()).await;
    }

    /// Keeps a picture of the view for people to look at. Gives its size in bytes.
    pub async fn keep_picture(&self, name: &str) -> usize {
        let picture = answer("a picture", self.client.screenshot()).await;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), &picture).expect("a picture");
        picture.len()
    }
}

/// What the window says to a question, which must not stay open.
async fn answer<T>(question: &str, asked: impl Future<Output = Result<T, CmdError>>) -> T {
    match tokio::time::timeout(DEADLINE, asked).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => panic!("the window was asked for {question:?}: {error}"),
        Err(late) => panic!("the window was asked for {question:?} and did not answer: {late}"),
    }
}
