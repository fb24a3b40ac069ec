//! Everybody comes back at the same moment.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use local_supabase::Fault;
use particle_core::remote::SignedUp;
use particle_core::sync::exchange::{State, Trigger};
use particle_core::sync::runner::{Report, Start};

use super::machine::{Device, Machine};
use super::particles_on_the_server;
use crate::support::{EXCHANGE, World, password, start};

const PEOPLE: usize = 4;
const DEVICES_EACH: usize = 25;
/// How many people come back in the same instant with `PARTICLE_LONG`: with a thousand devices.
const PEOPLE_LONG: usize = 40;
/// So often those that a server turned away may have to ask again.
const ATTEMPTS_MAX: usize = 6;
/// Longer than each wait of the ladder.
const LADDER_END: Duration = Duration::from_mins(18);

/// So many people with many devices each.
async fn crowd(world: &World, people: usize) -> Vec<Vec<Device>> {
    let mut all = Vec::new();
    for person in 0..people {
        let email = format!("{person}@example.com");
        let signed_up = world.supabase.sign_up(&email, &password()).await;
        let Ok(SignedUp::Granted(granted)) = signed_up else {
            panic!("no confirmation was asked for");
        };
        let mut devices = Vec::new();
        for _ in 0..DEVICES_EACH {
            let machine = Machine::new(&world.clock).await;
            let granted = granted.clone();
            devices.push(
                machine
                    .let_in(&world.supabase, granted, Start::AtOnce)
                    .await,
            );
        }
        all.push(devices);
    }
    all
}

/// In how many parts of so many milliseconds something happens.
fn parts(moments: &[DateTime<Utc>], millis: i64) -> usize {
    let parts = moments.iter().map(|at| at.timestamp_millis() / millis);
    parts.collect::<BTreeSet<_>>().len()
}

#[tokio::test]
async fn a_hundred_devices_come_back_apart_from_each_other_and_none_is_turned_away() {
    let world = start().await;
    let faults = world.server.faults();
    faults.always(EXCHANGE, Fault::status(503, "{}"));
    let people = crowd(&world, PEOPLE).await;
    let everybody: Vec<&Device> = people.iter().flatten().collect();
    let now = everybody[0].now();
    let mut next = Vec::new();
    for device in &everybody {
        let waiting = |state: &State| matches!(state, State::Waiting(_));
        let report = device.reports(|report| waiting(&report.state)).await;
        next.push(report.next_at.expect("it is tried again"));
        device.focus("Meanwhile").await;
    }
    for at in &next {
        let wait = (*at - now).num_seconds();
        assert!((54..=66).contains(&wait), "{wait} s");
    }
    let seconds = parts(&next, 1000);
    assert!(seconds >= 8, "all within {seconds} seconds");

    let mut back = Vec::new();
    for (device, wait_ends) in everybody.iter().zip(next) {
        device.syncing.hear(Trigger::NetworkBack);
        let has_drawn = |report: &Report| report.next_at != Some(wait_ends);
        // Who has drawn this very moment asks already.
        let report = device.reports(has_drawn).await;
        back.push(report.next_at.unwrap_or(now));
    }
    let soon = |at: &DateTime<Utc>| *at <= now + TimeDelta::seconds(3);
    // Who asked already waits again.
    let late = back.iter().filter(|at| !soon(at)).count();
    assert!(late <= 2, "{late} of them wait on");
    let tenths = parts(&back, 100);
    assert!(tenths >= 15, "all within {tenths} tenths of a second");

    // Not even where all of them come at once in spite of that.
    faults.clear();
    let requests = world.server.requests();
    let turned_away = || requests.count(|answered| answered.status != Some(200));
    let before = turned_away();
    world.pass(Duration::from_secs(4));
    for device in &everybody {
        device.has_sent_everything().await;
    }
    let all = i64::try_from(PEOPLE * DEVICES_EACH).unwrap();
    assert_eq!(particles_on_the_server(&world).await, all);
    for devices in &people {
        let first = {
            devices[0].sync().await;
            devices[0].digest().await
        };
        for device in devices {
            device.sync().await;
            assert_eq!(device.digest().await, first);
        }
        assert_eq!(devices[0].tasks().await.len(), DEVICES_EACH);
    }
    assert_eq!(turned_away(), before);
}

/// In the same instant, as the jitter does not let them: whom the server turns away comes back.
#[tokio::test]
async fn a_crowd_in_the_same_instant_comes_back_until_everything_is_sent_once() {
    let people = if std::env::var_os("PARTICLE_LONG").is_some() {
        PEOPLE_LONG
    } else {
        PEOPLE
    };
    let world = start().await;
    let faults = world.server.faults();
    faults.always(EXCHANGE, Fault::status(503, "{}"));
    let people = crowd(&world, people).await;
    let everybody: Vec<&Device> = people.iter().flatten().collect();
    for device in &everybody {
        let waits = |report: &Report| matches!(report.state, State::Waiting(_));
        device.reports(waits).await;
        device.focus("Meanwhile").await;
    }
    faults.clear();
    let requests = world.server.requests();
    let counts = || {
        let all = requests.count(|_| true);
        let served = requests.count(|answered| answered.status == Some(200));
        (served, all - served)
    };
    let mut attempts = 0;
    while some_wait(&everybody).await {
        attempts += 1;
        assert!(attempts <= ATTEMPTS_MAX, "after {attempts} attempts");
        let before = counts();
        world.pass(LADDER_END);
        let now = everybody[0].now();
        for device in &everybody {
            let is_over = |report: &Report| {
                let is_kept_back = report.next_at.is_some_and(|at| at > now);
                report.state == State::Ready || is_kept_back
            };
            device.reports(is_over).await;
        }
        let after = counts();
        let (served, refused) = (after.0 - before.0, after.1 - before.1);
        println!("attempt {attempts}: {served} requests served, {refused} turned away");
    }
    let all = i64::try_from(everybody.len()).unwrap();
    assert_eq!(particles_on_the_server(&world).await, all, "each once");
}

async fn some_wait(devices: &[&Device]) -> bool {
    for device in devices {
        if device.store.count_waiting().await.unwrap() > 0 {
            return true;
        }
    }
    false
}
