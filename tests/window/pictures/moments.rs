//! Pictures of what lasts a moment, and of a wide window.

use std::time::Duration;

use particle_tests::{Cli, Clocks, Desktop, Machine, Window};
use rstest::rstest;

use super::{DOWN, ENTER, ESCAPE, SIZE, Views};

const DELETE: char = '\u{E017}';
const WIDE: [u32; 2] = [1000, 700];

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_moment_has_a_picture_in_every_look_and_keeps_nobody_out(
    #[values("light", "dark")] theme: &str,
    #[values("en", "de")] language: &str,
) {
    let machine = Machine::new();
    machine.choose_look(theme, language);
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Garden", "--brightness", "0.4"]);
    let read = ["add", "Read a paper", "--minutes", "50"];
    cli.object(&[&read[..], &["--project", "Garden"]].concat());
    cli.run_in_the_past("-5m", &["start", "Write the report"]);
    let mut clocks = Clocks::of(&machine);
    let seen = clocks.environment(&machine);
    let [preload, file] = seen.each_ref().map(|(name, value)| (*name, value.as_str()));
    // As `Window::open_for_pictures` has it.
    let drawn = ("WEBKIT_DISABLE_DMABUF_RENDERER", "0");
    let window = Window::open_with(&machine, &desktop, &[preload, file, drawn]).await;
    let look = [theme, language];
    let views = Views { window, cli, look };
    views.countdown().await;
    views.note().await;
    views.deletion().await;
    views.wide().await;
    views.sleep(&mut clocks).await;
}

impl Views<'_> {
    /// With the line that offers to take the ending back.
    async fn countdown(&self) {
        self.window.shows("running").await;
        for (key, value) in [("countdown_seconds", "10"), ("auto_start_breaks", "true")] {
            self.cli.object(&["setting", "set", key, value]);
        }
        self.window.press(ENTER).await;
        self.window
            .shows_so_many(1, "[data-testid=countdown]")
            .await;
        self.look_at("countdown").await;
        self.window.press(ESCAPE).await;
        self.window.shows("idle").await;
    }

    async fn note(&self) {
        self.window.press('t').await;
        self.window.has_focus("task-line").await;
        self.window.press_all("Water the roses").await;
        self.window.press(ESCAPE).await;
        self.cli.object(&["start", "Call Mum"]);
        self.window.shows("running").await;
        self.window
            .shows_so_many(1, "[data-testid=task-line].unsaved")
            .await;
        self.look_at("noted").await;
        self.window.press('t').await;
        self.window.has_focus("task-line").await;
        self.window.press(ESCAPE).await;
    }

    async fn deletion(&self) {
        self.window.press('h').await;
        self.window.shows_so_many(2, "[data-testid=particle]").await;
        self.window.press(DOWN).await;
        self.window.press(DELETE).await;
        self.window
            .shows_so_many(1, "[data-testid=undo-line]")
            .await;
        self.window.shows_so_many(1, "[data-testid=particle]").await;
        self.look_at("history-undo").await;
        self.window.click("scope-deleted").await;
        self.window
            .shows_so_many(1, "[data-testid=particle] .action")
            .await;
        self.look_at("history-deleted").await;
        self.window.press(ESCAPE).await;
        self.window.shows_so_many(0, "[data-testid=history]").await;
    }

    async fn wide(&self) {
        let [width, height] = WIDE;
        self.window.resize(width, height).await;
        self.window.press('h').await;
        self.window.shows_so_many(1, "[data-testid=particle]").await;
        self.look_at_sized("wide", WIDE).await;
        self.window.press('y').await;
        self.shows_period("year").await;
        self.look_at_sized("wide-year", WIDE).await;
        self.window.press(ESCAPE).await;
        let [width, height] = SIZE;
        self.window.resize(width, height).await;
    }

    async fn sleep(&self, clocks: &mut Clocks) {
        self.window.shows("running").await;
        clocks.sleep(Duration::from_mins(12));
        self.window.shows_so_many(1, "[data-testid=sleep]").await;
        self.look_at("sleep").await;
    }
}
