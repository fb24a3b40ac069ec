//! Looking back: days, pages, numbers and backups.

use std::fs;

use chrono::NaiveDate;

use super::*;
use crate::model::{Days, ParticleId, Preset, SettingChange};
use crate::store::Kinds;

pub(super) fn folder(opened: &Opened) -> DataFolder {
    DataFolder::locate(Some(opened.place.path().into())).unwrap()
}

fn backup_names(folder: &DataFolder) -> Vec<String> {
    let backups = list_backups(folder).unwrap();
    backups.into_iter().map(|backup| backup.name).collect()
}

#[tokio::test]
async fn the_day_boundary_that_a_person_chose_is_the_boundary_of_everything() {
    let opened = open().await;
    let app = opened.app.profile();
    let ended_at = "2027-01-15T00:55:00Z".parse().unwrap(); // 01:55 on the wall
    app.add(told(25, Some(ended_at))).await.unwrap();
    for (minutes, today) in [(240, 0), (60, 1), (91, 0)] {
        let boundary = crate::model::DayBoundary::minutes(minutes).unwrap();
        let change = SettingChange::DayBoundaryMinutes(boundary);
        app.change_setting(change).await.unwrap();
        let day = if today == 1 {
            "2027-01-15"
        } else {
            "2027-01-14"
        };
        let page = app.particles(PageRequest::default()).await.unwrap();
        assert_eq!(page.particles[0].day.to_string(), day, "{minutes}");
        assert_eq!(
            app.status().await.unwrap().today.particles,
            today,
            "{minutes}"
        );
        assert_eq!(
            app.particles_today().await.unwrap().len(),
            usize::try_from(today).unwrap(),
            "{minutes}"
        );
        let found = app.statistics(Days::default()).await.unwrap();
        assert_eq!(found.days[0].day.to_string(), day, "{minutes}");
    }
}

/// In Berlin the 28th of March 2027 has 23 hours and the 31st of October 25.
#[rstest]
#[case::spring("2027-03-28T23:30:00Z", 120, "2027-03-28")]
#[case::the_morning_after("2027-03-29T02:30:00Z", 120, "2027-03-29")]
#[case::autumn("2027-11-01T02:30:00Z", 60, "2027-10-31")]
#[case::before_it("2026-10-31T02:30:00Z", 120, "2026-10-31")]
#[tokio::test]
async fn a_day_is_as_long_as_it_was_on_the_wall(
    #[case] began: DateTime<Utc>,
    #[case] offset: i32,
    #[case] day: &str,
) {
    let opened = open().await;
    opened.clock.set("2027-12-01T00:00:00Z".parse().unwrap());
    let kept = opened
        .app
        .profile()
        .add(told(25, Some(began + chrono::Duration::minutes(25))))
        .await
        .unwrap();
    let mut elsewhere = kept.clone();
    elsewhere.id = ParticleId::new(began, &Randomness::seeded(77));
    elsewhere.time.utc_offset_minutes = offset;
    let now = opened.app.profile().now();
    opened
        .app
        .profile()
        .store
        .record_particle(elsewhere.clone(), now)
        .await
        .unwrap();
    opened.app.profile().delete_particle(kept.id).await.unwrap();
    let day = day.parse().unwrap();
    let request = PageRequest {
        from_day: Some(day),
        to_day: Some(day),
        ..PageRequest::default()
    };
    let page = opened.app.profile().particles(request).await.unwrap();
    let found: Vec<_> = page
        .particles
        .iter()
        .map(|dated| (dated.particle.id, dated.day))
        .collect();
    assert_eq!(found, [(elsewhere.id, day)]);
}

