//! Fields: what is edited as one and carries one stamp. A new field touches this declaration only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Stamp;

/// What is synced, as the outbox and the wire name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// A finished stretch of time.
    Particle,
}

impl Entity {
    /// The word in the outbox and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Particle => "particle",
        }
    }
}

/// The fields of a particle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParticleField {
    /// Focus or a break.
    Kind,
    /// Start, end, planned, duration, overflow, UTC offset: one field, so that a merge of two edits
    /// cannot make an impossible row.
    Time,
    /// The task text.
    Task,
    /// The project.
    ProjectId,
    /// The preset it was started with.
    Preset,
    /// Whether the person deleted it.
    Deleted,
}

impl ParticleField {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Kind,
        Self::Time,
        Self::Task,
        Self::ProjectId,
        Self::Preset,
        Self::Deleted,
    ];
}

/// The stamp of every field of a row, from its birth.
pub type Stamps<Field> = BTreeMap<Field, Stamp>;
