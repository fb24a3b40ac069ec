//! Keys and the task line.

use particle_tests::{Cli, Desktop, Machine, Window, eventually};
use serde_json::json;

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const UP: char = '\u{E013}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_and_enter_start_a_focus_on_that_task_and_esc_keeps_nothing_of_a_moment() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    let cli = Cli::on(&machine);

    window.press(UP).await;
    eventually("the arrow makes it a minute longer", async || {
        let clock = window.text("clock").await;
        if clock == "26:00" { Ok(()) } else { Err(clock) }
    })
    .await;
    window.press('t').await;
    window.type_into("task-line", "Write the  report").await;
    assert_eq!(window.state().await, "idle", "a space in a text is a space");
    window.type_into("task-line", &ENTER.to_string()).await;
    window.shows("running").await;
    let status = cli.status();
    assert_eq!(status["task"], "Write the  report", "{status}");
    assert_eq!(status["planned_seconds"], 26 * 60, "{status}");

    window.press(' ').await;
    window.shows("paused").await;
    window.press(' ').await;
    window.shows("running").await;
    window.press(ESCAPE).await;
    window.shows("idle").await;
    assert_eq!(cli.status()["state"], "idle");
    assert_eq!(cli.list().len(), 0, "less than a minute is nothing");
    assert_eq!(window.count("[data-testid=dot].filled").await, 0);
    assert_eq!(
        window.count("[data-testid=error]").await,
        0,
        "and nothing is said"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_command_line_does_shows_in_the_window() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    let cli = Cli::on(&machine);

    let added = cli.object(&["add", "Read a paper", "--minutes", "30"]);
    eventually("the dot of the added particle is filled", async || {
        let filled = window.count("[data-testid=dot].filled").await;
        if filled == 1 { Ok(()) } else { Err(filled) }
    })
    .await;
    cli.object(&["start", "Call Mum", "--minutes", "90"]);
    window.shows("running").await;
    let task = window
        .ask("return document.querySelector('[data-testid=task-line]').value")
        .await;
    assert_eq!(task, json!("Call Mum"));
    let shown = window.clock_seconds().await;
    assert!((5340..=5400).contains(&shown), "ninety minutes: {shown} s");
    cli.object(&["stop"]);
    window.shows("idle").await;
    assert_eq!(cli.list(), [added]);

    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("Read on").await;
    window.press(ESCAPE).await;
    cli.object(&["start", "Call Dad"]);
    window.shows("running").await;
    window.answers(WRITTEN, "Read on").await;
    window
        .shows_so_many(1, "[data-testid=task-line].unsaved")
        .await;
    assert_eq!(cli.status()["task"], "Call Dad", "nothing is taken over");
    window.press('t').await;
    window.has_focus("task-line").await;
    window.press(ENTER).await;
    window
        .shows_so_many(0, "[data-testid=task-line].unsaved")
        .await;
    eventually("Enter takes it over", async || {
        let task = cli.status()["task"].clone();
        if task == "Read on" { Ok(()) } else { Err(task) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_writing_keeps_the_caret_when_a_break_begins() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.run_in_the_past("-5m", &["start", "Write", "--minutes", "1"]);
    let window = Window::open(&machine, &desktop).await;
    window.answers(KIND, "short break").await;

    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("Read").await;
    cli.object(&["toggle"]);
    window.shows("running").await;
    // Not a key of these may skip or pause the break.
    window.press_all(" all s").await;
    window.answers(WRITTEN, "Read all s").await;
    window.press(ENTER).await;
    assert_eq!(cli.status()["kind"], "short_break", "it goes on");
    assert_eq!(cli.status()["state"], "running");

    window.press('s').await;
    window.shows("idle").await;
    window.answers(WRITTEN, "Read all s").await;
    window.press(' ').await;
    window.shows("running").await;
    assert_eq!(
        cli.status()["task"],
        "Read all s",
        "it waited for the next focus"
    );
}

const WRITTEN: &str = "return document.querySelector('[data-testid=task-line]').value";
const KIND: &str = "return document.querySelector('[data-testid=kind]').textContent";
