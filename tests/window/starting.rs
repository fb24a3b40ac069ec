//! How the app starts: once, in the chosen look, and with a reason where it cannot open its database.

use particle_tests::{Cli, Desktop, DesktopApp, Machine, Window, app_of, living_with};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_ends_well_and_leaves_one_app() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let first = DesktopApp::start(&machine, &desktop).await;
    Cli::on(&machine).object(&["start", "Task"]);

    let mut second = DesktopApp::start_only(&machine, &desktop);
    assert!(
        second.program().ended().await.success(),
        "the second start is no failure"
    );
    let running = app_of(&machine).unwrap_or_else(|apps| panic!("one app runs: {apps:?}"));
    assert_eq!(running, first.id(), "the first app");
    assert_eq!(
        Cli::on(&machine).status()["task"],
        "Task",
        "its timer goes on"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_when_the_window_is_closed_without_a_tray() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    assert!(
        !living_with(&machine, "WebKitWebProcess").is_empty(),
        "the window has a web process"
    );
    window.close().await;
    particle_tests::eventually("the app and its web processes end", async || {
        let left = living_with(&machine, "WebKit");
        let app = app_of(&machine);
        if app.is_err()
            && left
                .iter()
                .all(|(_, line)| line.contains("WebKitWebDriver"))
        {
            Ok(())
        } else {
            Err((app, left))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_window_speaks_german_when_the_look_says_so() {
    let machine = Machine::new();
    machine.choose_look("light", "de");
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    let page = window
        .ask("return [document.documentElement.lang, document.documentElement.dataset.theme]");
    assert_eq!(page.await, json!(["de", "light"]));
    assert_eq!(window.text("kind").await, "Fokus");
    assert_eq!(window.attribute("toggle", "aria-label").await, "Starten");
    assert_eq!(
        window.attribute("task-line", "placeholder").await,
        "Woran arbeitest du?"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_newer_version_gets_a_window_that_says_so() {
    let machine = Machine::new();
    Cli::on(&machine).object(&["add", "Task", "--minutes", "5"]);
    let options = SqliteConnectOptions::new().filename(machine.profile());
    let mut newer = options.connect().await.expect("a database");
    let version =
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                   values (9999, 'the future', true, x'00', 0)";
    sqlx::query(version)
        .execute(&mut newer)
        .await
        .expect("valid SQL");
    newer.close().await.expect("it closes");
    let before = std::fs::read(machine.profile()).expect("the profile");

    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    let said = window.text("error").await;
    assert!(
        said.contains("saved by a newer version of Particle"),
        "{said}"
    );
    assert!(
        said.contains("local.db") && said.contains("schema 9999"),
        "{said}"
    );
    assert_eq!(
        window.count("[data-testid=clock]").await,
        0,
        "no timer that could not be kept"
    );
    assert!(
        std::fs::read(machine.profile()).expect("the profile") == before,
        "no byte changed"
    );
}
