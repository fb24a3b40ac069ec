//! Statistics: the store hands over what is in reach of the days asked for, see
//! [`crate::statistics`] for what counts.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row};

use super::{Store, StoreError};
use crate::model::{DayBoundary, Days, ProjectId, ProjectName};
use crate::statistics::{SPAN_MILLIS_MAX, Statistics, Stretch, Tally, add_up};

/// The farthest that a wall stands from UTC.
pub(super) const OFFSET_MILLIS_MAX: i64 = 18 * 60 * 60 * 1000;

impl Store {
    /// What was done in `days`.
    pub async fn statistics(
        &self,
        days: Days,
        boundary: DayBoundary,
    ) -> Result<Statistics, StoreError> {
        let names = self.project_names().await?;
        let mut stretches = self.stretches(days, boundary).await?;
        for stretch in &mut stretches {
            stretch.project_id = stretch.project_id.filter(|id| names.contains_key(id));
        }
        let sums = add_up(&stretches, days, boundary);
        Ok(sums.into_statistics(|id| names.get(&id).cloned()))
    }

    /// What was done on `day`.
    pub async fn total(&self, day: NaiveDate, boundary: DayBoundary) -> Result<Tally, StoreError> {
        let days = Days::one(day);
        let stretches = self.stretches(days, boundary).await?;
        Ok(add_up(&stretches, days, boundary).total)
    }

    /// The names of all projects that are not deleted.
    pub async fn project_names(&self) -> Result<HashMap<ProjectId, ProjectName>, StoreError> {
        let projects = self.list_projects().await?;
        Ok(projects.into_iter().map(|p| (p.id, p.name)).collect())
    }

    /// All that can have to do with `days`: what began so early that it can still last, and what
    /// another wall has on the same day.
    async fn stretches(
        &self,
        days: Days,
        boundary: DayBoundary,
    ) -> Result<Vec<Stretch>, StoreError> {
        let millis = |shown: chrono::NaiveDateTime| shown.and_utc().timestamp_millis();
        let mut query = QueryBuilder::new(STRETCHES);
        if let Some(day) = days.from {
            let earliest = millis(boundary.begin(day)) - OFFSET_MILLIS_MAX - SPAN_MILLIS_MAX;
            query.push(" and started_at >= ").push_bind(earliest);
        }
        if let Some(day) = days.to {
            let latest = millis(boundary.end(day)) + OFFSET_MILLIS_MAX;
            query.push(" and started_at < ").push_bind(latest);
        }
        query.push(" order by started_at, id");
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(stretch).collect()
    }
}

/// Small numbers travel as one: what a row costs here goes by its columns.
const STRETCHES: &str = "
    select started_at, ended_at,
           duration_seconds | (planned_seconds << 17) | ((utc_offset_minutes + 1080) << 34)
                            | ((kind = 'focus') << 46),
           project_id
      from particles
     where is_deleted = 0";

fn stretch(row: &SqliteRow) -> Result<Stretch, StoreError> {
    let small: i64 = row.try_get(2)?;
    let part = |from: u32, bits: u32| u32::try_from(small >> from & ((1 << bits) - 1));
    let part = |from, bits| part(from, bits).unwrap_or_default();
    let project_id: Option<&str> = row.try_get(3)?;
    Ok(Stretch {
        started_at: row.try_get(0)?,
        ended_at: row.try_get(1)?,
        duration_seconds: part(0, 17),
        planned_seconds: part(17, 17),
        utc_offset_minutes: part(34, 12).cast_signed() - 1080,
        is_focus: part(46, 1) == 1,
        project_id: project_id.and_then(|id| id.parse().ok()),
    })
}