#[tokio::test]
async fn pages_go_on_where_the_one_before_ended() {
    let opened = open().await;
    let app = opened.app.profile();
    for hours in 1..8 {
        let ended_at = app.now() - chrono::Duration::hours(hours);
        app.add(told(25, Some(ended_at))).await.unwrap();
    }
    let mut request = Some(PageRequest {
        kinds: Kinds::All,
        limit: Some(3),
        ..PageRequest::default()
    });
    let mut starts = Vec::new();
    let mut pages = 0;
    while let Some(asked) = request {
        let page = app.particles(asked.clone()).await.unwrap();
        assert!(page.particles.len() <= 3);
        starts.extend(
            page.particles
                .iter()
                .map(|dated| dated.particle.time.started_at),
        );
        request = page.next.map(|next| asked.after(next));
        pages += 1;
    }
    assert!(starts.is_sorted_by(|a, b| a > b), "{starts:?}");
    assert_eq!((starts.len(), pages), (7, 3));
}

#[tokio::test]
async fn a_particle_can_be_moved_but_not_into_the_future() {
    let opened = open().await;
    let app = opened.app.profile();
    let kept = app.add(told(30, None)).await.unwrap();
    let request = |started_at| ParticleRequest {
        id: kept.id,
        task: None,
        started_at: Some(started_at),
        minutes: None,
        project: None,
    };
    let moved = kept.time.started_at - chrono::Duration::hours(2);
    let edited = app.edit_particle(request(moved)).await.unwrap();
    assert_eq!(edited.time.started_at, moved);
    assert_eq!(edited.time.ended_at, moved + chrono::Duration::minutes(30));
    let future = app.now() - chrono::Duration::minutes(29);
    assert_eq!(
        code(app.edit_particle(request(future)).await),
        Some(ErrorCode::TimeInvalid)
    );
}

#[tokio::test]
async fn an_edit_is_taken_back_to_the_second() {
    let opened = open().await;
    let app = opened.app.profile();
    let told = app.add(told(30, None)).await.unwrap();
    let mut lived = told.clone();
    lived.id = ParticleId::new(told.time.started_at, &Randomness::seeded(7));
    lived.preset = Preset::Classic;
    lived.time.planned_seconds = 1500;
    lived.time.duration_seconds = 1523;
    lived.time.overflow_seconds = 23;
    let before = app.store.record_particle(lived, app.now()).await.unwrap();
    let request = ParticleRequest {
        id: before.id,
        task: Some("Other".into()),
        started_at: None,
        minutes: Some(5),
        project: None,
    };
    let edited = app.edit_particle(request).await.unwrap();
    assert_ne!(edited.time, before.time);
    assert_eq!(app.put_particle_back(before.clone()).await.unwrap(), before);

    app.delete_particle(before.id).await.unwrap();
    assert_eq!(
        code(app.put_particle_back(before).await),
        Some(ErrorCode::IsDeleted),
        "an edit does not bring it back"
    );
}

#[rstest]
#[case::at_night("2027-01-15T02:59:59Z", "2027-01-14", "2027-01-15T03:00:00Z")]
#[case::at_the_boundary("2027-01-15T03:00:00Z", "2027-01-15", "2027-01-16T03:00:00Z")]
#[tokio::test]
async fn the_present_day_ends_at_the_boundary(
    #[case] now: DateTime<Utc>,
    #[case] date: NaiveDate,
    #[case] ends_at: DateTime<Utc>,
) {
    let opened = open().await;
    opened.clock.set(now);
    let day = opened.app.profile().present_day().await.unwrap();
    assert_eq!(day, PresentDay { date, ends_at });
}

#[tokio::test]
async fn the_word_for_no_project_is_no_name() {
    let opened = open().await;
    let add = |name: &str| ProjectRequest::Add {
        name: name.into(),
        brightness: None,
    };
    assert_eq!(
        code(opened.app.profile().project(add(" none ")).await),
        Some(ErrorCode::NameInvalid)
    );
    let book = opened.app.profile().project(add("Book")).await.unwrap();
    let rename = ProjectRequest::Rename(book.id.into(), "none".into());
    assert_eq!(
        code(opened.app.profile().project(rename).await),
        Some(ErrorCode::NameInvalid)
    );
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
