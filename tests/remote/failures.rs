//! What may go wrong with an exchange, each thing by itself: the real store, the real loop and the real
//! server. The list is that of the design of the sync.

mod clocks;
mod conflicts;
mod copies;
mod elsewhere;
mod joining;
mod lost_answers;
mod machine;
mod many;
mod meanwhile;
mod mistakes;
mod outages;
mod refusals;
mod restored_server;
mod sessions;
mod switching;
mod uploads;
mod versions;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use local_supabase::{Held, Matching, Moment, RequestsFromNow};
use particle_tests::DEADLINE;

use crate::support::{EXCHANGE, World};
use machine::{Device, Machine};

/// Two machines of somebody who has just signed up.
async fn two_devices(world: &World) -> (Device, Device) {
    world.sign_up().await;
    let one = Machine::new(&world.clock).await;
    let other = Machine::new(&world.clock).await;
    let (one, other) = (one.sign_in(world).await, other.sign_in(world).await);
    assert_equal(&[&one, &other]).await;
    (one, other)
}

/// Everybody exchanges, and once more for what the last ones sent; then all have the same.
async fn assert_equal(devices: &[&Device]) {
    for _ in 0..2 {
        for device in devices {
            device.sync().await;
        }
    }
    let first = devices[0].digest().await;
    for (number, device) in devices.iter().enumerate() {
        assert_eq!(device.digest().await, first, "device {number}");
        assert_eq!(device.store.count_waiting().await.unwrap(), 0);
    }
}

/// The one number that a statement on the database of the server gives.
pub(crate) async fn number(world: &World, statement: &str) -> i64 {
    let client = world
        .database
        .connect()
        .await
        .expect("the database answers");
    let row = client.query_one(statement, &[]).await.expect("one row");
    row.get(0)
}

/// Particles on the server, deleted ones included.
pub(crate) async fn particles_on_the_server(world: &World) -> i64 {
    number(world, "select count(*) from public.particles").await
}

/// Exchanges that were answered, or broken off.
fn exchanges(world: &World) -> usize {
    let requests = world.server.requests();
    requests.count(|answered| answered.path == EXCHANGE)
}

/// What comes of it; a test that waits for ever tells nothing.
pub(crate) async fn within<T>(what: &str, awaited: impl Future<Output = T>) -> T {
    let came = tokio::time::timeout(DEADLINE, awaited).await;
    came.unwrap_or_else(|_| panic!("{what}: not within {DEADLINE:?}"))
}

/// Waits until a request is held.
pub(crate) async fn arrived(held: &mut Held) {
    let arrived = within("a request arrives", held.arrived()).await;
    arrived.expect("its rule stays until then");
}

/// Lets a request wait in the database for as long as a busy machine takes to look at it.
pub(crate) const BE_PATIENT: &str =
    "alter function public.sync_exchange(jsonb) set lock_timeout = '1min';
     alter function public.sync_exchange(jsonb) set statement_timeout = '1min'";

/// Waits for the end of an exchange, whatever it is.
pub(crate) async fn exchange_ends(requests: &mut RequestsFromNow) {
    let ends = requests.next(|answered| answered.path == EXCHANGE);
    within("an exchange ends", ends).await;
}

/// The exchange after the next `passed` ones waits at `moment`.
pub(crate) fn hold_after(world: &World, passed: usize, moment: Moment) -> Held {
    let seen = Arc::new(AtomicUsize::new(0));
    let is_it = move || seen.fetch_add(1, Ordering::Relaxed) == passed;
    let matching = Matching::path(EXCHANGE).when(move |_| is_it());
    world.server.faults().hold(matching, moment)
}
