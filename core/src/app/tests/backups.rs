//! When a backup is made, and when not.

use std::fs;

use super::history::folder;
use super::*;

fn backup_names(folder: &DataFolder) -> Vec<String> {
    let backups = list_backups(folder).unwrap();
    backups.into_iter().map(|backup| backup.name).collect()
}

#[tokio::test]
async fn a_backup_is_made_at_opening_and_when_a_day_begins() {
    let Opened { place, clock, app } = open().await;
    let folder = DataFolder::locate(Some(place.path().into())).unwrap();
    let backups = Backups::new(
        app.profile().store().clone(),
        &folder.local_profile(),
        clock.clone(),
    );
    backups.make_daily().await.unwrap();
    let nothing: [&str; 0] = [];
    assert_eq!(backup_names(&folder), nothing, "there is nothing to keep");
    app.profile().add(told(25, None)).await.unwrap();
    app.close().await;
    drop(app);

    let environment = Environment {
        clock: clock.clone(),
        randomness: Arc::new(Randomness::seeded(6)),
        keyring: KeyringUse::Off,
    };
    let ownership = folder.own().unwrap().expect("its owner is gone");
    let app = App::open(&folder, ownership, environment)
        .await
        .unwrap()
        .app;
    wait_for_backups(&folder, &["2027-01-15"]).await;
    clock.advance(std::time::Duration::from_hours(24));
    wait_for_backups(&folder, &["2027-01-16", "2027-01-15"]).await;
    clock.set(clock.now() - chrono::Duration::days(60));
    wait_for_backups(&folder, &["2027-01-16", "2027-01-15", "2026-11-17"]).await;
    app.close().await;
}

#[tokio::test]
async fn a_command_that_leaves_makes_a_backup_only_where_the_newest_is_three_days_old() {
    let Opened { place, clock, app } = open().await;
    app.close().await;
    drop(app);
    let folder = DataFolder::locate(Some(place.path().into())).unwrap();
    let app = open_for_a_step(&folder, &clock).await;
    app.profile().add(told(25, None)).await.unwrap();
    app.close().await;
    drop(app);
    let in_the_future = folder.local_profile().backups.join("local-2999-01-01.db");
    fs::create_dir(folder.local_profile().backups).unwrap();
    fs::write(in_the_future, "the clock was wrong").unwrap();
    for (hours, newest) in [(0, "2027-01-15"), (48, "2027-01-15"), (24, "2027-01-18")] {
        clock.advance(std::time::Duration::from_hours(hours));
        let app = open_for_a_step(&folder, &clock).await;
        app.profile().status().await.unwrap();
        assert_ne!(
            backup_names(&folder)[1..].first(),
            Some(&"2027-01-18".into())
        );
        app.close().await;
        assert_eq!(backup_names(&folder)[1], newest, "after {hours} more hours");
    }
}

#[tokio::test]
async fn a_command_that_makes_room_makes_no_backup() {
    let Opened { place, clock, app } = open().await;
    app.profile().add(told(25, None)).await.unwrap();
    app.make_room().await;
    drop(app);
    let folder = DataFolder::locate(Some(place.path().into())).unwrap();
    let before = backup_names(&folder);
    clock.advance(std::time::Duration::from_hours(96));
    let app = open_for_a_step(&folder, &clock).await;
    app.make_room().await;
    assert_eq!(
        backup_names(&folder),
        before,
        "somebody waits for the folder"
    );
    drop(app);
    let app = open_for_a_step(&folder, &clock).await;
    app.close().await;
    assert_eq!(backup_names(&folder).len(), before.len() + 1);
}

async fn open_for_a_step(folder: &DataFolder, clock: &Arc<ManualClock>) -> App {
    let environment = Environment {
        clock: clock.clone(),
        randomness: Arc::new(Randomness::seeded(6)),
        keyring: KeyringUse::Off,
    };
    let ownership = folder.own().unwrap().expect("its owner is gone");
    let opened = App::open_for_a_step(folder, ownership, environment).await;
    opened.unwrap().app
}

/// Until they are there; the test runner ends a test that waits for ever.
async fn wait_for_backups(folder: &DataFolder, expected: &[&str]) {
    while backup_names(folder) != expected {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_backup_that_cannot_be_made_stops_nobody_and_the_doctor_tells() {
    let opened = open().await;
    let folder = folder(&opened);
    fs::write(folder.local_profile().backups, "in the way").unwrap();
    opened.app.profile().add(told(25, None)).await.unwrap();
    opened.clock.advance(std::time::Duration::from_hours(48));
    assert!(opened.app.profile().status().await.is_ok());
    let found = diagnose(&folder, opened.clock.clone(), KeyringUse::Off).await;
    assert!(!found.ok);
    assert!(
        found.problems.iter().any(|p| p.contains("backup")),
        "{:?}",
        found.problems
    );
    assert_eq!(found.counts.unwrap()["particle"].kept, 1);
}

#[tokio::test]
async fn a_backup_takes_the_place_of_what_is_open_and_what_was_is_a_backup() {
    let Opened { place, clock, app } = open().await;
    let folder = DataFolder::locate(Some(place.path().into())).unwrap();
    app.profile().add(told(25, None)).await.unwrap();
    let made = app.profile().backups().make().await.unwrap();
    app.profile().add(told(50, None)).await.unwrap();

    // All of it within a second.
    app.restore_backup(&made.name).await.unwrap();
    assert_eq!(kept(&app).await, 1);
    let [before, _] = &*own_backups(&folder) else {
        panic!("one of before")
    };
    app.restore_backup(before).await.unwrap();
    assert_eq!(kept(&app).await, 2);
    assert_eq!(own_backups(&folder).len(), 3);

    let missing = app.restore_backup("2000-01-01").await.unwrap_err();
    assert!(matches!(missing, AppError::NoBackup(_)), "{missing}");
    app.close().await;
    drop((app, clock));
}

#[tokio::test]
async fn the_oldest_backup_is_still_there_to_go_back_to() {
    let Opened { place, clock, app } = open().await;
    let folder = DataFolder::locate(Some(place.path().into())).unwrap();
    app.profile().add(told(25, None)).await.unwrap();
    let oldest = app.profile().backups().make().await.unwrap();
    app.profile().add(told(50, None)).await.unwrap();
    for _ in 1..7 {
        clock.advance(std::time::Duration::from_mins(1));
        app.profile().backups().make().await.unwrap();
    }
    clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(own_backups(&folder).last(), Some(&oldest.name));
    app.restore_backup(&oldest.name).await.unwrap();
    assert_eq!(kept(&app).await, 1);
    app.close().await;
}

#[tokio::test]
async fn nothing_is_gone_back_to_while_the_timer_runs() {
    let Opened {
        place: _place, app, ..
    } = open().await;
    app.profile().add(told(25, None)).await.unwrap();
    let made = app.profile().backups().make().await.unwrap();
    let request = TimerRequest::Start(StartRequest::default());
    app.profile().timer(request, None).await.unwrap();
    let refused = app.restore_backup(&made.name).await.unwrap_err();
    assert!(matches!(refused, AppError::TimerRuns), "{refused}");
    let status = app.profile().status().await.unwrap();
    assert_eq!(status.state, TimerState::Running);
    app.close().await;
}

/// Those that somebody made, newest first.
fn own_backups(folder: &DataFolder) -> Vec<String> {
    let mut names = backup_names(folder);
    names.retain(|name| name.len() > "2027-01-15".len());
    names
}

async fn kept(app: &App) -> usize {
    let mut snapshot = app.profile().store().snapshot().await.unwrap();
    snapshot.particles(None).await.unwrap().len()
}
