//! Endings that are taken back.

use super::*;

fn undo(session: &Session, seconds: i64) -> Moved {
    step(session, Step::Undo, seconds)
}

#[rstest]
#[case::finish(Step::Finish)]
#[case::stop(Step::Stop)]
fn an_ending_that_is_taken_back_never_was(#[case] end: Step) {
    let running = started(25);
    let ended = step(&running, end, 600);
    let id = ended.recorded.as_ref().map(Recorded::id);
    assert_eq!(ended.session.undo_until(at(601)), Some(at(610)));
    let back = undo(&ended.session, 609);
    assert_eq!(back.session, running, "and it went on meanwhile");
    assert_eq!(back.undone, id);
    let again = step(&back.session, Step::Finish, 700);
    assert_eq!(again.recorded.as_ref().map(Recorded::id), id);
    check(again, 700, 0, 700);
}

#[test]
fn an_ending_can_be_taken_back_for_ten_seconds() {
    let ended = step(&started(25), Step::Finish, 600).session;
    assert_eq!(ended.undo_until(at(610)), None);
    let late = ended.step(Step::Undo, &occasion(610));
    assert_eq!(late, Err(Refused::NothingToUndo));
}

#[test]
fn a_focus_too_short_to_be_kept_goes_on_too() {
    let running = started(25);
    let back = undo(&step(&running, Step::Stop, 20).session, 25);
    assert_eq!((back.session, back.undone), (running, None));
}

#[test]
fn finishing_and_starting_the_next_is_taken_back_as_one() {
    let over = started(25)
        .settle(&occasion(1500))
        .expect("it is reached")
        .session;
    let id = over.timer.stretch().map(|stretch| stretch.id);
    let next = step(&over, next(), 1560).session;
    let back = undo(&next, 1565);
    assert_eq!(back.session.timer, over.timer.clone().vouched(at(1565)));
    assert_eq!(back.undone, id);
    check(step(&back.session, Step::Finish, 1600), 1600, 100, 1600);
}

#[test]
fn a_skipped_break_comes_back() {
    let offered = step(&started(25), Step::Finish, 600).session;
    let resting = step(&offered, next(), 700).session;
    for before in [offered, resting] {
        let skipped = step(&before, Step::Skip, 800).session;
        assert_eq!(undo(&skipped, 805).session.timer, before.timer);
    }
}

#[test]
fn a_round_that_is_taken_back_counts_one_less() {
    let ended = step(&started(25), Step::Finish, 600).session;
    assert_eq!(undo(&ended, 605).session.round, Round::default());
}

#[test]
fn a_break_that_began_by_itself_meanwhile_is_taken_back_with_it() {
    let settings = Settings {
        auto_start_breaks: true,
        ..Settings::default()
    };
    let running = started(25);
    let ended = step_by(settings, &running, Step::Finish, 600).session;
    let resting = ended
        .settle(&by(settings, 605))
        .expect("it is time")
        .session;
    let back = step_by(settings, &resting, Step::Undo, 608).session;
    assert_eq!(back, running);
}

/// An accidental Enter, and Esc because the break should not begin: that is no second thought about the
/// Enter.
#[test]
fn cancelling_a_countdown_leaves_the_ten_seconds_as_they_were() {
    let settings = Settings {
        auto_start_breaks: true,
        ..Settings::default()
    };
    let running = started(25);
    let ended = step_by(settings, &running, Step::Finish, 600).session;
    let cancelled = step_by(settings, &ended, Step::Stop, 602).session;
    assert_eq!(cancelled.undo_until(at(603)), Some(at(610)));
    let back = step_by(settings, &cancelled, Step::Undo, 609).session;
    assert_eq!(back, running);
}

#[test]
fn another_length_leaves_the_ten_seconds_as_they_were() {
    let running = started(25);
    let ended = step(&running, Step::Finish, 600).session;
    let adjusted = ended.with_length(FocusLength::minutes(30).ok(), at(601));
    let back = undo(&adjusted, 609).session;
    assert_eq!(
        (back.timer, back.length),
        (running.timer, adjusted.length),
        "and the length stays"
    );
}

#[test]
fn whatever_else_is_done_it_cannot_be_taken_back_any_more() {
    let ended = step(&started(25), Step::Finish, 600).session;
    let done = [
        step(&ended, focus(10), 601).session,
        step(&ended, next(), 601).session,
    ];
    for session in done {
        let refused = session.step(Step::Undo, &occasion(602));
        assert_eq!(refused, Err(Refused::NothingToUndo), "{session:?}");
    }
    let over = started(25)
        .settle(&occasion(1500))
        .expect("it is reached")
        .session;
    let next = step(&over, next(), 1560).session;
    let renamed = step(&next, Step::Rename(Task::new("Read").unwrap()), 1562).session;
    let back = undo(&renamed, 1563).session.timer;
    assert_eq!(back, over.timer.vouched(at(1563)), "but after another name");
}

#[test]
fn a_plan_that_was_reached_meanwhile_takes_effect() {
    let settings = Settings {
        overflow: false,
        ..Settings::default()
    };
    let ended = step_by(settings, &started(25), Step::Finish, 1495).session;
    let back = step_by(settings, &ended, Step::Undo, 1502);
    assert_eq!(back.undone, None, "its particle is another, not none");
    check(back, 1500, 0, 1500);
}

#[test]
fn a_clock_that_was_set_makes_it_neither_longer_nor_shorter() {
    let ended = step(&started(25), Step::Finish, 600).session;
    let jump = Duration::hours(3);
    let shifted = ended.shifted(jump);
    assert_eq!(shifted.undo_until(at(605) + jump), Some(at(610) + jump));
    assert_eq!(ended.undo_until(at(599)), None, "a jump that nobody saw");
}

#[test]
fn a_countdown_that_was_switched_off_meanwhile_does_not_come_back() {
    let settings = Settings {
        auto_start_breaks: true,
        ..Settings::default()
    };
    let counting = step_by(settings, &started(25), Step::Finish, 600).session;
    let skipped = step_by(settings, &counting, Step::Skip, 602).session;
    let back = undo(&skipped, 604).session;
    assert!(
        matches!(back.timer, Timer::Idle(offer) if offer.begins_at.is_none()),
        "{back:?}"
    );
    let back = step_by(settings, &skipped, Step::Undo, 604).session;
    assert_eq!(back.timer, counting.timer, "but one that was not does");
}
