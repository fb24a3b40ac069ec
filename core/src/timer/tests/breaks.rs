//! Breaks, rounds, and what begins by itself.

use super::*;
use crate::model::{Countdown, Preset};

fn starting_by_itself() -> Settings {
    Settings {
        auto_start_breaks: true,
        auto_start_focus: true,
        ..Settings::default()
    }
}

fn offer(session: &Session) -> Offer {
    match &session.timer {
        Timer::Idle(offer) => *offer,
        timer => panic!("nothing runs: {timer:?}"),
    }
}

fn kind(session: &Session) -> Option<Kind> {
    session.timer.stretch().map(|stretch| stretch.kind)
}

/// So many focuses of ten minutes with breaks that are taken and finished, from `from` on.
fn after_focuses(count: i64, from: i64) -> Session {
    (0..count).fold(Session::default(), |session, round| {
        let begin = from + round * 1000;
        let session = step(&session, focus(10), begin).session;
        step(&session, Step::Finish, begin + 600).session
    })
}

#[test]
fn finishing_a_focus_offers_the_break_that_is_due() {
    for (focuses, due) in [
        (1, Kind::ShortBreak),
        (3, Kind::ShortBreak),
        (4, Kind::LongBreak),
        (5, Kind::LongBreak),
    ] {
        let session = after_focuses(focuses, 0);
        assert_eq!(offer(&session).next, due, "after {focuses}");
        let done = session.round.done(&occasion(0).rules, at(5000));
        assert_eq!(i64::from(done), focuses.min(4), "a round has four");
    }
}

#[rstest]
#[case::finished(Step::Finish)]
#[case::stopped(Step::Stop)]
#[case::skipped(Step::Skip)]
fn a_long_break_ends_the_round(#[case] end: Step) {
    let resting = step(&after_focuses(4, 0), next(), 4000).session;
    assert_eq!(kind(&resting), Some(Kind::LongBreak));
    let after = step(&resting, end, 4300).session;
    assert_eq!(offer(&after).next, Kind::Focus);
    let again = step(&after, focus(10), 5000).session;
    let finished = step(&again, Step::Finish, 5600).session;
    assert_eq!(offer(&finished).next, Kind::ShortBreak);
}

#[test]
fn a_long_break_that_is_offered_can_be_skipped_and_ends_the_round() {
    let skipped = step(&after_focuses(4, 0), Step::Skip, 4000).session;
    assert_eq!(skipped.round, Round::default());
    assert_eq!(offer(&skipped), Offer::default());
}

#[test]
fn another_day_begins_another_round() {
    let yesterday = after_focuses(3, 0);
    let rules = occasion(0).rules;
    // 2027-01-15 09:00 in the zone of the tests; the day begins at four.
    let (before, four) = (at(18 * 3600 + 3599), at(19 * 3600));
    let done = |now| yesterday.round.done(&rules, now);
    assert_eq!((done(before), done(four)), (3, 0));
    let session = step(&yesterday, focus(10), 20 * 3600).session;
    let finished = step(&session, Step::Finish, 20 * 3600 + 600).session;
    assert_eq!(offer(&finished).next, Kind::ShortBreak);
}

#[test]
fn only_what_is_kept_counts_and_earns_a_break() {
    let finished = step(&started(25), Step::Finish, 59).session;
    assert_eq!(offer(&finished), Offer::default());
    assert_eq!(finished.round, Round::default());
}

#[test]
fn stopping_goes_to_no_break() {
    let stopped = step(&started(25), Step::Stop, 600).session;
    assert_eq!(offer(&stopped), Offer::default());
    assert_eq!(stopped.round.done(&occasion(0).rules, at(600)), 1);
}

#[test]
fn a_break_ends_by_itself_and_is_kept_as_what_it_was() {
    let resting = step(&after_focuses(1, 0), next(), 700).session;
    let ended = resting
        .settle(&occasion(1100))
        .expect("five minutes are over");
    assert_eq!(offer(&ended.session), Offer::default());
    let particle = particle(ended);
    assert_eq!(
        (particle.kind, particle.task.as_str()),
        (Kind::ShortBreak, "")
    );
    assert_eq!(particle.preset, Preset::Classic);
    let time = particle.time;
    assert_eq!((time.duration_seconds, time.overflow_seconds), (300, 0));
    assert_eq!(time.ended_at, at(1000));
}

