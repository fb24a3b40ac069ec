mod backups;
mod doctor;
mod history;
mod intentions;
mod timer;

use chrono::TimeZone;
use rstest::rstest;
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::error::ErrorCode;
use crate::model::{Preset, SettingChange};
use chrono::{DateTime, Utc};

struct Opened {
    place: TempDir,
    clock: Arc<ManualClock>,
    app: App,
}

/// An app at 2027-01-15 09:00 in a zone an hour east of UTC.
async fn open() -> Opened {
    let place = tempfile::tempdir().unwrap();
    let folder = DataFolder::locate(Some(place.path().into())).unwrap();
    folder.create().unwrap();
    let clock = Arc::new(ManualClock::new(
        Utc.with_ymd_and_hms(2027, 1, 15, 8, 0, 0).unwrap(),
        60,
    ));
    let environment = Environment {
        clock: clock.clone(),
        randomness: Arc::new(Randomness::seeded(5)),
        keyring: KeyringUse::Off,
    };
    let ownership = folder.own().unwrap().expect("nobody owns a new folder");
    let app = App::open(&folder, ownership, environment)
        .await
        .unwrap()
        .app;
    Opened { place, clock, app }
}

fn told(minutes: i32, ended_at: Option<DateTime<Utc>>) -> NewParticle {
    NewParticle {
        task: "Call".into(),
        minutes,
        ended_at,
        project: None,
        id: None,
    }
}

fn code<T>(result: Result<T, AppError>) -> Option<ErrorCode> {
    result.err().map(|error| error.view().code)
}

#[rstest]
#[case(0)]
#[case(-5)]
#[case(181)]
#[case(99_999_999)]
#[tokio::test]
async fn a_focus_of_an_impossible_length_is_refused_and_nothing_runs(#[case] minutes: i32) {
    let opened = open().await;
    let app = opened.app.profile();
    let request = TimerRequest::Start(StartRequest {
        task: None,
        minutes: Some(minutes),
        project: None,
    });
    assert_eq!(
        code(app.timer(request, None).await),
        Some(ErrorCode::LengthOutOfRange)
    );
    assert_eq!(app.status().await.unwrap().state, TimerState::Idle);
}

#[tokio::test]
async fn a_task_of_ten_thousand_characters_is_refused_and_the_focus_keeps_its_name() {
    let opened = open().await;
    let app = opened.app.profile();
    let start = StartRequest {
        task: Some("Write".into()),
        minutes: None,
        project: None,
    };
    app.timer(TimerRequest::Start(start), None).await.unwrap();
    let long = TimerRequest::Rename("é".repeat(10_000));
    assert_eq!(
        code(app.timer(long, None).await),
        Some(ErrorCode::TaskTooLong)
    );
    assert_eq!(app.status().await.unwrap().task.as_str(), "Write");
}

#[tokio::test]
async fn a_pasted_line_break_becomes_a_space() {
    let opened = open().await;
    let app = opened.app.profile();
    let start = StartRequest {
        task: Some("  Write\nthe\treport ".into()),
        minutes: None,
        project: None,
    };
    assert_eq!(
        app.timer(TimerRequest::Start(start), None)
            .await
            .unwrap()
            .task
            .as_str(),
        "Write the report"
    );
}

#[tokio::test]
async fn the_remainder_is_rounded_up_and_the_overflow_down() {
    let opened = open().await;
    opened
        .app
        .profile()
        .timer(TimerRequest::Start(StartRequest::default()), None)
        .await
        .unwrap();
    opened
        .clock
        .advance(std::time::Duration::from_millis(1_500));
    assert_eq!(
        opened
            .app
            .profile()
            .status()
            .await
            .unwrap()
            .remaining_seconds,
        1499
    );
    opened.clock.advance(std::time::Duration::from_mins(25));
    opened.app.profile().set_length(30).await.unwrap();
    let status = opened.app.profile().status().await.unwrap();
    assert_eq!(
        (
            status.state,
            status.remaining_seconds,
            status.overflow_seconds
        ),
        (TimerState::Overflow, 0, 1)
    );
}

#[rstest]
#[case::before_the_boundary("2027-01-15T02:59:59Z", 0)]
#[case::at_the_boundary("2027-01-15T03:00:00Z", 1)]
#[tokio::test]
async fn a_day_begins_at_four_in_the_morning(#[case] began: DateTime<Utc>, #[case] today: u32) {
    let opened = open().await;
    let app = opened.app.profile();
    app.add(told(25, Some(began + chrono::Duration::minutes(25))))
        .await
        .unwrap();
    assert_eq!(app.status().await.unwrap().today.particles, today);
    assert_eq!(
        app.particles_today().await.unwrap().len(),
        usize::try_from(today).unwrap()
    );
}

