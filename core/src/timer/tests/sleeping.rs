//! The computer sleeps.

use super::*;
use crate::clock::Sleep;

fn slept(from: i64, until: i64) -> Sleep {
    Sleep {
        from: at(from),
        until: at(until),
    }
}

fn sleep(session: &Session, from: i64, until: i64) -> Moved {
    let settled = session.settle(&occasion(from));
    let session = settled.map_or_else(|| session.clone(), |moved| moved.session);
    session.sleep(slept(from, until), &occasion(until))
}

fn answer(session: &Session, answer: SleepAnswer, seconds: i64) -> Result<Moved, Refused> {
    session.step(Step::AnswerSleep(answer), &occasion(seconds))
}

#[test]
fn a_focus_freezes_when_the_computer_sleeps_and_asks_with_the_exact_gap() {
    let frozen = sleep(&started(25), 600, 8000).session;
    assert_eq!(
        frozen.timer.question(),
        Some(Question {
            absence: Absence::Asleep,
            slept_at: at(600),
            woke_at: at(8000),
            can_count: false
        })
    );
    assert_eq!(frozen.timer.spent(at(8005)), Duration::seconds(600));
}

#[rstest]
#[case::continue_(SleepAnswer::Continue)]
fn going_on_leaves_the_gap_out(#[case] chosen: SleepAnswer) {
    let frozen = sleep(&started(25), 600, 8000).session;
    let resumed = answer(&frozen, chosen, 8010).unwrap().session;
    assert_eq!(resumed.timer.deadline(), Some(at(8010 + 900)));
    assert_eq!(resumed, step(&frozen, Step::Resume, 8010).session);
    check(step(&resumed, Step::Finish, 8110), 700, 0, 8110);
}

#[test]
fn trimming_keeps_what_was_spent_before_the_sleep() {
    let frozen = sleep(&started(25), 600, 8000).session;
    let trimmed = answer(&frozen, SleepAnswer::Trim, 8010).unwrap();
    assert_eq!(
        trimmed,
        step(&frozen, Step::Finish, 8010),
        "finishing is the same"
    );
    check(trimmed, 600, 0, 600);
}

#[test]
fn counting_makes_the_gap_focus() {
    let frozen = sleep(&started(25), 600, 1000).session;
    let counted = answer(&frozen, SleepAnswer::Count, 1000).unwrap().session;
    assert_eq!(counted.timer, started(25).timer, "as if it had not slept");

    let frozen = sleep(&started(25), 600, 2000).session;
    let over = answer(&frozen, SleepAnswer::Count, 2000).unwrap().session;
    check(step(&over, Step::Finish, 2030), 2030, 530, 2030);
}

/// It was asleep for 40 minutes, and the person came back 20 minutes after it woke: the 40 minutes that
/// they were asked about count, not 60.
#[test]
fn the_gap_that_is_counted_is_the_one_that_is_asked_about() {
    let frozen = sleep(&started(90), 600, 3000).session;
    let counted = answer(&frozen, SleepAnswer::Count, 4200).unwrap().session;
    assert_eq!(counted.timer.spent(at(4200)), Duration::seconds(3000));
    check(step(&counted, Step::Finish, 4260), 3060, 0, 4260);

    let frozen = sleep(&started(25), 600, 3000).session;
    let over = answer(&frozen, SleepAnswer::Count, 4200).unwrap().session;
    let stretch = over.timer.stretch().expect("it goes on");
    assert_eq!(stretch.reached_at, Some(at(1500)), "while it was asleep");
    check(step(&over, Step::Finish, 4260), 3060, 1560, 4260);
}

