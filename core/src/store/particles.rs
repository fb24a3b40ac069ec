//! Particles: written with a stamp on every field, read newest first.

use chrono::{DateTime, TimeZone, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row};

use super::write::Write;
use super::{Store, StoreError, outbox};
use crate::change::{Entity, ParticleField, Stamps};
use crate::model::{Day, Kind, Particle, ParticleId, ParticleTime, Preset, Task};

const COLUMNS: &str = "id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds, \
                       utc_offset_minutes, task, project_id, preset, deleted";

/// Which particles to list. The default lists every focus that is not deleted.
#[derive(Debug, Clone, Default)]
pub struct ParticleFilter {
    /// Begun at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Begun before this moment.
    pub until: Option<DateTime<Utc>>,
    /// A part of the task, letters of either case.
    pub search: Option<String>,
    /// Deleted ones instead of those that are not.
    pub deleted: bool,
}

/// What was done on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    /// How many focuses.
    pub particles: u32,
    /// Their durations together, in seconds.
    pub focus_seconds: u32,
}

impl Store {
    /// The focuses that `filter` lets through, newest first.
    pub async fn list_particles(
        &self,
        filter: &ParticleFilter,
    ) -> Result<Vec<Particle>, StoreError> {
        let mut query = QueryBuilder::new("select ");
        query
            .push(COLUMNS)
            .push(" from particles where kind = 'focus' and deleted = ")
            .push_bind(filter.deleted);
        if let Some(from) = filter.from {
            query
                .push(" and started_at >= ")
                .push_bind(from.timestamp_millis());
        }
        if let Some(until) = filter.until {
            query
                .push(" and started_at < ")
                .push_bind(until.timestamp_millis());
        }
        if let Some(search) = &filter.search {
            query
                .push(" and task like ")
                .push_bind(like_pattern(search))
                .push(" escape '\\'");
        }
        query.push(" order by started_at desc, id desc");
        query
            .build()
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// What was done on `day`.
    pub async fn total(&self, day: Day) -> Result<Today, StoreError> {
        let row = sqlx::query(
            "select count(*) as particles, coalesce(sum(duration_seconds), 0) as focus_seconds
               from particles
              where kind = 'focus' and deleted = 0 and started_at >= ? and started_at < ?",
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

/// Keeps a new particle. One that is kept already stays as it is: recording is repeatable.
pub(super) async fn insert(write: &mut Write, particle: &Particle) -> Result<(), StoreError> {
    let stamp = write.stamp();
    let stamps: Stamps<ParticleField> = ParticleField::ALL.map(|field| (field, stamp)).into();
    let stamps =
        serde_json::to_string(&stamps).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let id = particle.id.to_string();
    let inserted = sqlx::query(
        "insert into particles (id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds,
                                utc_offset_minutes, task, project_id, preset, deleted, stamps)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do nothing",
    )
    .bind(&id)
    .bind(particle.kind.as_str())
    .bind(particle.time.started_at.timestamp_millis())
    .bind(particle.time.ended_at.timestamp_millis())
    .bind(particle.time.planned_seconds)
    .bind(particle.time.duration_seconds)
    .bind(particle.time.overflow_seconds)
    .bind(particle.time.utc_offset_minutes)
    .bind(particle.task.as_str())
    .bind(particle.project_id.map(|id| id.to_string()))
    .bind(particle.preset.as_str())
    .bind(particle.deleted)
    .bind(stamps)
    .execute(write.connection())
    .await?;
    match inserted.rows_affected() {
        0 => Ok(()),
        _ => outbox::mark(write, Entity::Particle, &id, &ParticleField::ALL).await,
    }
}

pub(super) async fn find(write: &mut Write, id: ParticleId) -> Result<Particle, StoreError> {
    let mut query = QueryBuilder::new("select ");
    query
        .push(COLUMNS)
        .push(" from particles where id = ")
        .push_bind(id.to_string());
    read(&query.build().fetch_one(write.connection()).await?)
}

fn read(row: &SqliteRow) -> Result<Particle, StoreError> {
    let project_id: Option<String> = row.try_get("project_id")?;
    Ok(Particle {
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
        deleted: row.try_get("deleted")?,
    })
}

fn value<T>(
    row: &SqliteRow,
    column: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    parse(&text).ok_or(StoreError::Unreadable {
        what: column,
        found: text,
    })
}

fn moment(row: &SqliteRow, column: &'static str) -> Result<DateTime<Utc>, StoreError> {
    let millis: i64 = row.try_get(column)?;
    Utc.timestamp_millis_opt(millis)
        .single()
        .ok_or_else(|| StoreError::Unreadable {
            what: column,
            found: millis.to_string(),
        })
}

fn like_pattern(part: &str) -> String {
    let escaped = part
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}
