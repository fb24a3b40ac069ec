mod breaks;
mod flowing;
mod leaving;
pub(crate) mod oracle;
mod properties;
mod sleeping;
mod stored;
mod undoing;
pub(crate) mod world;

use chrono::{FixedOffset, TimeZone};
use rstest::rstest;

use super::*;
use crate::model::{FocusLength, Particle, ParticleId, Settings, Task};
use crate::randomness::Randomness;

fn at(seconds: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(1_800_000_000 + seconds, 0).unwrap()
}

fn occasion(seconds: i64) -> Occasion {
    by(Settings::default(), seconds)
}

fn by(settings: Settings, seconds: i64) -> Occasion {
    Occasion {
        now: at(seconds),
        rules: Rules {
            settings,
            zone: FixedOffset::east_opt(3600).unwrap(),
        },
        fresh: ParticleId::new(at(seconds), &Randomness::seeded(seconds.unsigned_abs())),
    }
}

/// A focus of so many minutes on something.
fn focus(minutes: i32) -> Step {
    Step::Start(Begin {
        task: Some(Task::new("Write").unwrap()),
        length: Some(FocusLength::minutes(minutes).unwrap()),
        project: None,
    })
}

/// Whatever is next.
fn next() -> Step {
    Step::Start(Begin::default())
}

fn started(minutes: i32) -> Session {
    step(&Session::default(), focus(minutes), 0).session
}

fn step(session: &Session, step: Step, seconds: i64) -> Moved {
    step_by(Settings::default(), session, step, seconds)
}

fn step_by(settings: Settings, session: &Session, step: Step, seconds: i64) -> Moved {
    let occasion = by(settings, seconds);
    let settled = session
        .settle(&occasion)
        .map_or_else(|| session.clone(), |moved| moved.session);
    settled.step(step, &occasion).unwrap()
}

fn particle(moved: Moved) -> Particle {
    let recorded = moved.recorded.expect("a stretch of a minute or more");
    recorded.into_particle(60)
}

/// Duration and overflow in seconds, and the end in seconds after the start.
#[track_caller]
fn check(moved: Moved, duration: u32, overflow: u32, ended: i64) {
    assert!(
        matches!(moved.session.timer, Timer::Idle(_)),
        "a finished stretch leaves the timer idle"
    );
    let time = particle(moved).time;
    assert_eq!(
        (time.duration_seconds, time.overflow_seconds),
        (duration, overflow)
    );
    assert_eq!(time.ended_at, at(ended));
    assert_eq!(time.utc_offset_minutes, 60);
}

#[rstest]
#[case(Step::Finish)]
#[case(Step::Stop)]
fn a_focus_finished_early_keeps_its_true_time(#[case] end: Step) {
    check(step(&started(25), end, 601), 601, 0, 601);
}

#[rstest]
#[case::just_under(59, false)]
#[case::exactly(60, true)]
fn a_stretch_is_kept_from_sixty_seconds(#[case] seconds: i64, #[case] kept: bool) {
    let finished = step(&started(25), Step::Finish, seconds);
    assert_eq!(finished.recorded.is_some(), kept);
}

#[test]
fn a_plan_that_is_reached_flows_over_and_keeps_both_parts_apart() {
    let over = started(25).settle(&occasion(1500)).expect("it is reached");
    assert!(matches!(over.session.timer, Timer::Overflow { since, .. } if since == at(1500)));
    check(step(&over.session, Step::Finish, 1720), 1720, 220, 1720);
}

#[test]
fn without_overflow_a_focus_ends_by_itself_when_its_plan_is_reached() {
    let settings = Settings {
        overflow: false,
        ..Settings::default()
    };
    let ended = started(25)
        .settle(&by(settings, 1600))
        .expect("it is reached");
    assert_eq!(ended.session.undo_until(at(1501)), None, "nobody ended it");
    check(ended, 1500, 0, 1500);
}

#[test]
fn a_pause_is_not_time_spent() {
    let paused = step(&started(25), Step::Pause, 100).session;
    let resumed = step(&paused, Step::Resume, 1000).session;
    assert_eq!(
        resumed.timer.deadline(),
        Some(at(2400)),
        "1,400 s are left after the pause"
    );
    check(step(&resumed, Step::Finish, 1100), 200, 0, 1100);
}

#[test]
fn a_paused_focus_ends_when_it_was_interrupted() {
    let paused = step(&started(25), Step::Pause, 100).session;
    check(step(&paused, Step::Finish, 1000), 100, 0, 100);
}

#[test]
fn an_overflow_that_nobody_ends_keeps_the_plan() {
    let abandoned = started(25).settle(&occasion(1500 + 3600));
    check(abandoned.expect("an hour has passed"), 1500, 0, 1500);
}

