//! Particles that are changed together: all of them, or none.

use chrono::{DateTime, Utc};

use super::particles::put_back;
use super::rows::{Kept, Synced, not_found, restorable, undeleted};
use super::{Store, StoreError};
use crate::model::{Assignment, Particle, ParticleId};

/// What is done to each of some particles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// Delete it. One that is deleted already stays as it is.
    Delete,
    /// Bring it back, if it was deleted in the last 30 days.
    Restore,
    /// Let it belong to a project, or to none.
    Assign(Assignment),
}

impl Store {
    /// Does `change` to each of `ids` as one transaction, and gives those that differ from before. Where one
    /// of them is refused, or is not there, nothing is changed.
    pub async fn change_together(
        &self,
        ids: &[ParticleId],
        change: Together,
        now: DateTime<Utc>,
    ) -> Result<Vec<ParticleId>, StoreError> {
        let changed = |kept: &Kept<Particle>| match change {
            Together::Delete => Ok(kept.row.with_deleted(true)),
            Together::Restore => Ok(restorable(kept, now)?),
            Together::Assign(to) => Ok(Particle {
                project_id: to.project_id(),
                ..undeleted(&kept.row)?.clone()
            }),
        };
        let each = ids.iter().map(|&id| (id, changed)).collect();
        self.edit_together(each, now).await
    }

    /// Gives each of `before`, which are not deleted, the task, the project and the time that it has there.
    pub async fn put_back_together(
        &self,
        before: &[Particle],
        now: DateTime<Utc>,
    ) -> Result<Vec<ParticleId>, StoreError> {
        let back = |before: &Particle| {
            let (id, before) = (before.id, before.clone());
            let edit = move |kept: &Kept<Particle>| Ok(put_back(undeleted(&kept.row)?, &before));
            (id, edit)
        };
        let each = before.iter().map(back).collect();
        self.edit_together(each, now).await
    }

    async fn edit_together<E>(
        &self,
        each: Vec<(ParticleId, E)>,
        now: DateTime<Utc>,
    ) -> Result<Vec<ParticleId>, StoreError>
    where
        E: Fn(&Kept<Particle>) -> Result<Particle, StoreError> + Send,
    {
        let mut write = self.begin(now).await?;
        let mut changed = Vec::new();
        for (id, edit) in each {
            let kept = write.find::<Particle>(id).await?;
            let kept = kept.ok_or_else(|| not_found::<Particle>(id))?;
            let row = edit(&kept)?;
            if write.change(&kept, &row).await? {
                changed.push(id);
            }
        }
        if changed.is_empty() {
            write.abandon().await?;
        } else {
            write.commit().await?;
        }
        Ok(changed)
    }
}