#[rstest]
#[case::just_under(5099, true)]
#[case::exactly(5100, false)]
fn a_gap_that_leads_an_hour_beyond_the_plan_cannot_be_counted(
    #[case] woke: i64,
    #[case] can_count: bool,
) {
    let frozen = sleep(&started(25), 600, woke).session;
    assert_eq!(
        frozen.timer.question().map(|question| question.can_count),
        Some(can_count)
    );
    let late = woke + 3599;
    let counted = answer(&frozen, SleepAnswer::Count, late);
    assert_eq!(counted.is_ok(), can_count, "however late the answer comes");
    if !can_count {
        assert_eq!(counted, Err(Refused::GapTooLong));
    }
}

#[test]
fn without_overflow_a_counted_gap_ends_the_focus_at_its_plan() {
    let settings = Settings {
        overflow: false,
        ..Settings::default()
    };
    let frozen = sleep(&started(25), 600, 2000).session;
    let count = Step::AnswerSleep(SleepAnswer::Count);
    let counted = frozen.step(count, &by(settings, 2020)).unwrap();
    check(counted, 1500, 0, 1500);
}

#[test]
fn an_overflow_freezes_too_and_goes_on_from_where_it_was() {
    let frozen = sleep(&started(25), 1620, 9000).session;
    assert_eq!(frozen.timer.spent(at(9000)), Duration::seconds(1620));
    let resumed = step(&frozen, Step::Resume, 9000).session;
    check(step(&resumed, Step::Finish, 9030), 1650, 150, 9030);

    assert_eq!(resumed.settle(&occasion(9000 + 3599)), None);
    let left = resumed.settle(&occasion(9000 + 3600)).expect("an hour");
    check(left, 1620, 120, 9000);
}

#[test]
fn what_was_due_before_the_sleep_took_effect_before_it() {
    let frozen = sleep(&started(25), 1510, 9000).session;
    let Timer::Paused {
        remaining_millis, ..
    } = frozen.timer
    else {
        panic!("it is frozen: {frozen:?}")
    };
    assert_eq!(remaining_millis, -10_000);
}

#[test]
fn a_question_that_nobody_answers_for_an_hour_keeps_what_was_before_the_sleep() {
    let frozen = sleep(&started(25), 600, 8000).session;
    assert_eq!(frozen.settle(&occasion(8000 + 3599)), None);
    let again = sleep(&frozen, 8000 + 3599, 40_000).session;
    assert_eq!(
        again.timer.question().map(|q| (q.slept_at, q.woke_at)),
        Some((at(600), at(40_000))),
        "a computer that sleeps again asks for the whole gap"
    );
    let closed = again.settle(&occasion(40_000 + 3600)).expect("an hour");
    check(closed, 600, 0, 600);
}

#[test]
fn a_break_passes_while_the_computer_sleeps() {
    let settings = Settings {
        auto_start_focus: true,
        ..Settings::default()
    };
    let finished = step(&started(25), Step::Finish, 600).session;
    let resting = step(&finished, next(), 600).session;
    let still = resting.sleep(slept(700, 800), &by(settings, 800));
    assert_eq!(still.session, resting);
    let over = resting.sleep(slept(700, 902), &by(settings, 902));
    let waiting = Timer::Idle(Offer::default());
    assert_eq!(over.session.timer, waiting, "nothing begins in a sleep");
    assert_eq!(particle(over).time.ended_at, at(900));
}

#[test]
fn a_pause_of_the_person_stays_one() {
    let paused = step(&started(25), Step::Pause, 100).session;
    assert_eq!(sleep(&paused, 200, 900).session, paused);
    check(sleep(&paused, 200, 9000), 100, 0, 100);
}

#[test]
fn a_countdown_does_not_begin_anything_while_the_computer_sleeps() {
    let settings = Settings {
        auto_start_breaks: true,
        ..Settings::default()
    };
    let finished = step_by(settings, &started(25), Step::Finish, 600).session;
    let woken = finished.sleep(slept(601, 640), &by(settings, 640)).session;
    let Timer::Idle(offer) = woken.timer else {
        panic!("nothing began: {woken:?}")
    };
    assert_eq!((offer.next, offer.begins_at), (Kind::ShortBreak, None));
}
