//! Particles that a person selected, and changes together.

use serde::{Deserialize, Serialize};

use super::Profile;
use crate::engine::Event;
use crate::error::AppError;
use crate::model::{Assignment, Particle, ParticleId, ProjectKey};
use crate::store::Together;

/// What to do with some particles: with all of them, or with none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TogetherRequest {
    /// Which.
    pub ids: Vec<ParticleId>,
    /// What is done to each.
    pub change: TogetherChange,
}

/// What is done to each of some particles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum TogetherChange {
    /// It is deleted, and can be restored for 30 days.
    Delete,
    /// It comes back, if it was deleted in the last 30 days.
    Restore,
    /// It belongs to the project with this id or exact name, or to none: `none`.
    Project(ProjectKey),
}

impl Profile {
    /// Changes particles together, and gives those that differ from before.
    pub async fn change_together(
        &self,
        TogetherRequest { ids, change }: TogetherRequest,
    ) -> Result<Vec<ParticleId>, AppError> {
        let change = match change {
            TogetherChange::Delete => Together::Delete,
            TogetherChange::Restore => Together::Restore,
            TogetherChange::Project(key) => {
                key.check()?;
                let to = self.assignment(Some(&key)).await?;
                Together::Assign(to.unwrap_or(Assignment::Nothing))
            }
        };
        let changed = self.store.change_together(&ids, change, self.now()).await?;
        Ok(self.changed_together(changed))
    }

    /// Takes changes back: each has the task, the project and the time that it has in `before`.
    pub async fn put_back_together(
        &self,
        before: Vec<Particle>,
    ) -> Result<Vec<ParticleId>, AppError> {
        for particle in &before {
            particle.time.check()?;
        }
        let changed = self.store.put_back_together(&before, self.now()).await?;
        Ok(self.changed_together(changed))
    }

    /// An event without ids would tell of everything.
    fn changed_together(&self, ids: Vec<ParticleId>) -> Vec<ParticleId> {
        if !ids.is_empty() {
            let ids = ids.clone();
            self.engine.announce(Event::ParticlesChanged { ids });
        }
        ids
    }
}
