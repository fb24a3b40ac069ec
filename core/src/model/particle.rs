//! A finished stretch of time.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{InvalidValue, Kind, ParticleId, ParticleLength, Preset, ProjectId, Task};

/// A finished stretch of focus, or of a break that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Particle {
    /// Made when the stretch began; the same on every device.
    pub id: ParticleId,
    /// Focus or a break.
    pub kind: Kind,
    /// What it was spent on; may be empty.
    pub task: Task,
    /// The project, which may not have arrived on this device yet.
    pub project_id: Option<ProjectId>,
    /// When, how long.
    #[serde(flatten)]
    pub time: ParticleTime,
    /// What it was started with.
    pub preset: Preset,
    /// Deleted by the person; can be restored for 30 days.
    pub deleted: bool,
}

/// When and how long: one field, so that merging two edits cannot make an impossible particle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ParticleTime {
    /// The first moment.
    pub started_at: DateTime<Utc>,
    /// The last moment, not before the first.
    pub ended_at: DateTime<Utc>,
    /// What was planned; for a particle added by hand, its duration.
    pub planned_seconds: u32,
    /// Time spent, pauses excluded, overflow included.
    pub duration_seconds: u32,
    /// The part of the duration beyond the plan.
    pub overflow_seconds: u32,
    /// Minutes east of UTC where the person was at the end.
    pub utc_offset_minutes: i32,
}

impl ParticleTime {
    /// A stretch of `length` that ended at `ended_at`, told afterwards.
    pub fn told(
        ended_at: DateTime<Utc>,
        length: ParticleLength,
        utc_offset_minutes: i32,
    ) -> Result<Self, InvalidValue> {
        let started_at = ended_at
            .checked_sub_signed(Duration::seconds(length.as_seconds().into()))
            .filter(|start| start.timestamp() >= 0)
            .ok_or(InvalidValue::Time("A particle cannot begin before 1970."))?;
        Ok(Self {
            started_at,
            ended_at,
            planned_seconds: length.as_seconds(),
            duration_seconds: length.as_seconds(),
            overflow_seconds: 0,
            utc_offset_minutes,
        })
    }
}
