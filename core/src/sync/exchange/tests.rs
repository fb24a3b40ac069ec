//! The loop at chosen moments: what is begun, what waits and until when.

mod braking;
mod device;
mod pausing;

use std::time::Duration;

use chrono::TimeDelta;
use rstest::rstest;

use super::ending::{ATTENTION_PROBE, FRUITLESS_MAX};
use super::*;
use crate::remote::Failure;
use device::{Device, done, failed, unavailable, unreachable, waiting};

const MINUTE: Duration = Duration::from_mins(1);

fn is_about(wait: Duration, minutes: u64) -> bool {
    let planned = MINUTE * u32::try_from(minutes).unwrap();
    wait >= planned * 9 / 10 && wait <= planned * 11 / 10
}

#[test]
fn a_change_is_sent_at_once_and_the_server_is_asked_every_half_minute() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    assert_eq!(first.map(|begun| begun.changes_max), Some(CHANGES_MAX));
    assert_eq!(device.end(first, done()), None);
    assert_eq!(device.wait().0, TICK);

    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    device.end(first, done());
    assert_eq!(device.pass(MINUTE / 12), None);
    let changed = device.hear(Trigger::LocalChange);
    assert!(changed.is_some(), "at once");
    assert_eq!(device.end(changed, done()), None);
}

#[test]
fn what_happens_during_an_exchange_is_one_more_exchange() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    for trigger in [Trigger::LocalChange, Trigger::Woke, Trigger::LocalChange] {
        assert_eq!(device.hear(trigger), None, "one at a time");
    }
    let second = device.end(first, done());
    assert!(second.is_some());
    assert_eq!(device.end(second, done()), None);
}

#[test]
fn pages_and_batches_follow_each_other() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    let more = Done {
        more: true,
        ..Done::default()
    };
    let second = device.end(first, Ok(more));
    let sent = Done {
        sent: 1000,
        pushed: 1000,
        sendable: 200,
        ..Done::default()
    };
    let third = device.end(second, Ok(sent));
    assert_eq!(device.end(third, done()), None);
}

#[test]
fn pulls_go_on_while_pushes_fail_by_the_ladder() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    assert_eq!(device.end(first, unavailable(3)), None);
    let mut waits = Vec::new();
    let mut since = Duration::ZERO;
    while waits.len() < 6 {
        let (wait, begun) = device.wait();
        since += wait;
        match begun.map(|begun| begun.changes_max) {
            Some(0) => {
                assert!(wait <= TICK);
                assert_eq!(device.hear(Trigger::LocalChange), None, "pushes wait");
                assert_eq!(device.end(begun, waiting(3)), None);
            }
            Some(_) => {
                waits.push(since);
                since = Duration::ZERO;
                assert_eq!(device.end(begun, unavailable(3)), None);
            }
            None => {}
        }
    }
    for (wait, minutes) in waits.iter().zip([1, 2, 4, 8, 16, 16]) {
        assert!(is_about(*wait, minutes), "{minutes} min: {waits:?}");
    }
}

#[test]
fn a_failed_pull_keeps_everything_back_until_it_works() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    for minutes in [1, 2, 4, 8, 16, 16] {
        assert_eq!(device.end(begun, unavailable(0)), None);
        assert_eq!(device.hear(Trigger::LocalChange), None);
        let (wait, next) = device.wait();
        assert!(is_about(wait, minutes), "{minutes} min: {wait:?}");
        assert_eq!(next.map(|begun| begun.changes_max), Some(0), "the least");
        begun = next;
    }
    let push = device.end(begun, waiting(2));
    assert_eq!(push.map(|begun| begun.changes_max), Some(CHANGES_MAX));
    device.end(push, done());
    assert_eq!(device.wait().0, TICK, "the ladder is over");
}