#[tokio::test]
async fn a_particle_cannot_be_told_of_the_future() {
    let opened = open().await;
    let tomorrow = opened.clock.now() + chrono::Duration::days(1);
    assert_eq!(
        code(opened.app.profile().add(told(25, Some(tomorrow))).await),
        Some(ErrorCode::TimeInvalid)
    );
}

#[rstest]
#[case(0, false)]
#[case(1, true)]
#[case(1440, true)]
#[case(1441, false)]
#[tokio::test]
async fn a_told_particle_takes_a_minute_to_a_day(#[case] minutes: i32, #[case] kept: bool) {
    let opened = open().await;
    let app = opened.app.profile();
    assert_eq!(app.add(told(minutes, None)).await.is_ok(), kept);
}

#[tokio::test]
async fn a_focus_that_ended_while_nobody_looked_is_told_of() {
    let Opened { place, clock, app } = open().await;
    app.profile()
        .timer(TimerRequest::Start(StartRequest::default()), None)
        .await
        .unwrap();
    app.close().await;
    drop(app);
    clock.advance(std::time::Duration::from_hours(1));
    let folder = DataFolder::locate(Some(place.path().into())).unwrap();
    let environment = Environment {
        clock: clock.clone(),
        randomness: Arc::new(Randomness::seeded(6)),
        keyring: KeyringUse::Off,
    };
    let ownership = folder.own().unwrap().expect("its owner is gone");
    let opened = App::open(&folder, ownership, environment).await.unwrap();
    assert!(opened.ended_unseen);
    assert_eq!(
        opened.app.profile().status().await.unwrap().today.particles,
        1
    );
}

#[tokio::test]
async fn while_one_process_owns_a_folder_another_cannot() {
    let opened = open().await;
    let folder = DataFolder::locate(Some(opened.place.path().into())).unwrap();
    assert!(folder.own().unwrap().is_none());
    drop(opened.app);
    assert!(
        folder.own().unwrap().is_some(),
        "the lock ends with its owner"
    );
}

#[tokio::test]
async fn what_changed_is_told_after_it_is_kept_and_what_did_not_is_not() {
    let opened = open().await;
    let app = opened.app.profile();
    let kept = app.add(told(25, None)).await.unwrap();
    let mut events = opened.app.events();
    let edit = |task: &str| ParticleRequest {
        id: kept.id,
        task: Some(task.into()),
        started_at: None,
        minutes: None,
        project: None,
    };
    app.edit_particle(edit("Call")).await.unwrap();
    assert!(events.try_recv().is_err(), "nothing changed");
    app.edit_particle(edit("Meeting")).await.unwrap();
    app.delete_particle(kept.id).await.unwrap();
    app.delete_particle(kept.id).await.unwrap();
    app.restore_particle(kept.id).await.unwrap();
    let ids = vec![kept.id];
    for _ in 0..3 {
        assert_eq!(
            events.try_recv(),
            Ok(Event::ParticlesChanged { ids: ids.clone() })
        );
    }
    let add = ProjectRequest::Add {
        name: "Book".into(),
        brightness: None,
    };
    let book = app.project(add).await.unwrap();
    app.project(ProjectRequest::Unarchive(book.id.into()))
        .await
        .unwrap();
    app.project(ProjectRequest::Delete("Book".parse().unwrap()))
        .await
        .unwrap();
    assert_eq!(events.try_recv(), Ok(Event::ProjectsChanged));
    assert_eq!(events.try_recv(), Ok(Event::ProjectsChanged));
    assert!(events.try_recv().is_err(), "two changes of projects");
}

#[tokio::test]
async fn the_next_focus_keeps_the_project_of_the_one_that_flows_over() {
    let opened = open().await;
    let app = opened.app.profile();
    let add = ProjectRequest::Add {
        name: "Book".into(),
        brightness: None,
    };
    let book = app.project(add).await.unwrap();
    let start = |project: Option<&str>| {
        TimerRequest::Start(StartRequest {
            project: project.map(|key| key.parse().unwrap()),
            ..StartRequest::default()
        })
    };
    for (named, expected) in [
        (Some("Book"), Some(book.id)),
        (None, Some(book.id)),
        (Some("none"), None),
        (None, None),
    ] {
        let status = app.timer(start(named), None).await.unwrap();
        assert_eq!(status.project, expected, "{named:?}");
        opened.clock.advance(std::time::Duration::from_mins(26));
    }
    assert_eq!(
        code(app.timer(start(Some("Nothing")), None).await),
        Some(ErrorCode::NotFound)
    );
}
