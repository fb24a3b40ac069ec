//! What a person changes about a particle afterwards. Its kind stays.

use chrono::{DateTime, Utc};

use super::{InvalidValue, Particle, ParticleLength, ProjectId, Task};

/// The parts of a particle to change; `None` leaves a part as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// What it was spent on.
    pub task: Option<Task>,
    /// When it began; it moves as a whole.
    pub started_at: Option<DateTime<Utc>>,
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
    /// `particle` with this changed at `now`. An error when it would begin before 1970, or end in the
    /// future.
    pub fn apply(&self, particle: &Particle, now: DateTime<Utc>) -> Result<Particle, InvalidValue> {
        let told = particle.is_told();
        let time = match self.started_at {
            Some(start) => particle.time.moved(start, self.length, now),
            None => match self.length {
                Some(length) => particle.time.corrected(length, now),
                None => Ok(particle.time.clone()),
            },
        }?;
        Ok(Particle {
            task: self.task.as_ref().unwrap_or(&particle.task).clone(),
            time: if told { time.as_told() } else { time },
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

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::model::{Kind, ParticleId, ParticleTime, Preset};
    use crate::randomness::Randomness;

    fn corrected(preset: Preset, minutes: i32) -> ParticleTime {
        let start = DateTime::UNIX_EPOCH + Duration::days(9);
        let particle = Particle {
            id: ParticleId::new(start, &Randomness::seeded(1)),
            kind: Kind::Focus,
            task: Task::default(),
            project_id: None,
            time: ParticleTime::told(start, ParticleLength::minutes(30).unwrap(), 0).unwrap(),
            preset,
            deleted: false,
        };
        let correction = Correction {
            length: Some(ParticleLength::minutes(minutes).unwrap()),
            ..Correction::default()
        };
        correction
            .apply(&particle, start + Duration::days(1))
            .unwrap()
            .time
    }

    #[test]
    fn what_was_told_has_no_overflow_whatever_its_length_becomes() {
        for minutes in [20, 30, 90] {
            let time = corrected(Preset::Custom, minutes);
            assert_eq!(time.planned_seconds, time.duration_seconds, "{minutes} min");
            assert_eq!(time.overflow_seconds, 0, "{minutes} min");
        }
    }

    #[test]
    fn what_was_timed_keeps_its_plan() {
        let time = corrected(Preset::Classic, 90);
        assert_eq!((time.planned_seconds, time.overflow_seconds), (1800, 3600));
    }
}
