//! The one story that must never break: a focus survives the death of the app and becomes a particle.

use chrono::Utc;
use particle_tests::{
    Cli, Desktop, Machine, TrayHost, TrayItem, Window, eventually, kill_9, moment,
};
use serde_json::Value;

/// The shortest focus that is kept.
const KEPT_FROM_SECONDS: i64 = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_focus_goes_on_after_the_app_was_killed_and_is_kept_when_finished() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let tray = TrayHost::start(desktop.bus()).await;
    let cli = Cli::on(&machine);

    let window = Window::open(&machine, &desktop).await;
    window.shows("idle").await;
    assert_eq!(window.text("clock").await, "25:00");
    assert_eq!(window.count("[data-testid=dot].filled").await, 0);
    window.press(' ').await;
    window.shows("running").await;
    check_clock_goes_on(&window).await;
    check_label_goes_on(&tray.item().await, cli).await;
    let before = cli.status();

    kill_9(window.app());
    drop(window);
    assert_eq!(
        cli.status()["ends_at"],
        before["ends_at"],
        "the timer is on disk"
    );

    let window = Window::open(&machine, &desktop).await;
    window.shows("running").await;
    let after = cli.status();
    assert_eq!(
        after["ends_at"], before["ends_at"],
        "the same end, to the millisecond"
    );
    assert_eq!(after["started_at"], before["started_at"], "the same focus");
    check_remainder(&window, &before).await;
    check_clock_goes_on(&window).await;
    check_label_goes_on(&tray.item().await, cli).await;

    check_finish_keeps_it(&window, cli, &before).await;
}

/// Finishes once a minute is spent; the dot, the list and the day agree on what was.
async fn check_finish_keeps_it(window: &Window, cli: Cli<'_>, running: &Value) {
    eventually("a minute of focus is spent", async || {
        let left = left(cli);
        if 1500 - left > KEPT_FROM_SECONDS {
            Ok(())
        } else {
            Err(left)
        }
    })
    .await;
    let started_at = moment(running, "started_at");
    let spent_before = (Utc::now() - started_at).num_seconds();
    window.press('\u{E007}').await;
    window.shows("idle").await;
    let spent_after = (Utc::now() - started_at).num_seconds();
    eventually("the particle's dot is filled", async || {
        let filled = window.count("[data-testid=dot].filled").await;
        if filled == 1 { Ok(()) } else { Err(filled) }
    })
    .await;

    let kept = cli.list();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let seconds = kept[0]["duration_seconds"].as_i64().expect("a number");
    assert!(
        (spent_before..=spent_after).contains(&seconds),
        "finished after {spent_before} to {spent_after} s: {}",
        kept[0]
    );
    assert_eq!(kept[0]["started_at"], running["started_at"]);
    assert_eq!(kept[0]["planned_seconds"], 1500);
    assert_eq!(cli.status()["today"]["particles"], 1);
    assert_eq!(cli.status()["today"]["focus_seconds"], seconds);
}

async fn check_clock_goes_on(window: &Window) {
    let first = window.clock_seconds().await;
    eventually("the clock goes on by itself", async || {
        let now = window.clock_seconds().await;
        if now < first { Ok(()) } else { Err(now) }
    })
    .await;
}

/// What the clock shows is what is left until the end that was promised.
async fn check_remainder(window: &Window, promised: &Value) {
    let ends_at = moment(promised, "ends_at");
    let left = || (ends_at - Utc::now()).num_seconds();
    let left_before = left();
    let shown = window.clock_seconds().await;
    let left_after = left();
    assert!(
        (left_after - 1..=left_before + 1).contains(&shown),
        "{left_before} to {left_after} s are left and the clock shows {shown}"
    );
}

/// The label beside the tray icon shows what is left, and moves.
async fn check_label_goes_on(item: &TrayItem, cli: Cli<'_>) {
    let first = eventually("the tray shows the time", async || {
        let label = item.label().await;
        seconds_of(&label).ok_or(label)
    })
    .await;
    eventually("the time in the tray goes on", async || {
        let now = seconds_of(&item.label().await);
        if now.is_some_and(|now| now < first) {
            Ok(())
        } else {
            Err(now)
        }
    })
    .await;
    let left_before = left(cli);
    let label = item.label().await;
    let left_after = left(cli);
    let shown = seconds_of(&label).unwrap_or_else(|| panic!("minutes and seconds: {label:?}"));
    assert!(
        (left_after - 1..=left_before + 1).contains(&shown),
        "{left_before} to {left_after} s are left and the tray shows {label}"
    );
}

/// The seconds that are left of the focus.
fn left(cli: Cli<'_>) -> i64 {
    let left = cli.status()["remaining_seconds"].as_i64();
    left.expect("a number")
}

/// The seconds in `mm:ss`.
fn seconds_of(label: &str) -> Option<i64> {
    let (minutes, seconds) = label.split_once(':')?;
    let two_digits = minutes.len() == 2 && seconds.len() == 2;
    two_digits.then_some(minutes.parse::<i64>().ok()? * 60 + seconds.parse::<i64>().ok()?)
}
