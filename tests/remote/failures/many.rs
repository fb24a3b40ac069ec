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

/// People with many devices each.
async fn crowd(world: &World) -> Vec<Vec<Device>> {
    let mut people = Vec::new();
    for person in 0..PEOPLE {
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
        people.push(devices);
    }
    people
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
    let people = crowd(&world).await;
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
