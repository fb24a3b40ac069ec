//! Every view in every look: a picture kept in `tests/artifacts` for people to judge, and nothing that
//! keeps people out.

use chrono::{Days, NaiveDate, TimeDelta, Utc};
use particle_tests::{Cli, Desktop, Machine, Window};
use rstest::rstest;
use serde_json::json;

use crate::sync::people::{EMAIL, World, enters, opens_account};

mod moments;

/// More than a view of one colour takes as PNG.
const PICTURE_BYTES_MIN: usize = 2000;

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const DOWN: char = '\u{E015}';
const BACKSPACE: char = '\u{E003}';

/// How large a window is by default.
const SIZE: [u32; 2] = [400, 600];

/// A window in one look.
struct Views<'a> {
    window: Window,
    cli: Cli<'a>,
    look: [&'a str; 2],
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_view_has_a_picture_in_every_look_and_keeps_nobody_out(
    #[values("light", "dark")] theme: &str,
    #[values("en", "de")] language: &str,
) {
    let machine = Machine::new();
    machine.choose_look(theme, language);
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    cli.object(&["project", "add", "Garden", "--brightness", "0.5"]);
    cli.object(&[
        "add",
        "Read a paper",
        "--minutes",
        "50",
        "--project",
        "Book",
    ]);
    // It flows over soon after the app has started.
    cli.run_in_the_past("-40s", &["start", "Write the report", "--minutes", "1"]);
    let window = Window::open_for_pictures(&machine, &desktop).await;
    let look = [theme, language];
    let views = Views { window, cli, look };
    views.timer().await;
    views.lists().await;
    views.looking().await;
    views.settings().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_view_of_an_account_has_a_picture_in_every_look_and_keeps_nobody_out(
    #[values("light", "dark")] theme: &str,
    #[values("en", "de")] language: &str,
) {
    let world = World::start().await;
    let machine = Machine::new();
    machine.choose_look(theme, language);
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    cli.object(&["add", "Read a paper", "--minutes", "50"]);
    let window = Window::open_for_pictures(&machine, &desktop).await;
    let look = [theme, language];
    let views = Views { window, cli, look };
    views.account(&world).await;
    views.sync(world).await;
}

impl Views<'_> {
    async fn account(&self, world: &World) {
        opens_account(&self.window).await;
        self.look_at("account-entry").await;
        enters(&self.window, world, EMAIL, "sign-up-submit").await;
        self.window.shows_so_many(1, "[data-testid=join]").await;
        self.look_at("account-join").await;
        self.window.click("join-later").await;
        self.window.shows_so_many(1, "[data-testid=upload]").await;
        self.look_at("account-upload").await;
        self.window.click("sync-now").await;
        self.window.shows_so_many(0, "[data-testid=upload]").await;
        self.look_at("account").await;
        self.window.click("sign-out").await;
        self.window.click("delete-account-open").await;
        self.look_at("account-delete").await;
    }

    async fn sync(&self, world: World) {
        self.window.press(ESCAPE).await;
        self.window.press(ESCAPE).await;
        self.look_at("idle-synced").await;
        let _cut = world.cut().await;
        self.cli.object(&["add", "On the train", "--minutes", "25"]);
        self.window
            .answers(
                "return document.querySelector('[data-testid=sync-indicator]')?.dataset.state",
                "offline",
            )
            .await;
        self.look_at("idle-offline").await;
        self.window.click("sync-indicator").await;
        self.window
            .shows_so_many(1, "[data-testid=waiting-change]")
            .await;
        self.look_at("sync").await;
    }

    async fn timer(&self) {
        let keep = async |state, name| {
            self.window.shows(state).await;
            self.look_at(name).await;
        };
        keep("overflow", "overflow").await;
        self.cli.object(&["finish"]);
        keep("idle", "break-offered").await;
        self.cli.object(&["skip"]);
        keep("idle", "idle").await;
        self.intention().await;
        self.palette().await;
        self.line().await;
        self.cli
            .object(&["start", "Write the report", "--minutes", "45"]);
        keep("running", "running").await;
        self.cli.object(&["pause"]);
        keep("paused", "paused").await;
    }

    async fn intention(&self) {
        self.cli.object(&["intention", "Finish the draft"]);
        self.window
            .shows_so_many(1, "[data-testid=intention]")
            .await;
        self.look_at("intention").await;
        self.window.press('i').await;
        self.window.has_focus("intention-field").await;
        self.look_at("intention-writing").await;
        self.window.press(ESCAPE).await;
        let kept = self.cli.object(&["intention"]);
        let today: NaiveDate = kept["id"].as_str().unwrap().parse().unwrap();
        let yesterday = (today - Days::new(1)).to_string();
        self.cli
            .object(&["intention", "Call Mum", "--date", &yesterday]);
        self.window
            .shows_so_many(1, "[data-testid=intention-card]")
            .await;
        self.look_at("intention-question").await;
        self.window.click("intention-not_now").await;
        self.window
            .shows_so_many(0, "[data-testid=intention-card]")
            .await;
        self.cli.object(&["intention", "delete"]);
        self.window
            .shows_so_many(0, "[data-testid=intention]")
            .await;
    }

    async fn palette(&self) {
        self.window.press_with_control('k').await;
        self.window.has_focus("palette-field").await;
        self.window
            .shows_so_many(2, "[data-command^='task ']")
            .await;
        self.look_at("palette").await;
        self.window.press_all("s").await;
        self.window
            .shows_so_many(0, "[role=group] [role=option]")
            .await;
        self.look_at("palette-found").await;
        self.window.press_all("zq").await;
        self.window
            .shows_so_many(0, "[data-testid=palette-command]")
            .await;
        self.look_at("palette-nothing").await;
        self.window.press(ESCAPE).await;
        self.window.shows_so_many(0, "[data-testid=palette]").await;
    }

    /// What is offered to whoever writes, and what is taken from the words.
    async fn line(&self) {
        self.window.press('t').await;
        self.window.has_focus("task-line").await;
        self.window.press_all("rea").await;
        self.window
            .shows_so_many(1, "[data-testid=completion]")
            .await;
        self.look_at("line-completion").await;
        self.window.press_all("l letters 45 #").await;
        self.window
            .shows_so_many(2, "[data-testid=task-option]")
            .await;
        self.look_at("line-projects").await;
        self.window.press(ENTER).await;
        self.window
            .shows_so_many(1, "[data-testid=part-project]")
            .await;
        self.look_at("line-parts").await;
        self.window.press_with_control('a').await;
        self.window.press(BACKSPACE).await;
        self.window.press(BACKSPACE).await;
        self.window.shows_so_many(0, "[data-testid^=part-]").await;
        self.window.press(ESCAPE).await;
    }

    async fn lists(&self) {
        self.window.press('h').await;
        self.window.shows_so_many(2, "[data-testid=particle]").await;
        self.look_at("history").await;
        self.window.press(DOWN).await;
        self.window.press(ENTER).await;
        self.window
            .shows_so_many(1, "[data-testid=particle-form]")
            .await;
        self.look_at("history-form").await;
        self.window.press(ESCAPE).await;
        self.window
            .shows_so_many(0, "[data-testid=particle-form]")
            .await;
        self.window.press('p').await;
        self.window.shows_so_many(2, "[data-testid=project]").await;
        self.look_at("projects").await;
        self.window.press(DOWN).await;
        self.window.press(ENTER).await;
        self.window
            .shows_so_many(1, "[data-testid=project-form]")
            .await;
        self.look_at("projects-form").await;
        self.window.press(ESCAPE).await;
        self.window
            .shows_so_many(0, "[data-testid=project-form]")
            .await;
    }

    async fn looking(&self) {
        for days in [1, 2, 3, 5, 8, 13, 21, 34, 55] {
            let ended_at = (Utc::now() - TimeDelta::days(days)).to_rfc3339();
            let minutes = (days * 4 + 20).to_string();
            self.cli.object(&[
                "add",
                "Read",
                "--minutes",
                &minutes,
                "--project",
                "Garden",
                "--ended-at",
                &ended_at,
            ]);
        }
        self.window.press('w').await;
        self.shows_period("week").await;
        self.look_at("week").await;
        self.window.click("span-month").await;
        self.shows_period("month").await;
        self.look_at("month").await;
        self.window.press('y').await;
        self.shows_period("year").await;
        self.look_at("year").await;
        self.window.click("as-table").await;
        self.window.shows_so_many(0, "[data-testid=day-dot]").await;
        self.look_at("year-table").await;
        self.window.click("as-table").await;
    }

    async fn shows_period(&self, span: &str) {
        let period = format!("[data-testid=period-{span}]");
        self.window.shows_so_many(1, &period).await;
    }

    async fn settings(&self) {
        self.window.press(',').await;
        self.window.shows_so_many(1, "[data-testid=settings]").await;
        self.look_at("settings").await;
        self.window.click("open-data").await;
        self.window.click("make-backup").await;
        // One of the day may be there already, and nothing is gone back to meanwhile.
        let busy = "[data-testid=make-backup][aria-disabled=true]";
        self.window.shows_so_many(0, busy).await;
        self.window.click("restore").await;
        self.window.has_focus("restore-confirm").await;
        self.look_at("data").await;
        self.window.press('?').await;
        self.window.shows_so_many(1, "[data-testid=keys]").await;
        self.look_at("keys").await;
    }

    /// Keeps a picture, and lets axe look.
    async fn look_at(&self, name: &str) {
        self.look_at_sized(name, SIZE).await;
    }

    async fn look_at_sized(&self, name: &str, [width, height]: [u32; 2]) {
        self.window.has_come_to_rest().await;
        let [theme, language] = self.look;
        let page = "const page = document.documentElement;
                    return [page.dataset.theme, page.lang, innerWidth, innerHeight]";
        assert_eq!(
            self.window.ask(page).await,
            json!([theme, language, width, height])
        );
        let file = format!("{theme}-{language}-{name}.png");
        let bytes = self.window.keep_picture(&file).await;
        assert!(
            bytes > PICTURE_BYTES_MIN,
            "{name}: a picture of {bytes} bytes shows nothing"
        );
        let barriers = self.window.barriers().await;
        assert!(
            barriers.is_empty(),
            "{name}, {theme}, {language}: {barriers:#?}"
        );
    }
}
