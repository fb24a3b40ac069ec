//! Statistics: the store hands over what is in reach of the days asked for, see
//! [`crate::statistics`] for what counts.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};

use super::rows::value;
use super::{Store, StoreError};
use crate::model::{DayBoundary, Days, Kind, ProjectId, ProjectName};
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
        let rows = sqlx::query("select id, name from projects where is_deleted = 0")
            .fetch_all(&self.pool)
            .await?;
        let named = |row: &SqliteRow| {
            let id = value(row, "id", |id| id.parse().ok())?;
            Ok((id, value(row, "name", |name| ProjectName::kept(name).ok())?))
        };
        rows.iter().map(named).collect()
    }

    /// All that can have to do with `days`: what began so early that it can still last, and what
    /// another wall has on the same day.
    async fn stretches(
        &self,
        days: Days,
        boundary: DayBoundary,
    ) -> Result<Vec<Stretch>, StoreError> {
        let mut query = QueryBuilder::new("");
        push_counted(&mut query, days, boundary);
        let counted: Option<String> = query.build_query_scalar().fetch_one(&self.pool).await?;
        let lines = counted.as_deref().unwrap_or_default().lines();
        lines.map(stretch).collect()
    }
}

/// The query for all stretches in reach of `days`, in the order of their starts: one text, a line for each.
pub(super) fn push_counted(query: &mut QueryBuilder<Sqlite>, days: Days, boundary: DayBoundary) {
    let millis = |shown: chrono::NaiveDateTime| shown.and_utc().timestamp_millis();
    query.push(
        "select group_concat(counted, char(10))
           from (select counted from particles indexed by particles_kept where is_deleted = 0",
    );
    if let Some(day) = days.from {
        let earliest = millis(boundary.begin(day)) - OFFSET_MILLIS_MAX - SPAN_MILLIS_MAX;
        query.push(" and started_at >= ").push_bind(earliest);
    }
    if let Some(day) = days.to {
        let latest = millis(boundary.end(day)) + OFFSET_MILLIS_MAX;
        query.push(" and started_at < ").push_bind(latest);
    }
    query.push(" order by started_at, id)");
}

/// What the column `counted` says of a particle.
fn stretch(counted: &str) -> Result<Stretch, StoreError> {
    let read = || {
        let mut words = counted.split(' ');
        Some(Stretch {
            started_at: words.next()?.parse().ok()?,
            ended_at: words.next()?.parse().ok()?,
            planned_seconds: words.next()?.parse().ok()?,
            duration_seconds: words.next()?.parse().ok()?,
            utc_offset_minutes: words.next()?.parse().ok()?,
            is_focus: words.next()? == Kind::Focus.as_str(),
            project_id: words.next()?.parse().ok(),
        })
    };
    read().ok_or_else(|| StoreError::Unreadable {
        what: "counted",
        found: counted.into(),
    })
}
