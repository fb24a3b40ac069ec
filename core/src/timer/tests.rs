use chrono::TimeZone;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::randomness::Randomness;

fn at(seconds: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(1_800_000_000 + seconds, 0).unwrap()
}

fn stretch(minutes: i32, started_at: DateTime<Utc>) -> Stretch {
    Stretch {
        id: ParticleId::new(started_at, &Randomness::seeded(1)),
        kind: Kind::Focus,
        task: Task::new("Write").unwrap(),
        project_id: None,
        planned: FocusLength::minutes(minutes).unwrap(),
        started_at,
    }
}

fn started(minutes: i32) -> Timer {
    Timer::Idle
        .step(Step::Start(stretch(minutes, at(0))), at(0))
        .unwrap()
        .timer
}

fn step(timer: Timer, step: Step, seconds: i64) -> Transition {
    let settled = timer
        .settle(at(seconds))
        .map_or(timer, |transition| transition.timer);
    settled.step(step, at(seconds)).unwrap()
}

/// Planned, duration and overflow in seconds, and the end in seconds after the start.
fn check(transition: Transition, duration: u32, overflow: u32, ended: i64) {
    assert_eq!(
        transition.timer,
        Timer::Idle,
        "a finished stretch leaves the timer idle"
    );
    let time = transition
        .recorded
        .expect("a stretch of a minute or more is kept")
        .into_particle(60)
        .time;
    assert_eq!(
        (time.duration_seconds, time.overflow_seconds),
        (duration, overflow)
    );
    assert_eq!(time.ended_at, at(ended));
    assert_eq!(time.utc_offset_minutes, 60);
}

#[test]
fn a_focus_finished_early_keeps_its_true_time() {
    check(step(started(25), Step::Finish, 601), 601, 0, 601);
}

#[rstest]
#[case::just_under(59, false)]
#[case::exactly(60, true)]
fn a_stretch_is_kept_from_sixty_seconds(#[case] seconds: i64, #[case] kept: bool) {
    assert_eq!(
        step(started(25), Step::Finish, seconds).recorded.is_some(),
        kept
    );
}

#[test]
fn a_plan_that_is_reached_flows_over_and_keeps_both_parts_apart() {
    let over = started(25)
        .settle(at(1500))
        .expect("the plan is reached")
        .timer;
    assert_eq!(
        over,
        Timer::Overflow {
            stretch: stretch(25, at(0)),
            since: at(1500)
        }
    );
    check(step(over, Step::Finish, 1720), 1720, 220, 1720);
}

#[test]
fn a_pause_is_not_time_spent() {
    let paused = step(started(25), Step::Pause, 100).timer;
    let resumed = step(paused, Step::Resume, 1000).timer;
    assert_eq!(
        resumed.deadline(),
        Some(at(2400)),
        "1,400 s are left after the pause"
    );
    check(step(resumed, Step::Finish, 1100), 200, 0, 1100);
}

#[test]
fn a_paused_focus_ends_when_it_was_interrupted() {
    let paused = step(started(25), Step::Pause, 100).timer;
    check(step(paused, Step::Finish, 1000), 100, 0, 100);
}

#[test]
fn an_overflow_that_nobody_ends_keeps_the_plan() {
    check(
        started(25)
            .settle(at(1500 + 3600))
            .expect("an hour has passed"),
        1500,
        0,
        1500,
    );
}

#[test]
fn a_pause_that_nobody_ends_keeps_what_was_spent() {
    let paused = step(started(25), Step::Pause, 100).timer;
    assert_eq!(paused.settle(at(3699)), None, "an hour is not over");
    check(
        paused.settle(at(3700)).expect("an hour has passed"),
        100,
        0,
        100,
    );
}

#[test]
fn a_plan_reached_while_no_process_ran_has_no_overflow() {
    check(
        started(25).recover(at(1600)).expect("the plan is reached"),
        1500,
        0,
        1500,
    );
}

#[test]
fn an_overflow_goes_on_after_a_restart() {
    let over = started(25)
        .settle(at(1500))
        .expect("the plan is reached")
        .timer;
    assert_eq!(over.recover(at(1700)), None);
}

#[test]
fn starting_out_of_an_overflow_keeps_the_finished_focus() {
    let over = started(25)
        .settle(at(1500))
        .expect("the plan is reached")
        .timer;
    let next = step(over, Step::Start(stretch(25, at(1560))), 1560);
    assert_eq!(next.timer.deadline(), Some(at(3060)));
    assert_eq!(
        next.recorded.expect("the focus is kept").duration_seconds,
        1560
    );
}

#[rstest]
#[case::pause(Timer::Idle, Step::Pause, Refused::Idle)]
#[case::resume(Timer::Idle, Step::Resume, Refused::Idle)]
#[case::finish(Timer::Idle, Step::Finish, Refused::Idle)]
#[case::rename(Timer::Idle, Step::Rename(Task::default()), Refused::Idle)]
#[case::start_twice(started(25), Step::Start(stretch(25, at(0))), Refused::Busy)]
#[case::resume_running(started(25), Step::Resume, Refused::NotPaused)]
#[case::pause_twice(step(started(25), Step::Pause, 1).timer, Step::Pause, Refused::NotRunning)]
fn a_step_without_meaning_is_refused(
    #[case] timer: Timer,
    #[case] step: Step,
    #[case] refused: Refused,
) {
    assert_eq!(timer.step(step, at(1)), Err(refused));
}