#[test]
fn a_push_that_fails_after_a_pull_worked_goes_on_up_the_ladder() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    device.end(first, unavailable(0));
    let (_, pull) = device.wait();
    let push = device.end(pull, waiting(2));
    assert_eq!(device.end(push, unavailable(2)), None);
    let (mut since, mut begun) = device.wait();
    while begun.is_some_and(|begun| begun.changes_max == 0) {
        assert_eq!(device.end(begun, waiting(2)), None);
        let (wait, next) = device.wait();
        since += wait;
        begun = next;
    }
    assert!(is_about(since, 2), "{since:?}");
}

#[test]
fn a_restart_waits_until_the_same_instant_and_no_longer_than_a_wait_can_be() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    device.end(first, unavailable(0));
    let alarm = device.exchange.alarm(device.now.total);
    device.pass(Duration::from_secs(20));
    assert_eq!(device.restart(), None, "a restart is no occasion");
    assert_eq!(device.exchange.alarm(device.now.total), alarm);

    device.now.wall -= TimeDelta::days(9);
    assert_eq!(device.restart(), None);
    let (wait, begun) = device.wait();
    assert!(
        wait <= Duration::from_secs(1056) && begun.is_some(),
        "{wait:?}"
    );
}

#[rstest]
#[case::the_network_is_back(Trigger::NetworkBack)]
#[case::the_computer_woke(Trigger::Woke)]
#[case::the_window_after_a_minute(Trigger::Focus)]
fn an_occasion_leaves_the_ladder_within_seconds_once_in_half_a_minute(#[case] occasion: Trigger) {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    for _ in 0..3 {
        device.end(begun, unavailable(0));
        begun = device.wait().1;
    }
    device.end(begun, unavailable(0));
    device.pass(MINUTE);
    assert_eq!(device.hear(occasion), None);
    let (wait, begun) = device.wait();
    assert!(wait <= RESET_SPREAD, "{wait:?}");
    assert_eq!(device.end(begun, unavailable(0)), None);
    device.hear(Trigger::Woke);
    let (wait, _) = device.wait();
    assert!(is_about(wait, 1), "the ladder begins anew: {wait:?}");
}

#[test]
fn a_server_that_asks_for_silence_is_left_alone_but_for_the_person() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    let message = "slow down".into();
    let failure = Failure::Unavailable {
        message,
        retry_after: Some(Duration::from_mins(10)),
    };
    device.end(first, failed(failure, 0));
    for trigger in [Trigger::NetworkBack, Trigger::LocalChange, Trigger::Focus] {
        assert_eq!(device.hear(trigger), None);
    }
    assert_eq!(device.pass(MINUTE * 2), None);
    assert_eq!(device.restart(), None, "also after a restart");
    let (wait, _) = device.wait();
    assert_eq!(wait, MINUTE * 8);

    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    let failure = Failure::Unavailable {
        message: String::new(),
        retry_after: Some(Duration::from_hours(9)),
    };
    device.end(first, failed(failure, 0));
    assert_eq!(
        device.exchange.alarm(device.now.total),
        Some(device.now.total + Duration::from_hours(1))
    );
    assert!(device.hear(Trigger::SyncNow).is_some());
}

#[test]
fn without_a_connection_every_occasion_is_tried_and_there_is_no_ladder() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    for _ in 0..9 {
        assert_eq!(device.end(begun, unreachable()), None);
        assert_eq!(device.exchange.state(device.now.total), State::Offline);
        let (wait, next) = device.wait();
        assert_eq!(wait, TICK);
        begun = next;
    }
    device.end(begun, unreachable());
    let begun = device.hear(Trigger::LocalChange);
    assert_eq!(begun.map(|begun| begun.changes_max), Some(CHANGES_MAX));
}

#[test]
fn what_needs_a_person_is_asked_for_rarely() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    device.end(
        first,
        failed(Failure::Attention(Attention::MissingFunction), 0),
    );
    assert_eq!(device.hear(Trigger::LocalChange), None);
    assert_eq!(device.wait().0, ATTENTION_PROBE);

    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    device.end(first, failed(Failure::Attention(Attention::WrongKey), 0));
    let now = device.hear(Trigger::SyncNow);
    device.end(now, done());
    assert_eq!(device.exchange.state(device.now.total), State::Ready);
}