#[rstest]
#[case::finish(Step::Finish, true)]
#[case::stop(Step::Stop, true)]
#[case::skip(Step::Skip, false)]
fn a_break_that_is_ended_early_is_kept_and_one_that_is_skipped_is_not(
    #[case] end: Step,
    #[case] kept: bool,
) {
    let resting = step(&after_focuses(1, 0), next(), 700).session;
    let ended = step(&resting, end.clone(), 820);
    assert_eq!(offer(&ended.session).next, Kind::Focus);
    assert_eq!(ended.recorded.is_some(), kept);
    let short = step(&resting, end, 759);
    assert_eq!(short.recorded, None, "less than a minute is nothing");
}

#[test]
fn a_break_can_be_paused() {
    let resting = step(&after_focuses(1, 0), next(), 700).session;
    let paused = step(&resting, Step::Pause, 800).session;
    let resumed = step(&paused, Step::Resume, 900).session;
    assert_eq!(resumed.timer.deadline(), Some(at(1100)));
}

#[test]
fn naming_a_focus_begins_one_also_out_of_a_break() {
    let offered = after_focuses(1, 0);
    assert_eq!(
        kind(&step(&offered, focus(10), 700).session),
        Some(Kind::Focus)
    );
    let resting = step(&offered, next(), 700).session;
    let begun = step(&resting, focus(10), 800);
    assert_eq!(kind(&begun.session), Some(Kind::Focus));
    assert_eq!(
        particle(begun).time.duration_seconds,
        100,
        "the break is kept"
    );
    assert_eq!(resting.step(next(), &occasion(800)), Err(Refused::Busy));
}

#[test]
fn the_focus_after_a_break_goes_on_with_what_the_one_before_was_on() {
    let resting = step(&after_focuses(1, 0), next(), 700).session;
    assert_eq!(resting.timer.stretch().map(|s| s.task.as_str()), Some(""));
    let rested = step(&resting, Step::Finish, 800).session;
    let again = step(&rested, next(), 900).session;
    assert_eq!(
        again.timer.stretch().map(|s| s.task.as_str()),
        Some("Write")
    );
    let stopped = step(&again, Step::Stop, 1000).session;
    let other = step(&stopped, next(), 1100).session;
    assert_eq!(other.timer.stretch().map(|s| s.task.as_str()), Some(""));
}

#[test]
fn a_break_that_nobody_takes_is_offered_for_an_hour() {
    let offered = after_focuses(4, 0);
    assert_eq!(offered.settle(&occasion(3600 + 3599)), None);
    let lapsed = offered.settle(&occasion(3600 + 3600)).expect("an hour");
    assert_eq!(
        lapsed.session,
        Session::default(),
        "and was a long one, too"
    );
}

#[test]
fn what_begins_by_itself_can_be_cancelled_or_begun_at_once() {
    let settings = starting_by_itself();
    let finished = step_by(settings, &started(25), Step::Finish, 600).session;
    assert_eq!(offer(&finished).begins_at, Some(at(605)));

    let begun = finished
        .settle(&by(settings, 605))
        .expect("it is time")
        .session;
    assert_eq!(kind(&begun), Some(Kind::ShortBreak));
    assert_eq!(begun.timer.stretch().map(|s| s.started_at), Some(at(605)));

    let cancelled = step_by(settings, &finished, Step::Stop, 603).session;
    let waiting = offer(&cancelled);
    assert_eq!((waiting.next, waiting.begins_at), (Kind::ShortBreak, None));

    for start in [next(), Step::Toggle(Begin::default())] {
        let at_once = step_by(settings, &finished, start, 602).session;
        assert_eq!(kind(&at_once), Some(Kind::ShortBreak));
    }
}

