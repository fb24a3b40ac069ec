//! Occasions that the machine itself gives: a network that is back, a sleep that is over. They are hints: without
//! them the next half minute notices the same.

use std::sync::Arc;

use chrono::Duration;
use tokio::task::JoinHandle;

use super::exchange::Trigger;
use super::runner::Syncing;
use crate::clock::{Clock, Watch};

/// How often it is looked whether the machine slept.
const LOOK_EVERY: Duration = Duration::seconds(10);

/// Tells the loop, as long as this is held.
pub struct Occasions {
    _network: Option<netwatcher::WatchHandle>,
    waking: JoinHandle<()>,
}

impl Occasions {
    /// Tells `syncing` from now on.
    pub fn watch(syncing: &Syncing, clock: Arc<dyn Clock>) -> Self {
        Self {
            _network: watch_network(syncing.clone()),
            waking: tokio::spawn(watch_sleep(syncing.clone(), clock)),
        }
    }
}

impl Drop for Occasions {
    fn drop(&mut self) {
        self.waking.abort();
    }
}

/// An address that is new: there is a network, or another one.
fn watch_network(syncing: Syncing) -> Option<netwatcher::WatchHandle> {
    let watching = netwatcher::watch_interfaces_with_callback(move |update| {
        if !update.is_initial && update.addrs_added().next().is_some() {
            syncing.hear(Trigger::NetworkBack);
        }
    });
    watching
        .inspect_err(|error| tracing::info!(%error, "the network is not watched"))
        .ok()
}

async fn watch_sleep(syncing: Syncing, clock: Arc<dyn Clock>) {
    let mut watch = Watch::new(clock.reading());
    loop {
        clock.wait_until(clock.now() + LOOK_EVERY).await;
        watch.look(clock.reading());
        if watch.sleep().is_some() {
            watch.forget_sleep();
            syncing.hear(Trigger::Woke);
        }
    }
}
