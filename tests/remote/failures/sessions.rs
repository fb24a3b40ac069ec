//! A server that does not take the tokens which it gave.

use std::time::Duration;

use chrono::TimeDelta;
use local_supabase::Fault;
use particle_core::sync::exchange::State;

use super::{assert_equal, exchanges, two_devices};
use crate::support::{EXCHANGE, start};

#[tokio::test]
async fn a_server_that_never_takes_a_token_signs_nobody_out_and_is_left_alone() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    // Another second, another token.
    world.pass(Duration::from_secs(1));
    world
        .server
        .faults()
        .always(EXCHANGE, Fault::unauthorized());
    let (asked, refreshed) = (exchanges(&world), world.token_calls());
    one.focus("Write").await;
    one.reports(|report| matches!(report.state, State::Waiting(_)))
        .await;
    assert_eq!(exchanges(&world) - asked, 2, "once more with another token");
    assert_eq!(world.token_calls() - refreshed, 1);
    let mut waits = Vec::new();
    for _ in 0..5 {
        world.pass(Duration::from_secs(1));
        one.sync_in_vain().await;
        match one.syncing.report().state {
            State::Waiting(wait) => waits.push(wait.as_secs() / 60),
            state => panic!("{state:?}"),
        }
    }
    assert_eq!(world.token_calls() - refreshed, 6, "one for each attempt");
    let expected = [2, 4, 8, 16, 16];
    let is_near = |(wait, planned): (&u64, u64)| wait.abs_diff(planned) <= 1 + planned / 10;
    assert!(waits.iter().zip(expected).all(is_near), "{waits:?}");
    assert_eq!(one.store.count_waiting().await.unwrap(), 1);
    assert_eq!(one.tasks().await, ["Write"]);

    world.server.faults().clear();
    world.pass(Duration::from_mins(18));
    one.has_sent_everything().await;
    assert_equal(&[&one, &other]).await;
}

#[tokio::test]
async fn a_token_that_is_ahead_of_the_servers_clock_is_waited_for() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    // A server forgives 30 seconds.
    world
        .server
        .change(|settings| settings.clock_offset -= TimeDelta::seconds(48));
    let refreshed = world.token_calls();
    one.focus("Write").await;
    let report = one.reports(|report| report.setback.is_some()).await;
    assert!(matches!(report.state, State::Waiting(_)), "{report:?}");
    assert_eq!(one.store.count_waiting().await.unwrap(), 1);
    world.pass(Duration::from_secs(20));
    assert_eq!(other.sync().await.setback, None);
    world.pass(Duration::from_secs(63));
    one.has_sent_everything().await;
    assert_equal(&[&one, &other]).await;
    assert_eq!(world.token_calls(), refreshed, "no other one was asked for");
}
