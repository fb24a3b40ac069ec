//! The person leaves the computer, and comes back.

use super::*;
use crate::clock::Sleep;

/// Away since 600 s, back at 900 s.
fn left(session: &Session) -> Session {
    let moved = session.away(Sleep {
        from: at(600),
        until: at(900),
    });
    assert_eq!((moved.recorded, moved.undone), (None, None));
    moved.session
}

fn at_over(minutes: i32) -> Session {
    let plan = i64::from(minutes) * 60;
    let reached = started(minutes).settle(&occasion(plan));
    reached.expect("it is reached").session
}

#[test]
fn a_focus_is_frozen_as_it_was_when_the_person_left_and_asks_why() {
    let frozen = left(&started(25));
    let question = frozen.timer.question().expect("a question");
    assert_eq!(
        question,
        Question {
            absence: Absence::Away,
            slept_at: at(600),
            woke_at: at(900),
            can_count: true,
        }
    );
    check(
        step(&frozen, Step::AnswerSleep(SleepAnswer::Trim), 1000),
        600,
        0,
        600,
    );
    let counted = step(&frozen, Step::AnswerSleep(SleepAnswer::Count), 900).session;
    assert_eq!(counted.timer, started(25).timer, "as if nobody had left");
    let resumed = step(&frozen, Step::AnswerSleep(SleepAnswer::Continue), 1000).session;
    assert_eq!(resumed.timer.deadline(), Some(at(1000 + 900)));
}

#[test]
fn a_plan_that_was_reached_meanwhile_was_not_reached_yet() {
    let frozen = left(&at_over(12));
    let resumed = step(&frozen, Step::Resume, 1000).session;
    assert_eq!(
        resumed.timer.end_ahead(),
        Some((Kind::Focus, at(1120))),
        "it rings again"
    );
    check(step(&frozen, Step::Finish, 1000), 600, 0, 600);
}

#[test]
fn what_flowed_over_before_stays() {
    let frozen = left(&at_over(9));
    check(step(&frozen, Step::Finish, 1000), 600, 60, 600);
}

#[test]
fn a_sleep_that_began_later_is_one_gap_with_it() {
    let slept = Sleep {
        from: at(700),
        until: at(850),
    };
    let frozen = left(&started(25).sleep(slept, &occasion(850)).session);
    let question = frozen.timer.question().expect("a question");
    assert_eq!((question.slept_at, question.woke_at), (at(600), at(850)));
    check(step(&frozen, Step::Finish, 1000), 600, 0, 600);
}

#[test]
fn nothing_else_is_touched() {
    let paused = step(&started(25), Step::Pause, 700).session;
    let later = step(&Session::default(), next(), 700).session;
    let finished = step(&started(5), Step::Finish, 200).session;
    let resting = step(&finished, next(), 300).session;
    for session in [Session::default(), paused, later, resting] {
        assert_eq!(left(&session), session);
    }
}
