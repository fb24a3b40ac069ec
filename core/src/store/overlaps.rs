//! Focuses of the same time: which there are, and what a person decided about them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::particles::KEPT;
use super::rows::{Edited, Synced, not_found, undeleted};
use super::statistics::OFFSET_MILLIS_MAX;
use super::{Store, StoreError};
use crate::model::{DayBoundary, Days, Particle, ParticleId, Task};
use crate::statistics::{SPAN_MILLIS_MAX, Stretch, overlaps};

/// The most overlaps that are told at a time.
pub const OVERLAPS_MAX: usize = 1000;

/// Two focuses that were lived at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct OverlapPair {
    /// The one that began first.
    pub earlier: ParticleId,
    /// The one that began last.
    pub later: ParticleId,
}

/// Two focuses in which, together, more was spent than time passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Overlap {
    /// Which two.
    #[serde(flatten)]
    pub pair: OverlapPair,
    /// What the first one was spent on; may be empty.
    pub earlier_task: Task,
    /// How much was spent in both, in seconds; 60 or more.
    pub seconds: u32,
    /// Whether something of the later one is left when it is trimmed.
    pub leaves_rest: bool,
}

impl Store {
    /// The overlaps of focuses that began in `days`, but for those that are to be kept, in the order of the
    /// later ones; at most [`OVERLAPS_MAX`].
    pub async fn overlaps(
        &self,
        days: Days,
        boundary: DayBoundary,
    ) -> Result<Vec<Overlap>, StoreError> {
        let particles = self.reaching(days, boundary).await?;
        let kept = self.overlaps_kept().await?;
        let stretches: Vec<_> = particles.iter().map(Stretch::from).collect();
        let overlap = |earlier: usize, later: usize, millis: i64| Overlap {
            pair: OverlapPair {
                earlier: particles[earlier].id,
                later: particles[later].id,
            },
            earlier_task: particles[earlier].task.clone(),
            seconds: u32::try_from(millis / 1000).unwrap_or(u32::MAX),
            leaves_rest: trimmed(&particles[later], &particles[earlier]).is_some(),
        };
        Ok(overlaps(&stretches, OVERLAPS_MAX)
            .into_iter()
            .map(|found| overlap(found.earlier, found.later, found.millis))
            .filter(|found| !kept.contains(&found.pair))
            .collect())
    }

    /// Remembers, or forgets, that both of a pair are to be kept as they are.
    pub async fn keep_both(&self, pair: OverlapPair, is_kept: bool) -> Result<(), StoreError> {
        let mut write = self.begin_receiving().await?;
        let statement = if is_kept {
            "insert into overlaps_kept (earlier_id, later_id) values (?, ?) on conflict do nothing"
        } else {
            "delete from overlaps_kept where earlier_id = ? and later_id = ?"
        };
        sqlx::query(statement)
            .bind(pair.earlier.to_string())
            .bind(pair.later.to_string())
            .execute(write.connection())
            .await?;
        write.commit().await
    }

    /// Lets the later one of a pair begin where the earlier one ends. Where nothing of it would be left, it
    /// is deleted, and can be restored.
    pub async fn trim(
        &self,
        pair: OverlapPair,
        now: DateTime<Utc>,
    ) -> Result<Edited<Particle>, StoreError> {
        let earlier = self.particle(pair.earlier).await?;
        let earlier = earlier.ok_or_else(|| not_found::<Particle>(pair.earlier))?;
        undeleted(&earlier)?;
        self.edit_kept(pair.later, now, |later: &Particle| {
            let rest = trimmed(later, &earlier);
            Ok(rest.unwrap_or_else(|| later.with_deleted(true)))
        })
        .await
    }

    /// The focuses of `days` and those before that may still last, in the order of their starts.
    async fn reaching(
        &self,
        days: Days,
        boundary: DayBoundary,
    ) -> Result<Vec<Particle>, StoreError> {
        let millis = |shown: chrono::NaiveDateTime| shown.and_utc().timestamp_millis();
        let from = days.from.map_or(i64::MIN, |day| {
            millis(boundary.begin(day)) - OFFSET_MILLIS_MAX - SPAN_MILLIS_MAX
        });
        let until = days.to.map_or(i64::MAX, |day| {
            millis(boundary.end(day)) + OFFSET_MILLIS_MAX
        });
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new("select ");
        query
            .push(KEPT)
            .push(
                " from particles indexed by particles_kept where is_deleted = 0 and kind = 'focus'",
            )
            .push(" and started_at >= ")
            .push_bind(from)
            .push(" and started_at < ")
            .push_bind(until)
            .push(" order by started_at, id");
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(Particle::read).collect()
    }

    async fn overlaps_kept(&self) -> Result<HashSet<OverlapPair>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select earlier_id, later_id from overlaps_kept")
                .fetch_all(&self.pool)
                .await?;
        let pair = |(earlier, later): &(String, String)| {
            Some(OverlapPair {
                earlier: earlier.parse().ok()?,
                later: later.parse().ok()?,
            })
        };
        Ok(rows.iter().filter_map(pair).collect())
    }
}

fn trimmed(later: &Particle, earlier: &Particle) -> Option<Particle> {
    let end = DateTime::from_timestamp_millis(Stretch::from(earlier).end())?;
    later.begun_at(end)
}
