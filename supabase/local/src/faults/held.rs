//! A request that waits on the way in, or an answer on the way out, until a test says go on:
//! what delays are used for, without a clock.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{Arrival, Fault};

/// Where a request is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// It has arrived; nothing has happened.
    Before,
    /// It was carried out; the answer is not sent yet.
    After,
}

#[derive(Debug, Clone)]
enum Fate {
    Waiting,
    GoesOn,
    GoesWrong(Fault),
}

/// The test's end: knows when the request has come, and lets it go on.
#[derive(Debug)]
pub struct Held {
    pub(super) arrived: watch::Receiver<Option<Arrival>>,
    fate: watch::Sender<Fate>,
}

/// The server's end.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    moment: Moment,
    arrived: Arc<watch::Sender<Option<Arrival>>>,
    fate: watch::Receiver<Fate>,
}

pub(super) fn gate(moment: Moment) -> (Gate, Held) {
    let (arrived, arrivals) = watch::channel(None);
    let (fate, fates) = watch::channel(Fate::Waiting);
    let gate = Gate {
        moment,
        arrived: Arc::new(arrived),
        fate: fates,
    };
    (
        gate,
        Held {
            arrived: arrivals,
            fate,
        },
    )
}

impl Held {
    /// Waits until the request stands at its moment, and shows it. None when its rule was cleared
    /// before it came.
    pub async fn arrived(&mut self) -> Option<Arrival> {
        let arrived = self.arrived.wait_for(Option::is_some).await;
        arrived.ok().and_then(|arrival| arrival.clone())
    }

    /// Whether the request stands at its moment, without waiting for it.
    pub fn has_arrived(&self) -> bool {
        self.arrived.borrow().is_some()
    }

    /// Lets it go on as if nothing had been.
    pub fn release(self) {
        self.fate.send_replace(Fate::GoesOn);
    }

    /// Lets it go on and go wrong. At [`Moment::After`] it was carried out already, so that a
    /// fault of a request that was not counts for its answer alone.
    pub fn release_into(self, fault: Fault) {
        self.fate.send_replace(Fate::GoesWrong(fault));
    }
}

impl Gate {
    pub(super) fn moment(&self) -> Moment {
        self.moment
    }

    /// Waits for the release; the fault that it brings. A handle that was dropped releases too.
    pub(super) async fn pass(mut self, arrival: Arrival) -> Option<Fault> {
        self.arrived.send_replace(Some(arrival));
        let fate = self
            .fate
            .wait_for(|fate| !matches!(fate, Fate::Waiting))
            .await;
        match fate.ok().as_deref() {
            Some(Fate::GoesWrong(fault)) => Some(fault.clone()),
            _ => None,
        }
    }
}
