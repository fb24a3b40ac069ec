//! The list of commands.

use std::time::Duration;

use particle_tests::{Cli, Clocks, Desktop, Machine, Window};

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const TAB: char = '\u{E004}';
const END: char = '\u{E010}';
const HOME: char = '\u{E011}';
const DOWN: char = '\u{E015}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_is_found_by_a_few_letters_and_stands_first_next_time() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;

    opens(&window).await;
    window.answers(MARKED, "control.start").await;
    window.press_all("histo").await;
    window.answers(MARKED, "keys.history").await;
    window.press(ENTER).await;
    window.shows_so_many(1, "[data-testid=history]").await;
    window.shows_so_many(0, PALETTE).await;

    // It closes what lies on top, and only then the view.
    opens(&window).await;
    window.press(ESCAPE).await;
    window.shows_so_many(0, PALETTE).await;
    window.shows_so_many(1, "[data-testid=history]").await;
    window.press(ESCAPE).await;
    window.shows_so_many(0, "[data-testid=history]").await;

    opens(&window).await;
    window.answers(MARKED, "keys.history").await;
    window.press(DOWN).await;
    window.answers(MARKED, "control.start").await;
    window.press(END).await;
    window.answers(MARKED, "command.language_de").await;
    window.press(HOME).await;
    window.answers(MARKED, "keys.history").await;
    window.press(DOWN).await;
    window.answers(MARKED, "control.start").await;
    window.press(ENTER).await;
    window.shows("running").await;
    window.shows_so_many(0, PALETTE).await;

    opens(&window).await;
    window.press_all("pau").await;
    window.answers(MARKED, "control.pause").await;
    window.press(ENTER).await;
    window.shows("paused").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_opens_it_while_writing_goes_on_writing() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;

    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("Re").await;
    opens(&window).await;
    // Not a key of these may start the timer or open a view.
    window.press_all("zq h, ").await;
    window.answers(FIELD, "zq h, ").await;
    window.shows_so_many(0, COMMANDS).await;
    window.press(ENTER).await;
    window.press(TAB).await;
    window.has_focus("palette-field").await;
    assert_eq!(window.state().await, "idle");

    window.press(ESCAPE).await;
    window.shows_so_many(0, PALETTE).await;
    window.has_focus("task-line").await;
    window.press_all("ad").await;
    window.answers(LINE, "Read").await;

    opens(&window).await;
    window.press_with_control('k').await;
    window.shows_so_many(0, PALETTE).await;
    window.has_focus("task-line").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_of_late_is_begun_again_with_its_project() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    let read = ["add", "Read a paper", "--minutes", "25"];
    cli.object(&[&read[..], &["--project", "Book"]].concat());
    cli.object(&["add", "Call Mum", "--minutes", "5"]);
    let window = Window::open(&machine, &desktop).await;

    window.click("open-palette").await;
    window.has_focus("palette-field").await;
    window.shows_so_many(2, TASKS).await;
    window.press_all("paper").await;
    window.shows_so_many(1, COMMANDS).await;
    window.click("palette-command").await;
    window.shows("running").await;
    assert_eq!(cli.status()["task"], "Read a paper");
    window.answers(KIND, "focus · Book").await;

    opens(&window).await;
    window.shows_so_many(0, TASKS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_answer_for_a_sleep_leads_to_the_question() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let mut clocks = Clocks::of(&machine);
    let environment = clocks.environment(&machine);
    let environment = environment
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let window = Window::open_with(&machine, &desktop, &environment).await;
    window.press(' ').await;
    window.shows("running").await;
    clocks.sleep(Duration::from_mins(12));
    window.shows_so_many(1, "[data-testid=sleep]").await;

    window.press('h').await;
    window.shows_so_many(1, "[data-testid=history]").await;
    opens(&window).await;
    window.press_all("finish").await;
    window.answers(MARKED, "control.finish").await;
    window.press(ENTER).await;
    window.has_focus("sleep-continue").await;
    window.shows_so_many(0, "[data-testid=history]").await;
    assert_eq!(Cli::on(&machine).status()["state"], "paused");
}

async fn opens(window: &Window) {
    window.press_with_control('k').await;
    window.has_focus("palette-field").await;
}

const PALETTE: &str = "[data-testid=palette]";
const COMMANDS: &str = "[data-testid=palette-command]";
const TASKS: &str = "[data-command^='task ']";
/// What Enter would do.
const MARKED: &str = "return document
    .querySelector('[data-testid=palette-command][aria-selected=true]')?.dataset.command";
const FIELD: &str = "return document.querySelector('[data-testid=palette-field]').value";
const LINE: &str = "return document.querySelector('[data-testid=task-line]').value";
const KIND: &str = "return document.querySelector('[data-testid=kind]').textContent";
