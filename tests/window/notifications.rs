//! What the desktop is told when a focus or a break is over, and what is answered there.

use chrono::{TimeDelta, Utc};
use particle_tests::{
    Cli, Desktop, DesktopApp, Machine, Notification, NotificationHost, Window, eventually,
    living_with, moment,
};
use rstest::rstest;
use serde_json::{Value, json};

const ENTER: char = '\u{E007}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_focus_that_reaches_its_end_is_told_once_and_its_break_begins_from_there() {
    let machine = machine(true);
    let desktop = Desktop::start(&machine);
    let host = NotificationHost::start(desktop.bus()).await;
    let cli = Cli::on(&machine);
    cli.run_in_the_past("-35s", &["start", "Write", "--minutes", "1"]);
    let _app = DesktopApp::start(&machine, &desktop).await;
    assert_eq!(host.sent(), [], "it goes on");

    let told = host.wait_for(1).await;
    assert_eq!(told.title, "The focus is complete");
    assert_eq!(told.body, "It counts on until you finish it.");
    assert_eq!(told.buttons(), ["Start the break", "5 more minutes"]);
    assert_eq!(cli.status()["state"], "overflow");

    host.answer(&told, Some("Start the break")).await;
    state(cli, "running").await;
    assert_eq!(cli.status()["kind"], "short_break");
    assert_eq!(cli.list().len(), 1, "the focus is kept");
    assert_eq!(host.sent().len(), 1, "once");

    // The same answer again, which is for a timer that has moved on.
    let before = cli.status();
    host.answer(&told, Some("Start the break")).await;
    a_moment_passes(cli).await;
    same_timer(&before, &cli.status());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_break_that_reaches_its_end_offers_the_next_focus() {
    let machine = machine(true);
    let desktop = Desktop::start(&machine);
    let host = NotificationHost::start(desktop.bus()).await;
    let cli = Cli::on(&machine);
    cli.run_in_the_past("-10m", &["start", "Write", "--minutes", "1"]);
    let app = DesktopApp::start(&machine, &desktop).await;
    assert_eq!(
        cli.status()["kind"],
        "short_break",
        "recovered, so nobody is told"
    );
    particle_tests::terminate(app.id());
    drop(app);
    // Of the five minutes of the break some seconds are left.
    cli.run_in_the_past("-275s", &["toggle"]);
    let _app = DesktopApp::start(&machine, &desktop).await;

    let told = host.wait_for(1).await;
    assert_eq!(told.title, "The break is over");
    assert_eq!(told.buttons(), ["Start the focus"]);
    host.answer(&told, Some("Start the focus")).await;
    state(cli, "running").await;
    let status = cli.status();
    assert_eq!(
        (&status["kind"], &status["task"]),
        (&"focus".into(), &"Write".into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_focus_that_finishes_by_itself_goes_on_for_five_minutes_if_asked() {
    let machine = machine(true);
    let desktop = Desktop::start(&machine);
    let host = NotificationHost::start(desktop.bus()).await;
    let cli = Cli::on(&machine);
    cli.object(&["setting", "set", "overflow", "false"]);
    cli.run_in_the_past("-35s", &["start", "Write", "--minutes", "1"]);
    let _app = DesktopApp::start(&machine, &desktop).await;

    let told = host.wait_for(1).await;
    assert_eq!(told.body, "A break of 5 minutes comes next.");
    assert_eq!(told.buttons(), ["Start the break", "5 more minutes"]);
    host.answer(&told, Some("5 more minutes")).await;
    state(cli, "running").await;
    let status = cli.status();
    assert_eq!(
        (&status["kind"], &status["task"], &status["planned_seconds"]),
        (&"focus".into(), &"Write".into(), &300.into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_ends_is_not_told_and_what_moves_on_is_withdrawn() {
    let machine = machine(true);
    let desktop = Desktop::start(&machine);
    let host = NotificationHost::start(desktop.bus()).await;
    let cli = Cli::on(&machine);
    let window = Window::open(&machine, &desktop).await;
    window.press(' ').await;
    window.shows("running").await;
    window.press(ENTER).await;
    window.shows("idle").await;
    window.close().await;
    no_app(&machine).await;

    cli.run_in_the_past("-35s", &["start", "Read", "--minutes", "1"]);
    let window = Window::open(&machine, &desktop).await;
    let told = host.wait_for(1).await;
    window.shows("overflow").await;
    window.press(ENTER).await;
    window.shows("idle").await;
    host.wait_for_withdrawal(told.id).await;

    let before = cli.status();
    host.answer(&told, Some("Start the break")).await;
    a_moment_passes(cli).await;
    same_timer(&before, &cli.status());
    assert_eq!(host.sent().len(), 1, "only the one that came by itself");
}

#[rstest]
#[case::off(false, true)]
#[case::nobody_shows_them(true, false)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_focus_ends_without_a_notification_too(#[case] wanted: bool, #[case] shown: bool) {
    let machine = machine(wanted);
    let desktop = Desktop::start(&machine);
    let host = if shown {
        Some(NotificationHost::start(desktop.bus()).await)
    } else {
        None
    };
    let cli = Cli::on(&machine);
    cli.run_in_the_past("-35s", &["start", "Write", "--minutes", "1"]);
    let mut app = DesktopApp::start(&machine, &desktop).await;
    state(cli, "overflow").await;
    a_moment_passes(cli).await;
    app.program().check_alive();
    assert_eq!(sent(host.as_ref()), []);
    cli.object(&["finish"]);
    assert_eq!(cli.list().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_on_the_notification_brings_the_window_back() {
    let machine = machine(true);
    let desktop = Desktop::start(&machine);
    let host = NotificationHost::start(desktop.bus()).await;
    let _tray = particle_tests::TrayHost::start(desktop.bus()).await;
    let _manager = desktop.manage_windows(&machine).await;
    let cli = Cli::on(&machine);
    cli.run_in_the_past("-35s", &["start", "Write", "--minutes", "1"]);
    let app = DesktopApp::start(&machine, &desktop).await;
    let told = host.wait_for(1).await;
    desktop.close(&machine, app.id()).await;
    pages(&machine, 0).await;

    host.answer(&told, None).await;
    pages(&machine, 1).await;
    assert_eq!(cli.status()["state"], "overflow", "it is only looked at");
}

fn machine(notifications: bool) -> Machine {
    let machine = Machine::new();
    machine.choose_alerts(&json!({
        "notifications": notifications, "sound": false, "volume": 0, "sound_file": null,
    }));
    machine
}

fn sent(host: Option<&NotificationHost>) -> Vec<Notification> {
    host.map(NotificationHost::sent).unwrap_or_default()
}

async fn state(cli: Cli<'_>, wanted: &str) {
    eventually(&format!("the timer is {wanted}"), async || {
        let status = cli.status();
        if status["state"] == wanted {
            Ok(())
        } else {
            Err(status)
        }
    })
    .await;
}

/// Waits until whatever was asked for a second ago would have happened.
async fn a_moment_passes(cli: Cli<'_>) {
    let asked_at = Utc::now();
    eventually("a second passes", async || {
        let status = cli.status();
        if Utc::now() > asked_at + TimeDelta::seconds(1) {
            Ok(())
        } else {
            Err(status)
        }
    })
    .await;
}

/// Nothing was done to the timer in between.
fn same_timer(before: &Value, after: &Value) {
    for part in ["version", "state", "kind"] {
        assert_eq!(before[part], after[part], "{after}");
    }
    if before["state"] == "running" {
        assert_eq!(moment(before, "ends_at"), moment(after, "ends_at"));
    }
}

async fn no_app(machine: &Machine) {
    eventually("the app ends", async || {
        match particle_tests::app_of(machine) {
            Err(none) if none.is_empty() => Ok(()),
            other => Err(other),
        }
    })
    .await;
}

/// Waits until so many windows have a page.
async fn pages(machine: &Machine, number: usize) {
    eventually(&format!("{number} pages are open"), async || {
        let pages = living_with(machine, "WebKitWebProcess");
        if pages.len() == number {
            Ok(())
        } else {
            Err(pages)
        }
    })
    .await;
}
