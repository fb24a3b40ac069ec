//! Keys and the task line.

use particle_tests::{Cli, Desktop, Machine, Window, eventually};
use serde_json::{Value, json};

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const UP: char = '\u{E013}';
const DOWN: char = '\u{E015}';
const TAB: char = '\u{E004}';
const BACKSPACE: char = '\u{E003}';

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_noted_names_the_next_focus_out_of_an_overflow_and_after_a_countdown() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    // Time enough to open the window before it reaches its plan.
    cli.run_in_the_past("-35s", &["start", "Write", "--minutes", "1"]);
    let window = Window::open(&machine, &desktop).await;
    window.shows("overflow").await;
    window.press(ENTER).await;
    window.shows("idle").await;
    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("Read").await;
    window.press(ESCAPE).await;
    window.press_with_control('z').await;
    window.shows("overflow").await;
    window.shows_so_many(1, NOTED).await;

    window.press(' ').await;
    window.shows("running").await;
    window.shows_so_many(0, NOTED).await;
    assert_eq!(cli.status()["task"], "Read");
    let kept = cli.list();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(kept[0]["task"], "Write");

    window.press_with_control('z').await;
    window.shows("overflow").await;
    window.shows_so_many(1, NOTED).await;
    window.answers(WRITTEN, "Read").await;
    assert_eq!(cli.status()["task"], "Write", "it goes on as it was");

    cli.object(&["setting", "set", "countdown_seconds", "3"]);
    cli.object(&["setting", "set", "auto_start_focus", "true"]);
    window.press(ENTER).await;
    window.shows("idle").await;
    window.press('s').await;
    window.shows("running").await;
    window.shows_so_many(0, NOTED).await;
    let next = cli.status();
    assert_eq!(
        (&next["kind"], &next["task"]),
        (&"focus".into(), &"Read".into()),
        "{next}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_break_that_goes_on_takes_a_note_for_the_next_focus() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.run_in_the_past("-5m", &["start", "Write", "--minutes", "1"]);
    let window = Window::open(&machine, &desktop).await;
    window.answers(KIND, "short break").await;
    window.press(' ').await;
    window.shows("running").await;
    window.answers(VISIBILITY, "hidden").await;

    window.press('t').await;
    window.has_focus("task-line").await;
    window
        .answers(HINT, "Enter to note it for the next focus")
        .await;
    window.press_all("Read").await;
    window.press(ENTER).await;
    window.answers(HINT, "Noted for the next focus").await;
    window.shows_so_many(1, NOTED).await;
    window.answers(VISIBILITY, "visible").await;
    assert_eq!(cli.status()["kind"], "short_break", "it goes on");

    window.press('s').await;
    window.shows("idle").await;
    window.press(' ').await;
    window.shows("running").await;
    assert_eq!(cli.status()["task"], "Read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_length_and_a_project_in_the_line_are_those_of_the_focus() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    let window = Window::open(&machine, &desktop).await;

    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("Write the report 45 #bo").await;
    window.answers(LENGTH, "45 min").await;
    window.answers(CLOCK, "45:00").await;
    window.answers(MARKED, "Book").await;
    window.press(ENTER).await;
    window.answers(PROJECT, "Book").await;
    window.answers(WRITTEN, "Write the report 45 ").await;
    window.has_focus("task-line").await;
    window.press(ENTER).await;
    window.shows("running").await;
    let status = cli.status();
    assert_eq!(status["task"], "Write the report", "{status}");
    assert_eq!(status["planned_seconds"], 45 * 60, "{status}");
    assert_eq!(status["project"], projects(cli)[0]["id"], "{status}");
    window.shows_so_many(0, PARTS).await;

    // A focus that goes on has its length and its project; its task is plain text.
    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("Write 20 #Book").await;
    window.shows_so_many(0, PARTS).await;
    window.press(ENTER).await;
    eventually("it has the other name", async || {
        let task = cli.status()["task"].clone();
        if task == "Write 20 #Book" {
            Ok(())
        } else {
            Err(task)
        }
    })
    .await;
    assert_eq!(cli.status()["planned_seconds"], 45 * 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_is_made_by_its_name_in_the_line() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let window = Window::open(&machine, &desktop).await;

    window.press_with_control('k').await;
    window.has_focus("palette-field").await;
    window.press_all("pick a project").await;
    window.press(ENTER).await;
    window.has_focus("task-line").await;
    window.answers(WRITTEN, "#").await;
    window.press_all("Novel").await;
    window.shows_so_many(1, OPTIONS).await;
    assert_eq!(projects(cli).len(), 0, "nothing is made by writing");
    window.press(ENTER).await;
    window.answers(PROJECT, "Novel").await;
    let made = projects(cli);
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(made[0]["name"], "Novel");

    // It is taken off from the beginning of the line, and found from now on.
    window.press(BACKSPACE).await;
    window.shows_so_many(0, PARTS).await;
    window.press_all("Write #Novel").await;
    window.answers(PROJECT, "Novel").await;
    window.press(ENTER).await;
    window.shows("running").await;
    let status = cli.status();
    assert_eq!(status["task"], "Write", "{status}");
    assert_eq!(status["project"], made[0]["id"], "{status}");
    assert_eq!(status["planned_seconds"], 25 * 60, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recent_task_is_completed_by_tab_and_listed_by_the_arrow() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    let read = ["add", "Read chapter 20", "--minutes", "25"];
    cli.object(&[&read[..], &["--project", "Book"]].concat());
    cli.object(&["add", "Call Mum", "--minutes", "5"]);
    let window = Window::open(&machine, &desktop).await;

    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("rea").await;
    window.shows_so_many(1, COMPLETION).await;
    window.press(TAB).await;
    window.answers(WRITTEN, "Read chapter 20").await;
    window.answers(PROJECT, "Book").await;
    window.has_focus("task-line").await;
    window.press(ENTER).await;
    window.shows("running").await;
    let status = cli.status();
    assert_eq!(status["task"], "Read chapter 20", "{status}");
    assert_eq!(status["project"], projects(cli)[0]["id"], "{status}");
    assert_eq!(status["planned_seconds"], 25 * 60, "20 is part of the name");
    window.press(ESCAPE).await;
    window.shows("idle").await;

    // Enter starts what is written, whatever would complete it.
    window.press('t').await;
    window.has_focus("task-line").await;
    window.press(BACKSPACE).await;
    window.press(DOWN).await;
    window.shows_so_many(2, OPTIONS).await;
    window.press(ESCAPE).await;
    window.shows_so_many(0, OPTIONS).await;
    window.press_all("Call").await;
    window.shows_so_many(1, COMPLETION).await;
    window.press(ENTER).await;
    window.shows("running").await;
    assert_eq!(cli.status()["task"], "Call");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_text_stays_plain_text() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let window = Window::open(&machine, &desktop).await;

    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("Read chapter 12").await;
    window.answers(WRITTEN, "Read chapter 12").await;
    window.shows_so_many(0, PARTS).await;
    window.press_with_control('a').await;
    window.press_all("Fix issue 45").await;
    window.answers(LENGTH, "45 min").await;
    // Esc gives the number back to the text, and only then leaves the line.
    window.press(ESCAPE).await;
    window.shows_so_many(0, PARTS).await;
    window.has_focus("task-line").await;
    window.press(ENTER).await;
    window.shows("running").await;
    let status = cli.status();
    assert_eq!(status["task"], "Fix issue 45", "{status}");
    assert_eq!(status["planned_seconds"], 25 * 60, "{status}");
    assert_eq!(status["project"], Value::Null, "{status}");
}

fn projects(cli: Cli<'_>) -> Vec<Value> {
    cli.run(&["project", "list", "--json"]).objects()
}

/// What was taken from the words of the line.
const PARTS: &str = "[data-testid^=part-]";
const LENGTH: &str = "return document.querySelector('[data-testid=part-length]')?.innerText.trim()";
const PROJECT: &str =
    "return document.querySelector('[data-testid=part-project]')?.innerText.trim()";
const OPTIONS: &str = "[data-testid=task-option]";
/// What Enter would choose.
const MARKED: &str = "return document
    .querySelector('[data-testid=task-option][aria-selected=true]')?.innerText.trim()";
const COMPLETION: &str = "[data-testid=completion]";
const CLOCK: &str = "return document.querySelector('[data-testid=clock]').textContent";
/// The line, where it holds something for the next focus.
const NOTED: &str = "[data-testid=task-line].unsaved";
const HINT: &str = "return document.querySelector('[data-testid=hint]')?.textContent";
const VISIBILITY: &str =
    "return getComputedStyle(document.querySelector('[data-testid=task-line]')).visibility";
const WRITTEN: &str = "return document.querySelector('[data-testid=task-line]').value";
const KIND: &str = "return document.querySelector('[data-testid=kind]').textContent";
