//! The tray's menu steers the same timer as the window.

use particle_tests::{Cli, Desktop, Machine, TrayHost, TrayItem, Window, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_menu_of_the_tray_steers_what_the_window_shows() {
    let machine = Machine::new();
    machine.choose_look("dark", "en");
    let desktop = Desktop::start(&machine);
    let tray = TrayHost::start(desktop.bus()).await;
    let window = Window::open(&machine, &desktop).await;
    let item = tray.item().await;

    says(&item, &english("Start")).await;
    assert!(!is_enabled(&item, "Finish").await, "nothing to finish");
    item.click("Start").await;
    window.shows("running").await;
    says(&item, &english("Pause")).await;
    assert!(is_enabled(&item, "Finish").await, "something to finish");

    item.click("Pause").await;
    window.shows("paused").await;
    let left = Cli::on(&machine).status()["remaining_seconds"]
        .as_i64()
        .expect("a number");
    assert_eq!(window.clock_seconds().await, left, "the clock stands");
    let label = format!("‖ {:02}:{:02}", left / 60, left % 60);
    eventually("the label stands", async || {
        let seen = item.label().await;
        if seen == label { Ok(()) } else { Err(seen) }
    })
    .await;

    says(&item, &english("Resume")).await;
    item.click("Resume").await;
    window.shows("running").await;
    says(&item, &english("Pause")).await;
    item.click("Finish").await;
    window.shows("idle").await;
    eventually("the label goes away", async || {
        let seen = item.label().await;
        if seen.is_empty() { Ok(()) } else { Err(seen) }
    })
    .await;
    assert_eq!(
        Cli::on(&machine).list().len(),
        0,
        "less than a minute is nothing"
    );
}

/// The places of a quarter and of three quarters on the ring of the icon.
const QUARTER: (f32, f32) = (0.79, 0.5);
const THREE_QUARTERS: (f32, f32) = (0.21, 0.5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_icon_of_the_tray_shows_how_far_the_focus_is() {
    let machine = Machine::new();
    machine.choose_look("dark", "en");
    Cli::on(&machine).run_in_the_past("-10m", &["start", "Write"]);
    let desktop = Desktop::start(&machine);
    let tray = TrayHost::start(desktop.bus()).await;
    let _app = particle_tests::DesktopApp::start(&machine, &desktop).await;
    let item = tray.item().await;

    says(&item, &english("Pause")).await;
    let light = async || {
        let picture = item.picture().await;
        [QUARTER, THREE_QUARTERS].map(|(x, y)| picture.light_at(x, y))
    };
    eventually("two fifths have gone by", async || match light().await {
        [150..=255, 20..=110] => Ok(()),
        other => Err(other),
    })
    .await;
    item.click("Finish").await;
    eventually("the ring goes away", async || match light().await {
        [0, 0] => Ok(()),
        other => Err(other),
    })
    .await;
}

/// The menu in English with this entry at the top.
fn english(toggle: &str) -> [&str; 6] {
    [
        toggle,
        "Finish",
        "",
        "0 particles today",
        "Show Particle",
        "Quit",
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_menu_of_the_tray_speaks_the_chosen_language_and_ends_the_app() {
    let machine = Machine::new();
    machine.choose_look("dark", "de");
    let desktop = Desktop::start(&machine);
    let tray = TrayHost::start(desktop.bus()).await;
    let mut app = particle_tests::DesktopApp::start(&machine, &desktop).await;
    let item = tray.item().await;
    let german = [
        "Starten",
        "Abschließen",
        "",
        "0 Partikel heute",
        "Particle anzeigen",
        "Particle beenden",
    ];
    says(&item, &german).await;
    item.click("Particle beenden").await;
    assert!(
        app.program().ended().await.success(),
        "quitting is no failure"
    );
}

/// Waits until the menu has these entries.
async fn says(item: &TrayItem, expected: &[&str]) {
    eventually(&format!("the menu says {expected:?}"), async || {
        let entries = item.menu().await;
        if entries
            .iter()
            .map(|entry| &*entry.label)
            .eq(expected.iter().copied())
        {
            Ok(())
        } else {
            Err(entries)
        }
    })
    .await;
}

async fn is_enabled(item: &TrayItem, label: &str) -> bool {
    let entries = item.menu().await;
    let entry = entries.iter().find(|entry| entry.label == label);
    entry
        .unwrap_or_else(|| panic!("{label} is in the menu: {entries:?}"))
        .enabled
}
