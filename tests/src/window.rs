//! The real window, by `WebDriver`: what it shows and what a person does in it.

use std::fs;
use std::path::Path;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::Value;

use crate::desktop_app::Desktop;
use crate::machine::Machine;
use crate::processes;
use crate::wait::eventually;
use crate::web_driver::WebDriver;

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
        let mut driver = WebDriver::start(machine, desktop).await;
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
        let found = self.client.find(Locator::Css(&selector)).await;
        found.unwrap_or_else(|error| panic!("{name} is in the window: {error}"))
    }

    /// How many elements match `selector`.
    pub async fn count(&self, selector: &str) -> usize {
        self.client
            .find_all(Locator::Css(selector))
            .await
            .expect("the window answers")
            .len()
    }

    /// What the element with this `data-testid` says.
    pub async fn text(&self, name: &str) -> String {
        self.part(name)
            .await
            .text()
            .await
            .expect("the window answers")
            .trim()
            .into()
    }

    /// An attribute of the element with this `data-testid`.
    pub async fn attribute(&self, name: &str, attribute: &str) -> String {
        let found = self
            .part(name)
            .await
            .attr(attribute)
            .await
            .expect("the window answers");
        found.unwrap_or_default()
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
        self.client
            .execute(script, Vec::new())
            .await
            .expect("the window answers")
    }

    /// Presses and releases a key, wherever the focus is.
    pub async fn press(&self, key: char) {
        let down = KeyAction::Down { value: key };
        let keys = KeyActions::new("keyboard".into())
            .then(down)
            .then(KeyAction::Up { value: key });
        self.client
            .perform_actions(keys)
            .await
            .expect("the window answers");
    }

    /// Types into the element with this `data-testid`.
    pub async fn type_into(&self, name: &str, text: &str) {
        self.part(name)
            .await
            .send_keys(text)
            .await
            .expect("the window answers");
    }

    /// Waits until nothing moves, so that a picture shows where it all ends.
    pub async fn has_come_to_rest(&self) {
        eventually("every transition is over", async || {
            let moving = self.ask("return document.getAnimations().length").await;
            if moving == 0 { Ok(()) } else { Err(moving) }
        })
        .await;
    }

    /// Closes the window, as its close button does.
    pub async fn close(&self) {
        self.client.close_window().await.expect("the window answers");
    }

    /// Keeps a picture of the view for people to look at. Gives its size in bytes.
    pub async fn keep_picture(&self, name: &str) -> usize {
        let picture = self.client.screenshot().await.expect("the window answers");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), &picture).expect("a picture");
        picture.len()
    }
}
