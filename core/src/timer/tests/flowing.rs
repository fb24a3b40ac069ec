//! A focus flows over, and somebody is there.

use super::*;
use crate::clock::Sleep;

const HOUR: i64 = 3600;

/// A focus of 25 minutes that has flowed over for so many seconds.
fn over_for(seconds: i64) -> Session {
    let over = started(25).settle(&occasion(1500)).expect("it is reached");
    let over = over.session;
    assert_eq!(over.settle(&occasion(1500 + seconds)), None, "it flows");
    over
}

fn asleep(session: &Session, from: i64, until: i64) -> Session {
    let sleep = Sleep {
        from: at(from),
        until: at(until),
    };
    session.sleep(sleep, &occasion(until)).session
}

/// 55 minutes over, the computer sleeps, and the person goes on: five minutes later it is not as if nobody
/// had been there since the plan.
#[test]
fn an_overflow_goes_on_for_an_hour_from_when_somebody_was_there() {
    let over = over_for(3300);
    let frozen = asleep(&over, 4800, 9000);
    let resumed = step(&frozen, Step::Resume, 9000).session;
    assert_eq!(resumed.settle(&occasion(9000 + HOUR - 1)), None);
    check(
        step(&resumed, Step::Finish, 9600),
        4800 + 600,
        3300 + 600,
        9600,
    );
    let left = resumed.settle(&occasion(9000 + HOUR)).expect("an hour");
    check(left, 4800, 3300, 9000);
}

#[test]
fn whatever_is_done_in_an_overflow_shows_that_somebody_is_there() {
    let over = over_for(3000);
    let renamed = Step::Rename(Task::new("Read").unwrap());
    let finished = step(&over, Step::Finish, 4495).session;
    for session in [
        step(&over, renamed, 4500).session,
        over.with_length(None, at(4500)),
        step(&finished, Step::Undo, 4500).session,
    ] {
        assert_eq!(session.settle(&occasion(4500 + HOUR - 1)), None);
        let left = session.settle(&occasion(4500 + HOUR)).expect("an hour");
        check(left, 4500, 3000, 4500);
    }
}

#[test]
fn an_ending_that_is_taken_back_when_the_hour_is_over_goes_on() {
    let over = over_for(3598);
    let finished = step(&over, Step::Finish, 5098).session;
    let back = step(&finished, Step::Undo, 5105).session;
    check(step(&back, Step::Finish, 5110), 5110, 3610, 5110);
}

#[rstest]
#[case::just_under(3299, true)]
#[case::exactly(3300, false)]
fn a_gap_can_be_counted_up_to_an_hour_from_when_somebody_was_there(
    #[case] gap: i64,
    #[case] can_count: bool,
) {
    let over = over_for(3000).with_length(None, at(4500));
    let frozen = asleep(&over, 4800, 4800 + gap);
    let question = frozen.timer.question().expect("it slept");
    assert_eq!(question.can_count, can_count);
}

#[test]
fn no_focus_flows_over_for_half_a_day() {
    let mut over = over_for(0);
    let last = 1500 + 8 * HOUR - 10;
    for now in (1500..last).step_by(3000).chain([last]) {
        assert_eq!(over.settle(&occasion(now)), None, "somebody is there");
        over = over.with_length(None, at(now));
    }
    let closed = over.settle(&occasion(last + 10)).expect("it is enough");
    check(closed, u32::try_from(last).unwrap(), 8 * 3600 - 10, last);
}

#[test]
fn a_clock_put_back_while_no_process_ran_leaves_what_is_certain() {
    let over = over_for(3000).with_length(None, at(4500));
    let now = at(-86_400);
    let found = Occasion { now, ..occasion(0) };
    let found = over.recover(&found).expect("it was set").session;
    assert_eq!(found.timer.spent(now), Duration::seconds(4500));
}
