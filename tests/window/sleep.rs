//! The computer sleeps while a focus runs.

use std::time::Duration;

use chrono::{SubsecRound, TimeDelta, Utc};
use particle_tests::{Cli, Clocks, Desktop, Machine, PowerHost, Window, eventually, moment};
use rstest::rstest;
use serde_json::Value;

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';

/// What the clock may have gone on by since the computer woke up.
const AWAKE_SECONDS_MAX: i64 = 60;

#[rstest]
#[case::go_on("continue", 25 * 60)]
#[case::count("count", 13 * 60)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sleep_freezes_the_focus_and_is_asked_about_once(
    #[case] answer: &str,
    #[case] left: i64,
) {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let mut clocks = Clocks::of(&machine);
    let window = open(&machine, &desktop, &clocks).await;
    window.press(' ').await;
    window.shows("running").await;

    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("Re").await;
    clocks.sleep(Duration::from_mins(12));
    window.shows_so_many(1, "[data-testid=sleep]").await;
    window.shows("paused").await;
    assert!(
        window.text("sleep").await.contains("12 min"),
        "the exact gap"
    );
    let cli = Cli::on(&machine);
    check_left(&cli.status(), 25 * 60);

    check_question_waits(&window, cli).await;

    window.click(&format!("sleep-{answer}")).await;
    window.shows("running").await;
    window.shows_so_many(0, "[data-testid=sleep]").await;
    let status = eventually("the timer goes on", async || {
        let status = cli.status();
        if status["state"] == "running" {
            Ok(status)
        } else {
            Err(status)
        }
    })
    .await;
    check_left(&status, left);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_focus_that_is_trimmed_is_kept_as_it_was_before_the_sleep() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let started = cli.run_in_the_past("-5m", &["start", "Write"]);
    let mut clocks = Clocks::of(&machine);
    let window = open(&machine, &desktop, &clocks).await;
    window.shows("running").await;
    clocks.sleep(Duration::from_mins(12));
    window.shows_so_many(1, "[data-testid=sleep]").await;
    let awake = (Utc::now() - moment(&started, "started_at")).num_seconds();

    window.click("sleep-trim").await;
    window.shows("idle").await;
    window.shows_so_many(0, "[data-testid=sleep]").await;
    assert_eq!(window.text("kind").await, "short break");
    let kept = cli.list();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let seconds = kept[0]["duration_seconds"].as_i64().expect("a number");
    assert!(
        (5 * 60..=awake).contains(&seconds),
        "{awake} s, without the gap: {}",
        kept[0]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_system_tells_of_sleep_is_heard() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let mut clocks = Clocks::of(&machine);
    let window = open(&machine, &desktop, &clocks).await;
    window.press(' ').await;
    window.shows("running").await;
    // One that begins later than the app, as after an update of the system.
    let power = PowerHost::start(desktop.bus()).await;
    heard(&machine, "FallsAsleep", async || power.falls_asleep().await).await;
    window.shows("running").await;

    clocks.sleep(Duration::from_mins(12));
    power.wakes().await;
    window.shows_so_many(1, "[data-testid=sleep]").await;
    window.shows("paused").await;
    heard(&machine, "Woke", async || ()).await;
}

#[rstest]
#[case::wanted(true)]
#[case::not_wanted(false)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_focus_in_which_nobody_was_there_is_asked_about_if_that_is_wanted(#[case] wanted: bool) {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let power = PowerHost::start(desktop.bus()).await;
    let cli = Cli::on(&machine);
    let started = cli.run_in_the_past("-10m", &["start", "Write"]);
    let window = Window::open(&machine, &desktop).await;
    window.shows("running").await;
    window.press(',').await;
    window
        .shows_so_many(1, "[data-testid=ask-about-absences]")
        .await;
    if wanted {
        window
            .ask("document.querySelector('[data-testid=ask-about-absences]').focus()")
            .await;
        window.press(' ').await;
        window
            .shows_so_many(1, "[data-testid=ask-about-absences]:checked")
            .await;
    }
    window.press(ESCAPE).await;
    let left = (Utc::now() - TimeDelta::minutes(4)).trunc_subsecs(3);
    power.nobody_is_there(left.into()).await;
    if wanted {
        heard(&machine, "nobody is there", async || ()).await;
    }
    power.somebody_is_there().await;
    if !wanted {
        // Whatever is told after it is heard after it.
        heard(&machine, "Woke", async || power.wakes().await).await;
        assert_eq!(cli.status()["state"], "running");
        return;
    }

    window.shows_so_many(1, "[data-testid=sleep]").await;
    let card = window.text("sleep").await;
    assert!(card.contains("Nobody was here for"), "{card}");
    let status = cli.status();
    assert_eq!(status["sleep"]["absence"], "away", "{status}");
    window.click("sleep-trim").await;
    window.shows("idle").await;
    let kept = cli.list();
    let spent = left - moment(&started, "started_at");
    assert_eq!(kept[0]["duration_seconds"], spent.num_seconds(), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_held_answers_nothing() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let _manager = desktop.manage_windows(&machine).await;
    let mut clocks = Clocks::of(&machine);
    let window = open(&machine, &desktop, &clocks).await;
    window.press(' ').await;
    window.shows("running").await;
    clocks.sleep(Duration::from_mins(12));
    window.shows_so_many(1, "[data-testid=sleep]").await;

    // Not by WebDriver, whose keys never repeat.
    let enter = |what| {
        let mut command = desktop.command(&machine, "xdotool");
        let pressed = command.args([what, "Return"]).status();
        assert!(pressed.expect("xdotool runs").success(), "{what}");
    };
    desktop.focus(&machine, window.app()).await;
    window.ask(COUNT_REPEATS).await;
    enter("keydown");
    window.has_focus("sleep-continue").await;
    window.answers("return repeats > 5", true).await;
    enter("keyup");
    assert_eq!(Cli::on(&machine).status()["state"], "paused");
    window.shows_so_many(1, "[data-testid=sleep]").await;

    enter("key");
    window.shows("running").await;
}

const COUNT_REPEATS: &str = "window.repeats = 0;
    addEventListener('keydown', ({ repeat }) => { if (repeat) window.repeats += 1 }, true)";

/// The window of an app that sees these clocks.
async fn open(machine: &Machine, desktop: &Desktop, clocks: &Clocks) -> Window {
    let environment = clocks.environment(machine);
    let environment = environment
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    Window::open_with(machine, desktop, &environment).await
}

/// The line keeps the caret, and a key that is no answer gives none.
async fn check_question_waits(window: &Window, cli: Cli<'_>) {
    window.press_all("ad s").await;
    window.press(ENTER).await;
    eventually("what was written is the task", async || {
        let status = cli.status();
        if status["task"] == "Read s" {
            Ok(())
        } else {
            Err(status)
        }
    })
    .await;
    for key in [ENTER, ESCAPE, ' '] {
        window.ask("return document.activeElement.blur()").await;
        window.press(key).await;
        window.has_focus("sleep-continue").await;
    }
    assert_eq!(cli.status()["state"], "paused");
    window.shows_so_many(1, "[data-testid=sleep]").await;
}

/// About so many seconds are left.
fn check_left(status: &Value, seconds: i64) {
    let left = status["remaining_seconds"].as_i64().expect("a number");
    assert!(
        (seconds - AWAKE_SECONDS_MAX..=seconds).contains(&left),
        "{status}"
    );
}

/// Waits until the app says in its log that it was told `what`, which `tell` says as long as it has not.
async fn heard(machine: &Machine, what: &str, tell: impl AsyncFn()) {
    eventually(&format!("the app hears {what}"), async || {
        tell().await;
        let log = machine.log();
        if log.contains(what) { Ok(()) } else { Err(log) }
    })
    .await;
}
