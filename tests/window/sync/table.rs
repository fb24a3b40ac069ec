//! Each thing that can be done to the past, in one window, and seen in the other.

use std::time::Duration;

use local_supabase::Settings;
use particle_tests::{Cli, Desktop, Machine, Window};
use serde_json::{Value, json};

use super::people::{Person, TOKEN, World, agree};

const ENTER: char = '\u{E007}';
const DOWN: char = '\u{E015}';
const DELETE: char = '\u{E017}';

/// What a list shows: task, project and minutes of each row.
const ROWS: &str = "return [...document.querySelectorAll('[data-testid=particle]')].map((row) =>
    ['.task', '.project', '.minutes'].map((part) => row.querySelector(part)?.innerText.trim() ?? null))";

/// Two windows of one person on one screen, which has one focus.
struct Pair<'a> {
    world: &'a World,
    desktop: &'a Desktop,
    desk: &'a Person<'a>,
    laptop: &'a Person<'a>,
}

impl Pair<'_> {
    async fn turns_to_desk(&self) {
        let desk = self.desk;
        self.desktop.focus(desk.machine, desk.window.app()).await;
    }

    async fn turns_to_laptop(&self) {
        let laptop = self.laptop;
        self.desktop
            .focus(laptop.machine, laptop.window.app())
            .await;
    }

    /// The other window is looked at: it shows these rows.
    async fn laptop_lists(&self, rows: Value) {
        self.turns_to_laptop().await;
        self.laptop.window.answers(ROWS, rows).await;
    }
}

/// A particle and its project are in both windows, which show the list of all.
async fn before_two_windows(settings: Settings, story: impl AsyncFnOnce(Pair<'_>)) {
    let world = World::start_with(settings).await;
    let (desk, laptop) = (Machine::new(), Machine::new());
    for machine in [&desk, &laptop] {
        machine.choose_look("dark", "en");
    }
    let desktop = Desktop::start(&desk);
    let _manager = desktop.manage_windows(&desk).await;
    let cli = Cli::on(&desk);
    cli.object(&["project", "add", "Book"]);
    cli.object(&["add", "Write", "--minutes", "25", "--project", "Book"]);
    let desk = Person::before(&desk, &desktop).await;
    desk.signs_up_with_history(&world).await;
    desk.leaves().await;
    desk.window.press('h').await;
    let laptop = Person::before(&laptop, &desktop).await;
    laptop.signs_in(&world).await;
    laptop.leaves().await;
    laptop.window.press('h').await;
    let pair = Pair {
        world: &world,
        desktop: &desktop,
        desk: &desk,
        laptop: &laptop,
    };
    pair.laptop_lists(json!([["Write", "Book", "25 min"]]))
        .await;
    pair.turns_to_desk().await;
    story(pair).await;
    agree(&desk, &laptop).await;
}

/// Opens the form of the first row, which gets the focus.
async fn edits_first(window: &Window, form: &str) {
    window.press(DOWN).await;
    window.press(ENTER).await;
    window
        .shows_so_many(1, &format!("[data-testid={form}]"))
        .await;
}

async fn saves(window: &Window, form: &str) {
    window.press(ENTER).await;
    window
        .shows_so_many(0, &format!("[data-testid={form}]"))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_particle_that_is_added_by_hand_is_in_the_other_window() {
    before_two_windows(Settings::default(), async |pair| {
        let window = &pair.desk.window;
        window.click("add-particle").await;
        window.fill("form-task", "Read").await;
        window.fill("form-minutes", "40").await;
        saves(window, "particle-form").await;
        pair.laptop_lists(json!([
            ["Write", "Book", "25 min"],
            ["Read", null, "40 min"]
        ]))
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_is_corrected_is_corrected_in_the_other_window() {
    before_two_windows(Settings::default(), async |pair| {
        let window = &pair.desk.window;
        edits_first(window, "particle-form").await;
        window.fill("form-task", "Rewrite").await;
        saves(window, "particle-form").await;
        pair.laptop_lists(json!([["Rewrite", "Book", "25 min"]]))
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_length_that_is_corrected_is_corrected_in_the_other_window() {
    before_two_windows(Settings::default(), async |pair| {
        let window = &pair.desk.window;
        edits_first(window, "particle-form").await;
        window.fill("form-minutes", "50").await;
        saves(window, "particle-form").await;
        pair.laptop_lists(json!([["Write", "Book", "50 min"]]))
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_particle_that_is_deleted_and_brought_back_is_so_in_the_other_window() {
    before_two_windows(Settings::default(), async |pair| {
        let window = &pair.desk.window;
        window.press(DOWN).await;
        window.press(DELETE).await;
        pair.laptop_lists(json!([])).await;
        pair.turns_to_desk().await;
        window.press_with_control('z').await;
        pair.laptop_lists(json!([["Write", "Book", "25 min"]]))
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_that_is_renamed_has_its_new_name_in_the_other_window() {
    before_two_windows(Settings::default(), async |pair| {
        let window = &pair.desk.window;
        window.press('p').await;
        edits_first(window, "project-form").await;
        window.fill("project-name", "Novel").await;
        saves(window, "project-form").await;
        pair.laptop_lists(json!([["Write", "Novel", "25 min"]]))
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_run_over_many_tokens_keeps_two_windows_equal() {
    let refreshes = if std::env::var_os("PARTICLE_LONG").is_some() {
        60
    } else {
        6
    };
    let settings = Settings {
        token_life: Duration::from_secs(5),
        ..Settings::default()
    };
    before_two_windows(settings, async |pair| {
        let renewed = || {
            let requests = pair.world.server.requests();
            requests.count(|answered| answered.path == TOKEN && answered.status == Some(200))
        };
        let (before, mut visits) = (renewed(), 0);
        while renewed() < before + refreshes {
            visits += 1;
            let window = &pair.desk.window;
            edits_first(window, "particle-form").await;
            window.fill("form-task", &format!("Write {visits}")).await;
            saves(window, "particle-form").await;
            let row = json!([[format!("Write {visits}"), "Book", "25 min"]]);
            pair.laptop_lists(row).await;
            pair.turns_to_desk().await;
        }
        assert!(visits > 1, "work went on meanwhile");
    })
    .await;
}
