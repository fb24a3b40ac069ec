//! Time that passes while nobody looks, and clocks that are wrong.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use local_supabase::{Fault, Held, Moment};
use particle_core::clock::{Clock, ManualClock};
use particle_core::model::ParticleId;
use particle_core::sync::exchange::Trigger;
use particle_core::sync::runner::Start;
use rstest::rstest;

use super::machine::{Device, Machine};
use super::{arrived, assert_equal, number, two_devices};
use crate::support::{EXCHANGE, World, start};

const NIGHT: Duration = Duration::from_hours(8);
const YEAR: Duration = Duration::from_hours(365 * 24);

/// One's request with a new particle is held, and the machine sleeps.
async fn fall_asleep_in_a_request(world: &World, one: &Device) -> (Held, ParticleId) {
    let mut held = world.server.faults().hold(EXCHANGE, Moment::After);
    let id = one.focus("Write").await;
    arrived(&mut held).await;
    world.clock.sleep(NIGHT);
    let night = TimeDelta::from_std(NIGHT).unwrap();
    world
        .server
        .change(|settings| settings.clock_offset += night);
    (held, id)
}

#[tokio::test]
async fn an_answer_that_is_found_after_eight_hours_of_sleep_sets_no_clock() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let (held, id) = fall_asleep_in_a_request(&world, &one).await;
    // The next exchange would set right what this answer makes wrong.
    let mut next = world.server.faults().hold(EXCHANGE, Moment::Before);
    one.syncing.hear(Trigger::Woke);
    held.release();
    arrived(&mut next).await;
    assert_eq!(one.store.count_waiting().await.unwrap(), 0);
    one.write_task(id, "Rewrite").await;
    let sent = one.store.prepare(1000).await.unwrap().expect("an account");
    let stamp = sent.request.changes[0].stamps["task"];
    let off = (stamp.moment() - one.now()).abs();
    assert!(off < TimeDelta::minutes(10), "{off}: not hours");
    next.release();
    assert_equal(&[&one, &other]).await;
    assert_eq!(other.task(id).await.as_deref(), Some("Rewrite"));
}

#[tokio::test]
async fn a_machine_whose_connection_broke_while_it_slept_does_not_wait_when_it_wakes() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let (held, id) = fall_asleep_in_a_request(&world, &one).await;
    one.syncing.hear(Trigger::Woke);
    held.release_into(Fault::DropBefore);
    one.reports(|report| report.setback.is_some()).await;
    // The network that failed was that of yesterday: nobody climbs a ladder for it.
    world.pass(Duration::from_secs(4));
    one.has_sent_everything().await;
    other.sync().await;
    assert_eq!(other.task(id).await.as_deref(), Some("Write"));
}

#[tokio::test]
async fn a_device_that_was_gone_for_a_year_comes_back_with_what_was_done_on_it() {
    let world = start().await;
    let (one, gone) = two_devices(&world).await;
    let mut known = Vec::new();
    for task in ["Deleted", "Edited, deleted", "Deleted, edited", "Edited"] {
        known.push(one.focus(task).await);
    }
    assert_equal(&[&one, &gone]).await;
    world.pass(Duration::from_secs(5));
    let machine = gone.die().await.open().await;
    machine.write_task(known[1], "Edited a year ago").await;
    machine.focus("A year ago").await;
    let disk = machine.close().await;

    world.pass(Duration::from_secs(5));
    for id in &known[..3] {
        one.delete(*id).await;
    }
    one.write_task(known[3], "Edited meanwhile").await;
    one.focus_often(1100).await;
    one.sync().await;
    world.pass(YEAR);
    let machine = disk.open().await;
    machine.write_task(known[2], "Edited today").await;
    let gone = machine.resume(&world.supabase, Start::WhenAsked).await;
    let round = gone.sync().await;
    assert_eq!(round.pushed, 3);
    assert_eq!(round.pulled, 1104, "what is new, and nothing that it knows");
    assert_equal(&[&one, &gone]).await;
    let expected = [None, None, Some("Edited today"), Some("Edited meanwhile")];
    for (id, expected) in known.into_iter().zip(expected) {
        assert_eq!(one.task(id).await.as_deref(), expected);
    }
    assert_eq!(
        number(&world, "select count(*) from public.particles").await,
        1105
    );
}

/// How far the greatest stamp of the server is ahead of its clock, in milliseconds.
const AHEAD: &str = "select ('x' || lpad(left(latest_stamp, 12), 16, '0'))::bit(64)::bigint
    - (extract(epoch from clock_timestamp()) * 1000)::bigint from public.profiles";

#[rstest]
#[tokio::test]
async fn a_clock_that_is_wrong_by_a_day_loses_no_edit_and_wins_for_nobody(
    #[values(24, -24)] hours: i64,
    #[values(true, false)] is_lost: bool,
) {
    let world = start().await;
    world.sign_up().await;
    let right = Machine::new(&world.clock).await.sign_in(&world).await;
    let clock = ManualClock::new(world.clock.now(), 0);
    let machine = Machine::new(&Arc::new(clock)).await;
    let wrong = machine.sign_in(&world).await;
    let id = wrong.focus("Write").await;
    assert_equal(&[&wrong, &right]).await;

    wrong.syncing.pause().await;
    let clock = &wrong.disk.clock;
    clock.set(clock.now() + TimeDelta::hours(hours));
    wrong.write_task(id, "First").await;
    wrong.write_task(id, "Second").await;
    let other = wrong.focus("Of the wrong clock").await;
    if is_lost {
        world.server.faults().next(EXCHANGE, Fault::DropAfter);
        wrong.sync_in_vain().await;
    }
    assert_equal(&[&wrong, &right]).await;
    assert_eq!(right.task(id).await.as_deref(), Some("Second"));
    let ahead = number(&world, AHEAD).await;
    assert!(ahead <= 5 * 60 * 1000, "{ahead} ms");

    // Whoever has seen it beats it, on either side.
    for (device, task) in [(&right, "Seen"), (&wrong, "Seen again"), (&right, "Last")] {
        device.write_task(id, task).await;
        assert_equal(&[&wrong, &right]).await;
        assert_eq!(wrong.task(id).await.as_deref(), Some(task));
    }
    right.delete(other).await;
    assert_equal(&[&wrong, &right]).await;
    assert_eq!(wrong.task(other).await, None);
    // The clock is known to be wrong by now: of two edits the later wins.
    for device in [&wrong, &right] {
        device.syncing.pause().await;
    }
    wrong.write_task(id, "Early").await;
    world.pass(Duration::from_secs(10));
    clock.advance(Duration::from_secs(10));
    right.write_task(id, "Late").await;
    assert_equal(&[&right, &wrong]).await;
    assert_eq!(wrong.task(id).await.as_deref(), Some("Late"));
}
