//! An answer is lost, comes twice, or comes when another was faster.

use std::time::Duration;

use chrono::TimeDelta;
use local_supabase::{Fault, Moment};
use particle_core::clock::Clock;
use particle_core::model::{Correction, Task};
use particle_core::remote::Remote;
use particle_core::store::Arrival;
use particle_core::sync::exchange::State;
use particle_core::sync::runner::Start;
use particle_core::sync::settle;
use rstest::rstest;

use super::machine::Machine;
use super::{arrived, assert_equal, exchanges, hold_after, particles_on_the_server, two_devices};
use crate::support::{EXCHANGE, start};

/// The answer goes wrong after the request was carried out. Whether the device notices.
fn faults() -> [(Fault, bool); 3] {
    [
        (Fault::DropAfter, true),
        (Fault::Truncated(40), true),
        (Fault::Twice, false),
    ]
}

#[tokio::test]
async fn the_answer_to_a_push_or_a_pull_may_be_lost_or_come_of_the_second_of_two() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    for (fault, is_noticed) in faults() {
        for is_push in [true, false] {
            let what = format!("{fault:?}, push: {is_push}");
            let (from, to) = if is_push {
                (&one, &other)
            } else {
                (&other, &one)
            };
            from.syncing.pause().await;
            let id = from.focus(&what).await;
            if !is_push {
                from.sync().await;
            }
            world.server.faults().next(EXCHANGE, fault.clone());
            let round = one.round().await;
            assert_eq!(round.setback.is_some(), is_noticed, "{what}: {round:?}");
            if is_push {
                let waiting = one.store.count_waiting().await.unwrap();
                assert_eq!(waiting, u32::from(is_noticed), "{what}");
            }
            assert_equal(&[&one, &other]).await;
            assert_eq!(to.task(id).await, Some(what));
        }
    }
    assert_eq!(particles_on_the_server(&world).await, 6);
}

#[tokio::test]
async fn a_page_in_the_middle_that_is_lost_is_the_only_one_that_is_asked_for_again() {
    let world = start().await;
    let (one, _) = two_devices(&world).await;
    one.focus_often(2100).await;
    one.sync().await;
    for (fault, is_noticed) in faults() {
        let machine = Machine::new(&world.clock).await;
        let device = machine.sign_in_and(&world, Start::WhenAsked).await;
        let held = hold_after(&world, 1, Moment::After);
        let round = tokio::join!(device.round(), async {
            let mut held = held;
            arrived(&mut held).await;
            held.release_into(fault.clone());
        });
        let reached = device.store.position().await.unwrap().cursor;
        if is_noticed {
            assert!(round.0.setback.is_some(), "{fault:?}");
            assert_eq!((round.0.pulled, reached), (1000, 1000), "{fault:?}");
        }
        let before = exchanges(&world);
        let rest = device.sync().await;
        let pulled = round.0.pulled + rest.pulled;
        assert_eq!(pulled, 2100, "{fault:?}: no row comes twice");
        let asked = exchanges(&world) - before;
        assert_eq!(asked, if is_noticed { 2 } else { 1 }, "{fault:?}");
        assert_eq!(device.digest().await, one.digest().await, "{fault:?}");
    }
}

#[tokio::test]
async fn the_answer_that_a_server_started_over_may_be_lost_as_well() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    one.focus("Write").await;
    assert_equal(&[&one, &other]).await;
    for (fault, is_noticed) in faults() {
        other.syncing.pause().await;
        world.sql("select private.begin_new_epoch()").await;
        world.server.faults().next(EXCHANGE, fault.clone());
        let epoch = one.store.position().await.unwrap().epoch;
        let round = one.round().await;
        assert_eq!(round.setback.is_some(), is_noticed, "{fault:?}");
        let known = one.store.position().await.unwrap().epoch;
        assert_eq!(known == epoch, is_noticed, "{fault:?}");
        assert_equal(&[&one, &other]).await;
    }
    assert_eq!(particles_on_the_server(&world).await, 1);
}

#[tokio::test]
async fn a_request_that_arrives_once_more_long_after_undoes_no_newer_edit() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    one.syncing.pause().await;
    let (edited, gone) = (one.focus("Old").await, one.focus("Gone").await);
    let old = one.store.prepare(1000).await.unwrap().expect("an account");
    one.sync().await;
    world.pass(Duration::from_secs(5));
    other.sync().await;
    other.write_task(edited, "New").await;
    other.delete(gone).await;
    assert_equal(&[&other, &one]).await;
    let before = one.digest().await;

    let token = one.session.token().await.unwrap();
    let answer = world.supabase.exchange(token.expose(), &old.request).await;
    assert_eq!(answer.expect("it is a good one").verdicts.len(), 2);
    assert_equal(&[&one, &other]).await;
    assert_eq!(one.digest().await, before);

    // And the answer of old, when the device has gone on since.
    let answer = world.supabase.exchange(token.expose(), &old.request).await;
    let (at, took) = (one.now(), TimeDelta::zero());
    let settled = settle(&one.store, &old, answer, false, Arrival { at, took }).await;
    assert!(settled.expect("it is told").is_stale);
    assert_eq!(one.digest().await, before);
}

#[rstest]
#[case::with_an_edit(true)]
#[case::with_a_deletion(false)]
#[tokio::test]
async fn an_answer_that_comes_after_a_faster_second_process_changes_nothing(#[case] edits: bool) {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let mut held = world.server.faults().hold(EXCHANGE, Moment::After);
    let id = one.focus("Write").await;
    arrived(&mut held).await;

    let beside = one.beside(&world.supabase).await;
    let now = world.clock.now();
    if edits {
        let task = Task::new("Edited").unwrap();
        let correction = Correction {
            task: Some(task),
            ..Correction::default()
        };
        let edited = beside.store.correct_particle(id, &correction, now).await;
        edited.unwrap();
    } else {
        beside.store.delete_particle(id, now).await.unwrap();
    }
    beside.sync().await;
    other.focus("Elsewhere").await;
    other.sync().await;
    assert_eq!(beside.sync().await.pulled, 1);
    let position = one.store.position().await.unwrap();
    let digest = one.digest().await;

    // From here on nothing gets through that could put right what the late answer makes wrong.
    world.server.faults().always(EXCHANGE, Fault::DropBefore);
    held.release();
    one.reports(|report| matches!(report.state, State::Waiting(_)))
        .await;
    assert_eq!(one.store.position().await.unwrap(), position);
    assert_eq!(one.digest().await, digest);
    assert_eq!(one.store.count_waiting().await.unwrap(), 0);

    world.server.faults().clear();
    assert_equal(&[&one, &other]).await;
    let expected = edits.then(|| "Edited".to_owned());
    assert_eq!(other.task(id).await, expected);
}
