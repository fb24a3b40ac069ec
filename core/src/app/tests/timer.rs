//! What a shell sees of the timer.

use super::*;
use crate::model::{DailyGoal, Kind};
use crate::timer::SleepAnswer;

fn start() -> TimerRequest {
    TimerRequest::Start(StartRequest::default())
}

fn minutes(minutes: u64) -> std::time::Duration {
    std::time::Duration::from_mins(minutes)
}

#[tokio::test]
async fn choosing_a_preset_takes_an_adjusted_length_back() {
    let opened = open().await;
    let app = opened.app.profile();
    let adjusted = app.set_length(31).await.unwrap();
    assert_eq!(
        (adjusted.planned_seconds, adjusted.preset),
        (31 * 60, Preset::Classic)
    );
    let chosen = app.choose_preset(Preset::Ultradian).await.unwrap();
    assert_eq!(
        (chosen.planned_seconds, chosen.preset, chosen.round.of),
        (90 * 60, Preset::Ultradian, 2)
    );
    app.set_length(31).await.unwrap();
    let again = app.choose_preset(Preset::Ultradian).await.unwrap();
    assert_eq!(again.planned_seconds, 90 * 60, "also the same one");
    app.set_length(31).await.unwrap();
    app.reset_setting("preset".parse().unwrap()).await.unwrap();
    let reset = app.status().await.unwrap();
    assert_eq!(reset.planned_seconds, 25 * 60, "also the default");
}

#[tokio::test]
async fn an_idle_status_tells_what_comes_next_and_when() {
    let opened = open().await;
    let app = opened.app.profile();
    app.change_setting(SettingChange::AutoStartBreaks(true))
        .await
        .unwrap();
    let goal = DailyGoal::try_from(6).unwrap();
    app.change_setting(SettingChange::DailyGoal(Some(goal)))
        .await
        .unwrap();
    app.timer(start(), None).await.unwrap();
    opened.clock.advance(minutes(10));
    let finished = app.timer(TimerRequest::Finish, None).await.unwrap();
    let now = opened.clock.now();
    assert_eq!(
        (finished.state, finished.kind),
        (TimerState::Idle, Kind::ShortBreak)
    );
    assert_eq!(finished.planned_seconds, 300);
    let in_seconds = |seconds| Some(now + chrono::Duration::seconds(seconds));
    assert_eq!(finished.countdown_ends_at, in_seconds(5));
    assert_eq!(finished.undo_until, in_seconds(10));
    assert_eq!(finished.round, RoundStatus { done: 1, of: 4 });
    assert_eq!(
        (finished.today.particles, finished.today.goal),
        (1, Some(6))
    );

    let undone = app.timer(TimerRequest::Undo, None).await.unwrap();
    assert_eq!(
        (undone.state, undone.undo_until),
        (TimerState::Running, None)
    );
    assert_eq!((undone.today.particles, undone.round.done), (0, 0));
}

#[tokio::test]
async fn a_status_asks_what_to_make_of_a_sleep() {
    let opened = open().await;
    let app = opened.app.profile();
    app.timer(start(), None).await.unwrap();
    opened.clock.advance(minutes(30));
    let slept_at = opened.clock.now();
    opened.clock.sleep(minutes(20));
    let woke_at = opened.clock.now();
    let asked = app.look().await.unwrap();
    assert_eq!((asked.state, asked.ends_at), (TimerState::Paused, None));
    assert_eq!((asked.remaining_seconds, asked.overflow_seconds), (0, 300));
    let gap_seconds = 1200;
    let can_count = true;
    let sleep = SleepStatus {
        absence: Absence::Asleep,
        slept_at,
        woke_at,
        gap_seconds,
        can_count,
    };
    assert_eq!(asked.sleep, Some(sleep));

    opened.clock.sleep(minutes(36));
    let again = app.look().await.unwrap().sleep;
    assert_eq!(
        again.map(|s| (s.gap_seconds, s.can_count)),
        Some((56 * 60, false))
    );
    let count = TimerRequest::AnswerSleep(SleepAnswer::Count);
    assert_eq!(
        code(app.timer(count, None).await),
        Some(ErrorCode::TimerGapTooLong)
    );
    let going_on = TimerRequest::AnswerSleep(SleepAnswer::Continue);
    let resumed = app.timer(going_on, None).await.unwrap();
    assert_eq!((resumed.state, resumed.sleep), (TimerState::Overflow, None));
    assert_eq!(resumed.overflow_seconds, 300);
}

#[tokio::test]
async fn what_does_not_begin_by_itself_any_more_is_not_counted_down_to() {
    let opened = open().await;
    let app = opened.app.profile();
    let breaks = |begin| SettingChange::AutoStartBreaks(begin);
    app.change_setting(breaks(true)).await.unwrap();
    app.timer(start(), None).await.unwrap();
    opened.clock.advance(minutes(10));
    let counted = app.timer(TimerRequest::Finish, None).await.unwrap();
    assert!(counted.countdown_ends_at.is_some());
    let focus = SettingChange::AutoStartFocus(true);
    app.change_setting(focus).await.unwrap();
    let still = app.status().await.unwrap();
    assert_eq!(
        still.countdown_ends_at, counted.countdown_ends_at,
        "another one"
    );
    app.change_setting(breaks(false)).await.unwrap();
    let offered = app.status().await.unwrap();
    assert_eq!(
        (offered.state, offered.kind, offered.countdown_ends_at),
        (TimerState::Idle, Kind::ShortBreak, None),
        "it is still offered"
    );
    assert_eq!(
        offered.undo_until, counted.undo_until,
        "and nothing was done"
    );
    opened.clock.advance(std::time::Duration::from_secs(11));
    assert_eq!(app.look().await.unwrap().state, TimerState::Idle);
}

#[tokio::test]
async fn what_was_corrected_before_an_ending_was_taken_back_is_kept_by_the_next_one() {
    let opened = open().await;
    let app = opened.app.profile();
    let add = ProjectRequest::Add {
        name: "Book".into(),
        brightness: None,
    };
    let book = app.project(add).await.unwrap();
    let write = StartRequest {
        task: Some("Write".into()),
        ..StartRequest::default()
    };
    app.timer(TimerRequest::Start(write), None).await.unwrap();
    opened.clock.advance(minutes(10));
    app.timer(TimerRequest::Finish, None).await.unwrap();
    let kept = app.particles_today().await.unwrap().remove(0);
    let edit = ParticleRequest {
        id: kept.id,
        task: Some("Write the end".into()),
        started_at: None,
        minutes: None,
        project: Some(book.id.into()),
    };
    app.edit_particle(edit).await.unwrap();
    let undone = app.timer(TimerRequest::Undo, None).await.unwrap();
    let goes_on_with = (undone.task.as_str(), undone.project);
    assert_eq!(goes_on_with, ("Write the end", Some(book.id)));
    opened.clock.advance(minutes(1));
    app.timer(TimerRequest::Finish, None).await.unwrap();
    let again = app.particles_today().await.unwrap().remove(0);
    let parts = (again.id, again.task.as_str(), again.project_id);
    assert_eq!(parts, (kept.id, "Write the end", Some(book.id)));
    assert_eq!(again.time.duration_seconds, 660);
}
