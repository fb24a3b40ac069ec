//! Somebody signs out, or somebody else in, while a request hangs.

use std::sync::Arc;

use local_supabase::Moment;
use particle_core::remote::SignedUp;
use particle_core::sync::exchange::{State, Trigger};
use particle_core::sync::session::Session;
use particle_core::sync::vault::KeyringUse;
use rstest::rstest;

use super::{
    arrived, assert_equal, exchange_ends, exchanges, number, particles_on_the_server, two_devices,
};
use crate::support::{EXCHANGE, password, start};

#[rstest]
#[case::before_it_was_carried_out(Moment::Before)]
#[case::before_its_answer_came(Moment::After)]
#[tokio::test]
async fn who_signs_out_while_a_request_hangs_stores_and_sends_nothing_more(#[case] moment: Moment) {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    other.focus("Elsewhere").await;
    other.sync().await;
    let mut held = world.server.faults().hold(EXCHANGE, moment);
    one.focus("Write").await;
    arrived(&mut held).await;
    one.syncing.sign_out().await;
    let position = one.store.position().await.unwrap();
    let digest = one.digest().await;

    let mut answered = world.server.requests().from_now();
    held.release();
    exchange_ends(&mut answered).await;
    // An answer that is still on its way is there before these.
    for _ in 0..2 {
        other.sync().await;
    }
    assert_eq!(particles_on_the_server(&world).await, 2, "it was under way");
    let before = exchanges(&world);
    one.focus("Alone").await;
    for trigger in [Trigger::Focus, Trigger::Woke, Trigger::SyncNow] {
        one.syncing.hear(trigger);
    }
    assert_eq!(one.round().await.requests, 0);
    assert_eq!(exchanges(&world), before);
    assert_eq!(one.syncing.report().state, State::Local);
    assert_eq!(one.store.position().await.unwrap(), position);
    assert_eq!(one.store.count_waiting().await.unwrap(), 2);
    assert_eq!(one.tasks().await, ["Alone", "Write"]);
    assert_ne!(one.digest().await, digest, "but of what was done here");

    one.syncing.sign_in(Arc::clone(&one.session)).await;
    assert_equal(&[&one, &other]).await;
    assert_eq!(other.tasks().await, ["Alone", "Elsewhere", "Write"]);
}

#[rstest]
#[case::before_it_was_carried_out(Moment::Before)]
#[case::before_its_answer_came(Moment::After)]
#[tokio::test]
async fn who_signs_in_while_the_request_of_another_hangs_gets_and_sends_nothing_of_theirs(
    #[case] moment: Moment,
) {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let signed_up = world
        .supabase
        .sign_up("else@example.com", &password())
        .await;
    let Ok(SignedUp::Granted(granted)) = signed_up else {
        panic!("no confirmation was asked for");
    };
    let whose = granted.account.id;
    let (supabase, clock) = (world.supabase.clone(), world.clock.clone());
    let begun = Session::begin(supabase, granted, &one.disk.data, KeyringUse::Off, clock);
    let session = Arc::new(begun.await.unwrap());

    let mut held = world.server.faults().hold(EXCHANGE, moment);
    one.focus("Theirs").await;
    arrived(&mut held).await;
    // To a profile that is another's still.
    one.syncing.sign_in(session).await;
    one.reports(|report| report.setback.is_some()).await;
    let before = exchanges(&world);
    let mut answered = world.server.requests().from_now();
    held.release();
    exchange_ends(&mut answered).await;
    // An answer that is still on its way is there before these.
    for _ in 0..2 {
        other.sync().await;
    }
    assert!(one.round().await.setback.is_some());
    assert_eq!(
        exchanges(&world),
        before + 3,
        "the one that hung, and other's"
    );
    assert_eq!(one.store.count_waiting().await.unwrap(), 1);
    let theirs = format!("select count(*) from public.particles where user_id = '{whose}'");
    assert_eq!(number(&world, &theirs).await, 0);

    one.syncing.sign_in(Arc::clone(&one.session)).await;
    assert_equal(&[&one, &other]).await;
    assert_eq!(other.tasks().await, ["Theirs"]);
}
