//! Particles: how they are kept, and how they are changed.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::rows::{Cell, Cells, Edited, Synced, moment, value};
use super::{Store, StoreError};
use crate::change::ParticleField;
use crate::model::{Correction, Kind, Particle, ParticleId, ParticleTime, Preset, Task, folded};

/// Every column of a particle but whether it is deleted: that is worked out from its stamps, and a
/// list knows it beforehand.
macro_rules! columns {
    () => {
        "id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds, \
         utc_offset_minutes, task, project_id, preset"
    };
}

/// The columns of particles that are not deleted.
pub(super) const KEPT: &str = concat!(columns!(), ", 0 as is_deleted");
/// The columns of particles that are deleted.
pub(super) const DELETED: &str = concat!(columns!(), ", 1 as is_deleted");

impl Synced for Particle {
    type Id = ParticleId;
    type Field = ParticleField;
    const WORD: &'static str = "particle";
    const TABLE: &'static str = "particles";
    const COLUMNS: &'static str = concat!(columns!(), ", is_deleted");

    fn id(&self) -> ParticleId {
        self.id
    }

    fn cells(&self, field: ParticleField) -> Cells {
        let text = |text: &str| Cell::Text(text.into());
        let (column, cell) = match field {
            ParticleField::Time => return time_cells(&self.time),
            ParticleField::Kind => ("kind", text(self.kind.as_str())),
            ParticleField::Task => return task_cells(&self.task),
            ParticleField::ProjectId => {
                let id = self.project_id.map(|id| Cell::Text(id.to_string()));
                ("project_id", id.unwrap_or(Cell::Null))
            }
            ParticleField::Preset => ("preset", text(self.preset.as_str())),
            ParticleField::Deleted => ("deleted", Cell::Integer(self.deleted.into())),
        };
        vec![(column, cell)]
    }

    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        let project_id: Option<String> = row.try_get("project_id")?;
        Ok(Self {
            id: value(row, "id", |id| id.parse().ok())?,
            kind: value(row, "kind", Kind::parse)?,
            task: value(row, "task", |task| Task::new(task).ok())?,
            project_id: project_id.as_deref().and_then(|id| id.parse().ok()),
            time: ParticleTime {
                started_at: moment(row, "started_at")?,
                ended_at: moment(row, "ended_at")?,
                planned_seconds: row.try_get("planned_seconds")?,
                duration_seconds: row.try_get("duration_seconds")?,
                overflow_seconds: row.try_get("overflow_seconds")?,
                utc_offset_minutes: row.try_get("utc_offset_minutes")?,
            },
            preset: value(row, "preset", Preset::parse)?,
            deleted: row.try_get("is_deleted")?,
        })
    }

    fn is_deleted(&self) -> bool {
        self.deleted
    }

    fn with_deleted(&self, deleted: bool) -> Self {
        Self {
            deleted,
            ..self.clone()
        }
    }
}

/// The text, and what a search looks at.
fn task_cells(task: &Task) -> Cells {
    vec![
        ("task", Cell::Text(task.as_str().into())),
        ("task_folded", Cell::Text(folded(task.as_str()))),
    ]
}

fn time_cells(time: &ParticleTime) -> Cells {
    let integer = |number: u32| Cell::Integer(number.into());
    let millis = |moment: DateTime<Utc>| Cell::Integer(moment.timestamp_millis());
    vec![
        ("started_at", millis(time.started_at)),
        ("ended_at", millis(time.ended_at)),
        ("planned_seconds", integer(time.planned_seconds)),
        ("duration_seconds", integer(time.duration_seconds)),
        ("overflow_seconds", integer(time.overflow_seconds)),
        (
            "utc_offset_minutes",
            Cell::Integer(time.utc_offset_minutes.into()),
        ),
    ]
}

impl Store {
    /// The particle with this id, deleted or not.
    pub async fn particle(&self, id: ParticleId) -> Result<Option<Particle>, StoreError> {
        let query = concat!(
            "select ",
            columns!(),
            ", is_deleted from particles where id = ?"
        );
        let found = sqlx::query(query)
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        found.as_ref().map(Particle::read).transpose()
    }

    /// Corrects a particle that is not deleted.
    pub async fn correct_particle(
        &self,
        id: ParticleId,
        correction: &Correction,
        now: DateTime<Utc>,
    ) -> Result<Edited<Particle>, StoreError> {
        self.edit_kept(id, now, |particle| Ok(correction.apply(particle, now)?))
            .await
    }

    /// Gives a particle that is not deleted the task, the project and the time of `before`.
    pub async fn put_particle_back(
        &self,
        before: &Particle,
        now: DateTime<Utc>,
    ) -> Result<Edited<Particle>, StoreError> {
        self.edit_kept(before.id, now, |particle: &Particle| {
            Ok(put_back(particle, before))
        })
        .await
    }

    /// Deletes a particle. One that is deleted already stays as it is.
    pub async fn delete_particle(
        &self,
        id: ParticleId,
        now: DateTime<Utc>,
    ) -> Result<Edited<Particle>, StoreError> {
        self.delete(id, now).await
    }

    /// Brings a particle back that was deleted in the last 30 days.
    pub async fn restore_particle(
        &self,
        id: ParticleId,
        now: DateTime<Utc>,
    ) -> Result<Edited<Particle>, StoreError> {
        self.restore(id, now).await
    }
}

/// `particle` with the task, the project and the time of `before`.
pub(super) fn put_back(particle: &Particle, before: &Particle) -> Particle {
    Particle {
        task: before.task.clone(),
        project_id: before.project_id,
        time: before.time.clone(),
        ..particle.clone()
    }
}
