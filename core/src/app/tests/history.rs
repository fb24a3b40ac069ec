//! Looking back: days, pages and numbers.

use chrono::NaiveDate;

use super::*;
use crate::model::{Days, ParticleId, Preset, SettingChange};
use crate::store::Kinds;

pub(super) fn folder(opened: &Opened) -> DataFolder {
    DataFolder::locate(Some(opened.place.path().into())).unwrap()
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
