//! What a person changes about a particle afterwards. Its kind stays.

use chrono::{DateTime, Utc};

use super::{InvalidValue, Particle, ParticleLength, ParticleTime, ProjectId, Task};

/// The parts of a particle to change; `None` leaves a part as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// What it was spent on.
    pub task: Option<Task>,
    /// How long it took.
    pub length: Option<ParticleLength>,
    /// Which project it belongs to.
    pub project: Option<Assignment>,
}

/// The project that something is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// It belongs to no project.
    Nothing,
    /// It belongs to this one.
    Project(ProjectId),
}

impl Correction {
    /// `particle` with this changed at `now`. An error when it would begin before 1970.
    pub fn apply(&self, particle: &Particle, now: DateTime<Utc>) -> Result<Particle, InvalidValue> {
        let time = |length| ParticleTime::corrected(&particle.time, length, now);
        Ok(Particle {
            task: self.task.as_ref().unwrap_or(&particle.task).clone(),
            time: self
                .length
                .map_or_else(|| Ok(particle.time.clone()), time)?,
            project_id: self
                .project
                .map_or(particle.project_id, Assignment::project_id),
            ..particle.clone()
        })
    }
}

impl Assignment {
    /// The project, if it is one.
    pub fn project_id(self) -> Option<ProjectId> {
        match self {
            Self::Nothing => None,
            Self::Project(id) => Some(id),
        }
    }
}
