use chrono::{Duration, TimeZone};
use rstest::rstest;

use super::*;

fn start() -> DateTime<Utc> {
    Utc.timestamp_opt(1_800_000_000, 0).unwrap()
}

fn seconds(seconds: u64) -> std::time::Duration {
    std::time::Duration::from_secs(seconds)
}

fn watched(clock: &ManualClock, events: impl FnOnce(&ManualClock)) -> Watch {
    let mut watch = Watch::new(clock.reading());
    events(clock);
    watch.look(clock.reading());
    watch
}

#[rstest]
#[case(29, false)]
#[case(30, true)]
fn a_sleep_is_noticed_from_half_a_minute_on(#[case] slept: u64, #[case] noticed: bool) {
    let clock = ManualClock::new(start(), 0);
    let watch = watched(&clock, |clock| {
        clock.advance(seconds(7));
        clock.sleep(seconds(slept));
    });
    let from = start() + Duration::seconds(7);
    let sleep = noticed.then(|| Sleep {
        from,
        until: from + Duration::seconds(30),
    });
    assert_eq!((watch.sleep(), watch.jump()), (sleep, None));
}

#[test]
fn a_clock_that_is_set_is_no_sleep_and_a_sleep_sets_no_clock() {
    let clock = ManualClock::new(start(), 0);
    let set = watched(&clock, |clock| clock.set(start() + Duration::hours(1)));
    assert_eq!((set.sleep(), set.jump()), (None, Some(Duration::hours(1))));
    let slept = watched(&clock, |clock| clock.sleep(seconds(3600)));
    assert_eq!(slept.jump(), None);
}

#[test]
fn a_sleep_is_told_in_whole_milliseconds() {
    let before = Reading {
        wall: start(),
        awake: seconds(5),
        total: seconds(5),
    };
    let between = std::time::Duration::from_nanos(60);
    for total in [seconds(725) + between, seconds(725).saturating_sub(between)] {
        let mut watch = Watch::new(before);
        let until = start() + Duration::seconds(720);
        watch.look(Reading {
            wall: until,
            total,
            ..before
        });
        let from = start();
        assert_eq!(watch.sleep(), Some(Sleep { from, until }));
    }
}

#[test]
fn small_steps_of_the_clock_add_up() {
    let clock = ManualClock::new(start(), 0);
    let mut watch = Watch::new(clock.reading());
    for step in 1..=3 {
        clock.set(clock.now() + Duration::seconds(1));
        watch.look(clock.reading());
        let noticed = (step == 3).then_some(Duration::seconds(3));
        assert_eq!(watch.jump(), noticed, "after {step}");
    }
    watch.forget_jump();
    watch.look(clock.reading());
    assert_eq!(watch.jump(), None);
}

#[test]
fn a_sleep_that_was_not_taken_care_of_grows_with_the_next() {
    let clock = ManualClock::new(start(), 0);
    let mut watch = watched(&clock, |clock| clock.sleep(seconds(100)));
    clock.advance(seconds(5));
    clock.sleep(seconds(60));
    watch.look(clock.reading());
    let until = start() + Duration::seconds(165);
    let from = start();
    assert_eq!(watch.sleep(), Some(Sleep { from, until }));
}

#[tokio::test]
async fn whoever_waits_is_woken_when_the_clocks_went_apart() {
    let clock = ManualClock::new(start(), 0);
    let waiting = clock.wait_until(start() + Duration::hours(1));
    clock.set(start() - Duration::hours(1));
    waiting.await;
    let waiting = clock.wait_until(start());
    clock.advance(seconds(3600));
    waiting.await;
}

#[test]
fn the_clocks_of_this_machine_go_together_while_it_is_awake() {
    let clock = SystemClock;
    let before = clock.reading();
    let after = clock.reading();
    assert!(after.total >= before.total && after.awake >= before.awake);
    let mut watch = Watch::new(before);
    watch.look(after);
    assert_eq!(watch.sleep(), None);
}