#[test]
fn a_pause_that_nobody_ends_keeps_what_was_spent() {
    let paused = step(&started(25), Step::Pause, 100).session;
    assert_eq!(paused.settle(&occasion(3699)), None, "an hour is not over");
    let abandoned = paused.settle(&occasion(3700));
    check(abandoned.expect("an hour has passed"), 100, 0, 100);
}

#[test]
fn a_plan_reached_while_no_process_ran_has_no_overflow() {
    let found = started(25).recover(&occasion(1600));
    check(found.expect("the plan is reached"), 1500, 0, 1500);
}

#[test]
fn an_overflow_goes_on_after_a_restart() {
    let over = started(25).settle(&occasion(1500)).expect("it is reached");
    assert_eq!(over.session.recover(&occasion(1700)), None);
}

#[test]
fn starting_out_of_an_overflow_keeps_the_finished_focus_and_goes_on_with_its_task() {
    let over = started(25).settle(&occasion(1500)).expect("it is reached");
    let next = step(&over.session, next(), 1560);
    assert_eq!(next.session.timer.deadline(), Some(at(1560 + 1500)));
    let stretch = next.session.timer.stretch().expect("it runs");
    assert_eq!(
        (stretch.kind, stretch.task.as_str()),
        (Kind::Focus, "Write")
    );
    assert_eq!(particle(next).time.duration_seconds, 1560);
}

#[rstest]
#[case::pause(Session::default(), Step::Pause, Refused::Idle)]
#[case::resume(Session::default(), Step::Resume, Refused::Idle)]
#[case::finish(Session::default(), Step::Finish, Refused::Idle)]
#[case::stop(Session::default(), Step::Stop, Refused::Idle)]
#[case::rename(Session::default(), Step::Rename(Task::default()), Refused::Idle)]
#[case::skip_nothing(Session::default(), Step::Skip, Refused::NoBreak)]
#[case::skip_a_focus(started(25), Step::Skip, Refused::NoBreak)]
#[case::undo_nothing(started(25), Step::Undo, Refused::NothingToUndo)]
#[case::no_sleep(started(25), Step::AnswerSleep(SleepAnswer::Count), Refused::NoSleep)]
#[case::start_twice(started(25), focus(25), Refused::Busy)]
#[case::resume_running(started(25), Step::Resume, Refused::NotPaused)]
#[case::pause_twice(step(&started(25), Step::Pause, 1).session, Step::Pause, Refused::NotRunning)]
fn a_step_without_meaning_is_refused(
    #[case] session: Session,
    #[case] step: Step,
    #[case] refused: Refused,
) {
    assert_eq!(session.step(step, &occasion(1)), Err(refused));
}

#[test]
fn a_clock_that_was_set_leaves_what_remains() {
    let jump = Duration::hours(-5);
    let shifted = started(25).shifted(jump);
    let now = Occasion {
        now: at(300) + jump,
        ..occasion(0)
    };
    let time = particle(shifted.step(Step::Finish, &now).unwrap()).time;
    assert_eq!(
        (time.started_at, time.ended_at),
        (at(0) + jump, at(300) + jump)
    );
    assert_eq!(time.duration_seconds, 300);
}

#[rstest]
#[case::running(started(25), Some(1500))]
#[case::resumed(step(&step(&started(25), Step::Pause, 100).session, Step::Resume, 1000).session, Some(1500))]
#[case::paused(step(&started(25), Step::Pause, 100).session, None)]
#[case::over(started(25).settle(&occasion(1500)).unwrap().session, Some(0))]
fn a_clock_put_back_while_no_process_ran_leaves_no_more_than_was_planned(
    #[case] session: Session,
    #[case] left: Option<i64>,
) {
    let now = at(-86_400);
    let found = Occasion { now, ..occasion(0) };
    let found = session.recover(&found).expect("it was set").session;
    let remaining = match found.timer {
        Timer::Running { ends_at, .. } => Some((ends_at - now).num_seconds()),
        Timer::Overflow { since, .. } => Some((since - now).num_seconds()),
        _ => None,
    };
    assert_eq!(remaining, left);
    let stretch = found.timer.stretch().expect("it goes on");
    assert!(stretch.started_at <= now, "nothing began later than now");
    let deadline = found.timer.deadline().expect("nothing lasts for ever");
    assert!(deadline <= now + ABANDONED_AFTER.max(stretch.plan()));
}

#[test]
fn an_ending_of_before_the_clock_was_put_back_cannot_be_taken_back_by_a_process_that_starts() {
    let finished = step(&started(25), Step::Finish, 600).session;
    let back = |seconds: i64| Occasion {
        now: at(600 - seconds),
        ..occasion(0)
    };
    let little = finished.recover(&back(1)).expect("it lies ahead").session;
    assert!(
        little.undo_until(at(599)).is_some(),
        "clocks are not that exact"
    );
    let far = finished.recover(&back(3)).expect("it lies ahead").session;
    assert_eq!(far.undo, None);
}
