//! What the engine tells whoever listens.

use serde::{Deserialize, Serialize};

use crate::model::{Kind, ParticleId};

/// Events that a slow listener may lag behind. An event is a hint: losing one harms nothing.
pub const EVENTS_MAX: usize = 64;

/// What happened, told after it was stored. Never the carrier of truth: ask for the state itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The timer moved.
    TimerChanged,
    /// A stretch has just reached its plan by itself, while somebody may be there to hear of it.
    EndReached {
        /// What it was.
        kind: Kind,
    },
    /// A stretch was finished on this device and is kept.
    ParticleFinished {
        /// Which.
        id: ParticleId,
    },
    /// These particles are new or different.
    ParticlesChanged {
        /// Which.
        ids: Vec<ParticleId>,
    },
    /// Projects are new or different.
    ProjectsChanged,
    /// Intentions are new or different.
    IntentionsChanged,
    /// Settings that follow the person have other values.
    SettingsChanged,
    /// The exchange with the server is doing something else.
    SyncChanged,
    /// Somebody signed in or out: everything may be different.
    AccountChanged,
}
