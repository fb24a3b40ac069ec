//! Particles: read newest first, a page at a time.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::rows::{Cell, Cells, Edited, RESTORABLE_FOR, Synced, moment, value};
use super::{Store, StoreError};
use crate::change::{ParticleField, Stamp};
use crate::model::{
    Assignment, Correction, Day, Kind, Particle, ParticleId, ParticleTime, Preset, Task,
};

/// The most particles that one list holds; [`ParticleFilter::after`] goes on from there.
pub const PAGE_ROWS_MAX: u32 = 1000;

/// Which particles to list. The default lists the newest focuses that are not deleted.
#[derive(Debug, Clone, Default)]
pub struct ParticleFilter {
    /// Focuses, breaks or both.
    pub kinds: Kinds,
    /// Begun at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Begun before this moment.
    pub until: Option<DateTime<Utc>>,
    /// Of this project. `Nothing`: of none, or of one that is deleted or has not arrived.
    pub project: Option<Assignment>,
    /// A part of the task; A to Z of either case.
    pub search: Option<String>,
    /// Those that were deleted at this moment or later, instead of those that are not.
    pub deleted_since: Option<DateTime<Utc>>,
    /// At most so many, and at most [`PAGE_ROWS_MAX`].
    pub limit: Option<u32>,
    /// Only those that stand below this one in the list.
    pub below: Option<(DateTime<Utc>, ParticleId)>,
}

/// Which kinds of particle to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kinds {
    /// Focuses only.
    #[default]
    Focus,
    /// Breaks only, short and long.
    Break,
    /// Everything.
    All,
}

/// What was done on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    /// How many focuses.
    pub particles: u32,
    /// Their durations together, in seconds.
    pub focus_seconds: u32,
}

impl Synced for Particle {
    type Id = ParticleId;
    type Field = ParticleField;
    const WORD: &'static str = "particle";
    const TABLE: &'static str = "particles";
    const COLUMNS: &'static str = "id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds, \
                                   utc_offset_minutes, task, project_id, preset, is_deleted";

    fn id(&self) -> ParticleId {
        self.id
    }

    fn cells(&self, field: ParticleField) -> Cells {
        let text = |text: &str| Cell::Text(text.into());
        let (column, cell) = match field {
            ParticleField::Time => return time_cells(&self.time),
            ParticleField::Kind => ("kind", text(self.kind.as_str())),
            ParticleField::Task => ("task", text(self.task.as_str())),
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

impl ParticleFilter {
    /// Those that were deleted and can still be restored at `now`.
    #[must_use]
    pub fn restorable(self, now: DateTime<Utc>) -> Self {
        Self {
            deleted_since: Some(now - RESTORABLE_FOR),
            ..self
        }
    }

    /// The list that goes on where `page` ends; `None` when that was all.
    #[must_use]
    pub fn after(&self, page: &[Particle]) -> Option<Self> {
        let is_full = page.len() >= usize::try_from(self.rows()).unwrap_or(usize::MAX);
        let last = page.last().filter(|_| is_full)?;
        Some(Self {
            below: Some((last.time.started_at, last.id)),
            // Implied now, and it would be taken for the bound of the index.
            until: None,
            ..self.clone()
        })
    }

    fn rows(&self) -> u32 {
        self.limit.unwrap_or(PAGE_ROWS_MAX).min(PAGE_ROWS_MAX)
    }

    fn push_to(&self, query: &mut QueryBuilder<Sqlite>) {
        // Written out, because only then the index of one half can be used.
        match self.deleted_since {
            None => query.push(" where is_deleted = 0"),
            Some(since) => query
                .push(" where is_deleted = 1 and stamps ->> 'deleted' >= ")
                .push_bind(Stamp::first_at(since).to_string()),
        };
        query.push(match self.kinds {
            Kinds::Focus => " and kind = 'focus'",
            Kinds::Break => " and kind <> 'focus'",
            Kinds::All => "",
        });
        if let Some(from) = self.from {
            query
                .push(" and started_at >= ")
                .push_bind(from.timestamp_millis());
        }
        if let Some(until) = self.until {
            query
                .push(" and started_at < ")
                .push_bind(until.timestamp_millis());
        }
        if let Some((started_at, id)) = self.below {
            query
                .push(" and (started_at, id) < (")
                .push_bind(started_at.timestamp_millis())
                .push(", ")
                .push_bind(id.to_string())
                .push(")");
        }
        if let Some(Assignment::Project(id)) = self.project {
            query.push(" and project_id = ").push_bind(id.to_string());
        }
        if self.project == Some(Assignment::Nothing) {
            query.push(
                " and (project_id is null
                       or project_id not in (select id from projects where is_deleted = 0))",
            );
        }
        if let Some(search) = &self.search {
            // No task is as long, and a pattern has a limit, too.
            if search.chars().count() > Task::MAX_CHARS {
                query.push(" and false");
            }
            let search: String = search.chars().take(Task::MAX_CHARS).collect();
            query
                .push(" and task like ")
                .push_bind(like_pattern(&search))
                .push(" escape '\\'");
        }
        query
            .push(" order by started_at desc, id desc limit ")
            .push_bind(self.rows());
    }
}

impl Store {
    /// The particles that `filter` lets through, newest first.
    pub async fn list_particles(
        &self,
        filter: &ParticleFilter,
    ) -> Result<Vec<Particle>, StoreError> {
        let mut query = QueryBuilder::new("select ");
        query.push(Particle::COLUMNS).push(" from particles");
        filter.push_to(&mut query);
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(Particle::read).collect()
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

    /// What was done on `day`.
    pub async fn total(&self, day: Day) -> Result<Today, StoreError> {
        let row = sqlx::query(
            "select count(*) as particles, coalesce(sum(duration_seconds), 0) as focus_seconds
               from particles
              where kind = 'focus' and is_deleted = 0 and started_at >= ? and started_at < ?",
        )
        .bind(day.from.timestamp_millis())
        .bind(day.until.timestamp_millis())
        .fetch_one(&self.pool)
        .await?;
        Ok(Today {
            particles: row.try_get("particles")?,
            focus_seconds: row.try_get("focus_seconds")?,
        })
    }
}

fn like_pattern(part: &str) -> String {
    let escaped = part
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}