#[derive(Debug, Clone)]
enum Act {
    Start(i32),
    Pause,
    Resume,
    Finish,
    Restart,
    Wait(i64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (1..=180i32).prop_map(Act::Start),
        2 => Just(Act::Pause),
        2 => Just(Act::Resume),
        1 => Just(Act::Finish),
        1 => Just(Act::Restart),
        6 => (1..20_000_000i64).prop_map(Act::Wait),
    ]
}

/// A plain account of the same day, kept in a different way: it adds up running time act by act.
#[derive(Default)]
struct Ledger {
    spent_millis: i64,
    starts: usize,
    kept: Vec<Particle>,
}

impl Ledger {
    fn step(&mut self, timer: Timer, step: Step, now: DateTime<Utc>) -> Timer {
        let is_start = matches!(step, Step::Start(_));
        match timer.clone().step(step, now) {
            Ok(transition) => {
                self.starts += usize::from(is_start);
                self.take(transition)
            }
            Err(_) => timer,
        }
    }

    fn take(&mut self, transition: Transition) -> Timer {
        self.kept.extend(
            transition
                .recorded
                .map(|recorded| recorded.into_particle(0)),
        );
        transition.timer
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn no_sequence_of_acts_keeps_more_or_less_than_was_spent(acts in prop::collection::vec(act(), 1..60)) {
        let mut now = at(0);
        let mut timer = Timer::Idle;
        let mut ledger = Ledger::default();
        for act in acts {
            let running_before = matches!(timer, Timer::Running { .. });
            match act {
                Act::Wait(millis) => {
                    let deadline = timer.deadline();
                    now += Duration::milliseconds(millis);
                    if running_before {
                        let until = deadline.map_or(now, |deadline| deadline.min(now));
                        ledger.spent_millis += (until - (now - Duration::milliseconds(millis))).num_milliseconds();
                    }
                    timer = timer.settle(now).map_or(timer, |transition| ledger.take(transition));
                }
                Act::Restart => timer = timer.recover(now).map_or(timer, |transition| ledger.take(transition)),
                Act::Start(minutes) => timer = ledger.step(timer, Step::Start(stretch(minutes, now)), now),
                Act::Pause => timer = ledger.step(timer, Step::Pause, now),
                Act::Resume => timer = ledger.step(timer, Step::Resume, now),
                Act::Finish => timer = ledger.step(timer, Step::Finish, now),
            }
            prop_assert!(timer.deadline().is_none_or(|deadline| deadline > now), "no deadline lies in the past");
        }
        let unfinished = timer.spent(now).num_milliseconds().min(timer.stretch().map_or(0, |s| s.planned.as_millis()));
        let planned_part: i64 = ledger.kept.iter().map(|p| i64::from(p.time.duration_seconds - p.time.overflow_seconds)).sum();
        let counted = ledger.spent_millis - unfinished - planned_part * 1000;
        prop_assert!(counted >= 0, "nothing is kept that was not spent: {counted}");
        let dropped = ledger.starts - ledger.kept.len();
        let cut = 1_000 * ledger.kept.len() + 60_000 * dropped;
        prop_assert!(counted <= i64::try_from(cut).unwrap(), "only stretches below a minute are dropped: {counted}");
        for particle in &ledger.kept {
            let time = &particle.time;
            prop_assert!(time.duration_seconds >= 60);
            prop_assert!(time.duration_seconds <= time.planned_seconds + time.overflow_seconds);
            prop_assert!(i64::from(time.overflow_seconds) <= ABANDONED_AFTER.num_seconds());
            prop_assert!((time.ended_at - time.started_at).num_seconds() >= i64::from(time.duration_seconds));
        }
    }

    #[test]
    fn a_restart_changes_nothing_before_the_plan_is_reached(
        minutes in 1..=180i32, spent in 0..10_800_000i64, restart in 0..10_800_000i64,
    ) {
        let plan = i64::from(minutes) * 60_000;
        let restart_at = at(0) + Duration::milliseconds(restart % plan);
        let finish_at = restart_at + Duration::milliseconds(spent % (plan - restart % plan));
        let timer = started(minutes);
        prop_assert_eq!(timer.recover(restart_at), None);
        let restarted = serde_json::from_str::<Timer>(&serde_json::to_string(&timer).unwrap()).unwrap();
        prop_assert_eq!(restarted.step(Step::Finish, finish_at), timer.step(Step::Finish, finish_at));
    }

    #[test]
    fn a_clock_that_jumps_never_makes_a_particle_longer_than_its_plan(
        minutes in 1..=180i32, jump in -86_400_000..86_400_000i64,
    ) {
        let now = at(0) + Duration::milliseconds(jump);
        let transition = started(minutes).step(Step::Finish, now).unwrap();
        if let Some(recorded) = transition.recorded {
            let time = recorded.into_particle(0).time;
            prop_assert!(time.duration_seconds <= time.planned_seconds);
            prop_assert!(time.ended_at >= time.started_at);
        }
    }
}