#[rstest]
#[case::finish(Step::Finish, Some(205))]
#[case::skip(Step::Skip, Some(205))]
#[case::stop(Step::Stop, None)]
fn a_focus_begins_by_itself_after_a_break_that_was_not_stopped(
    #[case] end: Step,
    #[case] begins: Option<i64>,
) {
    let settings = starting_by_itself();
    let finished = step_by(settings, &started(25), Step::Finish, 90).session;
    let resting = step_by(settings, &finished, next(), 92).session;
    let ended = step_by(settings, &resting, end, 200).session;
    assert_eq!(offer(&ended).begins_at, begins.map(at));
}

#[test]
fn a_focus_that_begins_by_itself_goes_on_with_its_task() {
    let settings = starting_by_itself();
    let finished = step_by(settings, &started(25), Step::Finish, 600).session;
    let resting = finished
        .settle(&by(settings, 605))
        .expect("it is time")
        .session;
    let rested = resting
        .settle(&by(settings, 905))
        .expect("it is over")
        .session;
    let focused = rested
        .settle(&by(settings, 910))
        .expect("it is time")
        .session;
    let stretch = focused.timer.stretch().expect("it runs");
    assert_eq!(
        (stretch.kind, stretch.task.as_str()),
        (Kind::Focus, "Write")
    );
}

#[test]
fn a_countdown_that_passed_while_no_process_ran_begins_nothing() {
    let settings = starting_by_itself();
    let finished = step_by(settings, &started(25), Step::Finish, 600).session;
    assert_eq!(finished.recover(&by(settings, 604)), None, "it still runs");
    let found = finished
        .recover(&by(settings, 606))
        .expect("it passed")
        .session;
    assert_eq!(offer(&found).begins_at, None);
    assert_eq!(offer(&found).next, Kind::ShortBreak);
    let late = finished
        .settle(&by(settings, 636))
        .expect("it passed")
        .session;
    assert_eq!(
        offer(&late).begins_at,
        None,
        "nor one that was seen too late"
    );
}

/// Without an owner that stays every command is a process that starts.
#[test]
fn a_countdown_goes_on_as_it_began_when_a_shorter_one_is_chosen() {
    let countdown = |seconds| Settings {
        countdown_seconds: Countdown::try_from(seconds).unwrap(),
        ..starting_by_itself()
    };
    let counting = step_by(countdown(10), &started(25), Step::Finish, 600).session;
    assert_eq!(offer(&counting).begins_at, Some(at(610)));
    let found = counting.recover(&by(countdown(3), 602));
    assert_eq!(found, None, "no clock was put back");

    let resting = step_by(countdown(10), &counting, next(), 601).session;
    let counting = step_by(countdown(10), &resting, Step::Skip, 700).session;
    let found = counting.recover(&by(countdown(3), 702));
    assert_eq!(found, None, "nor before a focus");
}

#[rstest]
#[case::the_presets(None, Preset::DeepWork)]
#[case::the_same_by_hand(Some(52), Preset::DeepWork)]
#[case::another(Some(25), Preset::Custom)]
fn a_particle_is_kept_with_the_preset_it_was_started_with(
    #[case] minutes: Option<i32>,
    #[case] kept: Preset,
) {
    let settings = Settings {
        preset: Preset::DeepWork,
        ..Settings::default()
    };
    let begin = Step::Start(Begin {
        length: minutes.map(|minutes| FocusLength::minutes(minutes).unwrap()),
        ..Begin::default()
    });
    let running = step_by(settings, &Session::default(), begin, 0).session;
    // Another preset is chosen meanwhile.
    assert_eq!(particle(step(&running, Step::Finish, 600)).preset, kept);
}

#[test]
fn an_adjusted_length_is_that_of_every_next_focus() {
    let adjusted = Session::default().with_length(FocusLength::minutes(30).ok(), at(0));
    let running = step(&adjusted, next(), 0).session;
    assert_eq!(running.timer.deadline(), Some(at(1800)));
    let finished = step(&running, Step::Finish, 600).session;
    let resting = step(&finished, next(), 700).session;
    assert_eq!(resting.timer.deadline(), Some(at(1000)), "but of no break");
    let again = step(&resting, focus(10), 800).session;
    assert_eq!(
        again.timer.deadline(),
        Some(at(1400)),
        "nor of a named length"
    );
    assert_eq!(again.length, adjusted.length);
}
