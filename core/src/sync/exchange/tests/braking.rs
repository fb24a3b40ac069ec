//! What a server does that serves nobody: it is asked less, and no change is blamed for it.

use super::device::{Begun, Device, done, failed, unavailable, unreachable, waiting};
use super::*;

fn rejected(sent: usize) -> Result<Done, Setback> {
    let failure = Failure::Rejected {
        code: None,
        message: "too large".into(),
    };
    failed(failure, sent)
}

fn changes(begun: Option<Begun>) -> Option<usize> {
    begun.map(|begun| begun.changes_max)
}

#[test]
fn a_request_that_is_refused_as_a_whole_is_halved_until_the_guilty_change_stands_alone() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    for sent in [1000, 500, 250, 125, 62, 31, 15, 7, 3] {
        begun = device.end(begun, rejected(sent));
        assert_eq!(changes(begun), Some(sent / 2));
    }
    let without = device.end(begun, rejected(1));
    assert_eq!(changes(without), Some(0), "is it the server?");
    let alone = device.end(without, waiting(1000)).unwrap();
    assert!(alone.refuses, "it is not");
    assert_eq!(alone.changes_max, 1);
    let refused = Done {
        sent: 1,
        refused: 1,
        sendable: 999,
        ..Done::default()
    };
    let next = device.end(Some(alone), Ok(refused)).unwrap();
    assert!(!next.refuses);
    assert_eq!(next.changes_max, 2, "and grows again");
}

#[test]
fn a_server_that_refuses_every_request_refuses_no_change() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    let without = device.end(first, rejected(1));
    assert_eq!(changes(without), Some(0));
    assert_eq!(device.end(without, rejected(0)), None);
    for minutes in [1, 2, 4] {
        let (wait, next) = device.wait();
        assert!(is_about(wait, minutes), "{wait:?}");
        assert_eq!(changes(next), Some(0));
        assert_eq!(device.end(next, rejected(0)), None);
    }
    let (_, well_again) = device.wait();
    let push = device.end(well_again, waiting(1));
    assert!(push.is_some_and(|push| push.changes_max > 0 && !push.refuses));
}

#[test]
fn what_was_too_much_for_the_server_is_sent_in_smaller_pieces() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    for most in [500, 250, 125] {
        assert_eq!(device.end(begun, unavailable(most * 2)), None);
        begun = None;
        while changes(begun).unwrap_or(0) == 0 {
            if begun.is_some() {
                device.end(begun, waiting(1000));
            }
            begun = device.wait().1;
        }
        assert_eq!(changes(begun), Some(most));
    }
}

#[test]
fn pages_without_an_end_that_bring_nothing_are_not_asked_for_without_an_end() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    let mut asked = 0;
    while begun.is_some() {
        let more = Done {
            more: true,
            ..Done::default()
        };
        begun = device.end(begun, Ok(more));
        asked += 1;
        assert!(asked < 10, "it never stops");
    }
    let (wait, _) = device.wait();
    assert!(is_about(wait, 1), "{wait:?}");
}

#[test]
fn pages_that_bring_something_are_asked_for_until_the_last() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    for _ in 0..50 {
        let more = Done {
            more: true,
            has_advanced: true,
            ..Done::default()
        };
        begun = device.end(begun, Ok(more));
        assert!(begun.is_some());
    }
}

#[test]
fn a_network_that_came_back_while_a_request_failed_is_tried_at_once() {
    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    assert_eq!(device.hear(Trigger::NetworkBack), None);
    let second = device.end(first, unreachable());
    assert!(second.is_some());
    assert_eq!(device.end(second, unreachable()), None, "once");

    let mut device = Device::signed_in();
    let first = device.tell(Input::Alarm);
    assert_eq!(device.hear(Trigger::Woke), None);
    assert_eq!(device.end(first, unavailable(0)), None);
    let (wait, second) = device.wait();
    assert!(wait <= RESET_SPREAD && second.is_some(), "{wait:?}");
}

#[test]
fn the_window_ends_the_wait_of_pushes_though_pulls_go_on() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    for _ in 0..2 {
        assert_eq!(device.end(begun, unavailable(3)), None);
        begun = None;
        while changes(begun).unwrap_or(0) == 0 {
            if begun.is_some() {
                device.end(begun, waiting(3));
            }
            begun = device.wait().1;
        }
    }
    assert_eq!(device.end(begun, unavailable(3)), None, "four minutes");
    for _ in 0..2 {
        let (_, pull) = device.wait();
        assert_eq!(changes(pull), Some(0));
        device.end(pull, waiting(3));
    }
    device.pass(Duration::from_secs(2));
    let pull = device.hear(Trigger::Focus);
    assert_eq!(changes(pull), Some(0));
    device.end(pull, waiting(3));
    let (wait, push) = device.wait();
    assert!(wait <= RESET_SPREAD, "{wait:?}");
    assert!(changes(push) > Some(0));
    assert_eq!(device.end(push, done()), None);
}

#[test]
fn a_server_that_takes_only_what_is_empty_is_left_alone_before_everything_counts_as_refused() {
    let mut device = Device::signed_in();
    let mut begun = device.tell(Input::Alarm);
    let mut refused = 0;
    while let Some(running) = begun {
        begun = match running.changes_max {
            0 => device.end(begun, waiting(1000)),
            _ if running.refuses => {
                refused += 1;
                let alone = Done {
                    sent: 1,
                    refused: 1,
                    sendable: 1000,
                    ..Done::default()
                };
                device.end(begun, Ok(alone))
            }
            most => device.end(begun, rejected(most.min(1000))),
        };
        assert!(refused <= FRUITLESS_MAX, "it goes on and on");
    }
    assert_eq!(refused, FRUITLESS_MAX);
    let state = device.exchange.state(device.now.total);
    assert!(
        matches!(state, State::Waiting(wait) if is_about(wait, 1)),
        "{state:?}"
    );
}