#[test]
fn a_server_that_settles_nothing_is_not_asked_for_ever() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    let mut asked = 0;
    while begun.is_some() {
        asked += 1;
        let nothing = Done {
            sent: 5,
            sendable: 5,
            ..Done::default()
        };
        begun = device.end(begun, Ok(nothing));
    }
    assert_eq!(asked, FRUITLESS_MAX);
}

#[test]
fn nobody_is_asked_for_while_nobody_is_signed_in() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm).unwrap();
    device.tell(Input::SignedOut);
    let triggers = [
        Trigger::LocalChange,
        Trigger::SyncNow,
        Trigger::Woke,
        Trigger::Focus,
    ];
    for trigger in triggers {
        assert_eq!(device.hear(trigger), None);
    }
    assert_eq!(device.exchange.alarm(device.now.total), None);
    assert_eq!(device.end(Some(first), done()), None, "a late answer");
    assert!(device.tell(Input::SignedIn).is_some());

    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    let code = "session_not_found".to_owned();
    device.end(first, failed(Failure::SignedOut { code: code.clone() }, 0));
    assert_eq!(
        device.exchange.state(device.now.total),
        State::SignedOut { code }
    );
    assert_eq!(device.hear(Trigger::LocalChange), None);
}

#[test]
fn the_window_asks_at_most_every_two_seconds() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    device.end(first, done());
    device.pass(Duration::from_secs(1));
    assert_eq!(device.hear(Trigger::Focus), None);
    let (wait, asked) = device.wait();
    assert_eq!(
        wait,
        Duration::from_secs(1),
        "and not as late as the next tick"
    );
    device.end(asked, done());
    device.pass(Duration::from_secs(2));
    assert!(device.hear(Trigger::Focus).is_some());
}

#[test]
fn a_machine_that_cannot_do_its_part_is_not_asked_again_at_once() {
    let full = || Err(Setback::Local("The disk is full.".into()));
    let begun: [fn(&mut Device) -> Option<device::Begun>; 3] = [
        |device| device.tell(Input::Alarm),
        |device| {
            let first = device.tell(Input::Alarm);
            device.end(first, unavailable(0));
            device.wait().1
        },
        |device| {
            let first = device.tell(Input::Alarm);
            device.end(first, failed(Failure::Attention(Attention::WrongKey), 0));
            device.wait().1
        },
    ];
    for begin in begun {
        let mut device = Device::signed_in();
        let begun = begin(&mut device);
        assert_eq!(device.end(begun, full()), None);
        assert_eq!(device.hear(Trigger::LocalChange), None);
        let (wait, next) = device.wait();
        assert!(wait >= TICK && next.is_some(), "{wait:?}");
    }
}

#[test]
fn a_new_sign_in_does_not_hear_how_the_old_one_ended() {
    let mut device = Device::signed_in();
    let old = device.tell(Input::Alarm).unwrap();
    let new = device.tell(Input::SignedIn);
    assert!(new.is_some_and(|new| new.number != old.number));
    let code = "refresh_token_not_found".to_owned();
    device.end(Some(old), failed(Failure::SignedOut { code }, 0));
    assert_eq!(device.exchange.state(device.now.total), State::Running);
    device.end(new, done());
    assert_eq!(device.exchange.state(device.now.total), State::Ready);
}

#[test]
fn what_is_never_settled_climbs_the_ladder() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    let mut last = Duration::ZERO;
    for minutes in [1, 2, 4, 8] {
        while begun.is_some() {
            let nothing = Done {
                sent: 5,
                sendable: 5,
                ..Done::default()
            };
            begun = device.end(begun, Ok(nothing));
        }
        let asked = device.now.total;
        while begun.is_none_or(|begun| begun.changes_max == 0) {
            if begun.is_some() {
                assert_eq!(device.end(begun, waiting(5)), None);
            }
            begun = device.wait().1;
        }
        last = device.now.total.saturating_sub(asked);
        assert!(is_about(last, minutes), "{minutes} min: {last:?}");
    }
    assert!(last > MINUTE);
}
