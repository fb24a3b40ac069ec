//! From one focus to the next, by keys alone.

use chrono::{TimeDelta, Utc};
use particle_tests::{Cli, Desktop, Machine, Window, eventually, kill_9, moment};
use serde_json::json;

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_overflow_leads_into_a_break_and_another_into_the_next_focus() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let window = open_before_an_overflow(&machine, &desktop, "Write").await;

    window.press(ENTER).await;
    window.shows("idle").await;
    assert_eq!(window.text("kind").await, "short break");
    assert_eq!(window.text("clock").await, "05:00");
    let kept = cli.list();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(kept[0]["planned_seconds"], 60);
    let overflow = kept[0]["overflow_seconds"].as_u64().expect("a number");
    assert_eq!(kept[0]["duration_seconds"].as_u64(), Some(60 + overflow));

    window.press_with_control('z').await;
    window.shows("overflow").await;
    assert_eq!(cli.list().len(), 0, "it was not finished");
    window.press(ENTER).await;
    window.shows("idle").await;
    let again = cli.list();
    assert_eq!(again.len(), 1, "once: {again:?}");
    assert_eq!(again[0]["id"], kept[0]["id"]);

    window.press(' ').await;
    window.shows("running").await;
    assert_eq!(cli.status()["kind"], "short_break");
    window.press('s').await;
    window.shows("idle").await;
    assert_eq!(cli.status()["kind"], "focus");
    let all = cli.run(&["list", "--kind", "all", "--json"]).objects();
    assert_eq!(all.len(), 1, "a skipped break is not kept: {all:?}");

    kill_9(window.app());
    drop(window);
    let window = open_before_an_overflow(&machine, &desktop, "Read").await;
    window.press(' ').await;
    window.shows("running").await;
    let next = cli.status();
    assert_eq!(
        (&next["kind"], &next["task"]),
        (&"focus".into(), &"Read".into()),
        "{next}"
    );
    assert_eq!(next["today"]["particles"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preset_is_chosen_and_its_round_ends_with_a_long_break() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let window = Window::open(&machine, &desktop).await;
    window.answers(CLOCK, "25:00").await;
    window.press('2').await;
    window.answers(CLOCK, "52:00").await;
    window
        .shows_so_many(1, "[data-testid=preset-deep_work][aria-pressed=true]")
        .await;
    kill_9(window.app());
    drop(window);

    // Deep Work has a long break after two.
    cli.run_in_the_past("-10m", &["start", "Write", "--minutes", "1"]);
    cli.run_in_the_past("-5m", &["start", "Read", "--minutes", "1"]);
    let window = Window::open(&machine, &desktop).await;
    window.answers(KIND, "long break").await;
    window.answers(CLOCK, "30:00").await;
    assert_eq!(cli.status()["round"], json!({ "done": 2, "of": 2 }));
    assert_eq!(cli.list().len(), 2);

    window.press(' ').await;
    window.shows("running").await;
    assert_eq!(cli.status()["kind"], "long_break");
    window.press('s').await;
    window.shows("idle").await;
    window.answers(CLOCK, "52:00").await;
    assert_eq!(
        cli.status()["round"],
        json!({ "done": 0, "of": 2 }),
        "another round begins"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_countdown_that_is_cancelled_begins_nothing() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.run_in_the_past("-5m", &["start", "Write", "--minutes", "1"]);
    let window = Window::open(&machine, &desktop).await;
    window.answers(KIND, "short break").await;
    cli.object(&["setting", "set", "countdown_seconds", "10"]);
    cli.object(&["setting", "set", "auto_start_focus", "true"]);

    window.press('s').await;
    window.shows_so_many(1, "[data-testid=countdown]").await;
    let begins_at = moment(&cli.status(), "countdown_ends_at");
    window.press(ESCAPE).await;
    window.shows_so_many(0, "[data-testid=countdown]").await;
    eventually("the countdown would be over", async || {
        let now = Utc::now();
        if now > begins_at + TimeDelta::seconds(1) {
            Ok(())
        } else {
            Err(now)
        }
    })
    .await;
    let waits = cli.status();
    assert_eq!(
        (&waits["state"], &waits["kind"], &waits["countdown_ends_at"]),
        (&"idle".into(), &"focus".into(), &json!(null)),
        "{waits}"
    );

    window.press(' ').await;
    window.shows("running").await;
    assert_eq!(cli.status()["task"], "Write", "it goes on with the same");
}

const CLOCK: &str = "return document.querySelector('[data-testid=clock]').innerText.trim()";
const KIND: &str = "return document.querySelector('[data-testid=kind]').textContent";

/// A window in which a focus has just begun to flow over.
async fn open_before_an_overflow(machine: &Machine, desktop: &Desktop, task: &str) -> Window {
    // Time enough to open the window before it reaches its plan.
    Cli::on(machine).run_in_the_past("-35s", &["start", task, "--minutes", "1"]);
    let window = Window::open(machine, desktop).await;
    window.shows("overflow").await;
    assert!(window.text("clock").await.starts_with('+'));
    window
}
