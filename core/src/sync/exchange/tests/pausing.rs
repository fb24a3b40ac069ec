//! A person who wants nothing to be sent for now.

use super::device::{Device, done, waiting};
use super::{MINUTE, Trigger};
use crate::sync::exchange::{Input, State};

#[test]
fn what_is_paused_stays_so_over_every_occasion_and_a_restart_until_the_person_asks() {
    let mut device = Device::signed_in();
    let running = device.tell(Input::Alarm);
    assert!(running.is_some());
    assert_eq!(device.tell(Input::Pause), None);
    assert_eq!(device.exchange.state(device.now.total), State::Paused);
    assert_eq!(device.end(running, waiting(7)), None, "it was let go");

    for occasion in [
        Trigger::LocalChange,
        Trigger::Focus,
        Trigger::NetworkBack,
        Trigger::Woke,
    ] {
        assert_eq!(device.hear(occasion), None, "{occasion:?}");
        assert_eq!(device.exchange.alarm(device.now.total), None);
    }
    assert_eq!(device.pass(MINUTE * 60), None);
    assert_eq!(device.restart(), None, "a restart is no wish");
    assert_eq!(device.exchange.state(device.now.total), State::Paused);

    let asked = device.hear(Trigger::SyncNow);
    assert!(asked.is_some());
    device.end(asked, done());
    assert_eq!(device.exchange.state(device.now.total), State::Ready);
    assert!(device.exchange.alarm(device.now.total).is_some());
    assert!(device.restart().is_some(), "it is not paused any more");
}

#[test]
fn whoever_signs_in_again_wants_to_sync() {
    let mut device = Device::signed_in();
    device.tell(Input::Pause);
    device.tell(Input::SignedOut);
    assert!(device.tell(Input::SignedIn).is_some());
}
