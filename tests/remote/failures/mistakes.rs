//! A mistake of Particle's own, in the middle of an exchange.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};
use particle_core::clock::{Alarm, Clock, ManualClock, Reading};
use particle_core::sync::runner::Start;

use super::machine::Machine;
use super::{assert_equal, particles_on_the_server};
use crate::support::start;

/// A clock whose next reading panics, if it is to.
struct Faulty {
    clock: Arc<ManualClock>,
    is_to_panic: AtomicBool,
}

impl Clock for Faulty {
    fn reading(&self) -> Reading {
        let is_to_panic = self.is_to_panic.swap(false, Ordering::SeqCst);
        assert!(!is_to_panic, "a mistake that a test made");
        self.clock.reading()
    }

    fn local(&self, moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        self.clock.local(moment)
    }

    fn wait_until(&self, moment: DateTime<Utc>) -> Alarm<'_> {
        self.clock.wait_until(moment)
    }
}

#[tokio::test]
async fn a_panic_in_an_exchange_is_told_and_the_next_exchange_sends_everything() {
    let world = start().await;
    let granted = world.sign_up().await;
    let clock = Arc::new(Faulty {
        clock: world.clock.clone(),
        is_to_panic: AtomicBool::new(false),
    });
    let one = Machine::new(&world.clock).await;
    let one = one
        .let_in_by(clock.clone(), &world.supabase, granted, Start::WhenAsked)
        .await;
    one.sync().await;

    clock.is_to_panic.store(true, Ordering::SeqCst);
    one.focus("Write").await;
    let report = one.reports(|report| report.setback.is_some()).await;
    assert!(!clock.is_to_panic.load(Ordering::SeqCst), "it panicked");
    let why = report.setback.expect("a reason");
    assert!(why.contains("an error of its own"), "{why}");
    assert!(!why.contains("a mistake that a test made"), "{why}");
    assert_eq!(particles_on_the_server(&world).await, 0);

    // With the next tick.
    world.pass(Duration::from_secs(30));
    one.has_sent_everything().await;
    one.rests().await;
    assert_eq!(one.syncing.report().setback, None);
    assert_eq!(particles_on_the_server(&world).await, 1);
    let other = Machine::new(&world.clock).await;
    let other = other.sign_in(&world).await;
    other.sync().await;
    assert_equal(&[&one, &other]).await;
}
