//! Rows from elsewhere: of each field the newer edit is kept, and what was taken waits for a server.

use chrono::{DateTime, Duration, Utc};

use super::rows::Synced;
use super::write::Write;
use super::{Store, StoreError, outbox};
use crate::change::{Field, Incoming, Merged, Stamp, Stamped, Stamps, plausible};

/// How far the clock of another device may be ahead of this one, as on the server.
pub(super) const AHEAD_MAX: Duration = Duration::minutes(5);

impl Store {
    /// The greatest stamp that is believed of a file: what lies beyond is of a clock that was wrong.
    pub async fn believable_until(&self, now: DateTime<Utc>) -> Result<Stamp, StoreError> {
        let last: String = sqlx::query_scalar("select last_stamp from logical_clock")
            .fetch_one(&self.pool)
            .await?;
        // An unreadable one is told by the first write.
        let seen = last.parse().unwrap_or(Stamp::ZERO);
        Ok(seen.max(Stamp::last_at(now + AHEAD_MAX)))
    }

    /// Takes rows in, as one transaction: of each field what is newer. No stamp is believed beyond
    /// `limit`, see [`plausible`]. Nothing is written when nothing is newer. Says of each row what
    /// became of it.
    pub async fn merge_rows(
        &self,
        rows: &[Incoming],
        limit: Stamp,
        now: DateTime<Utc>,
    ) -> Result<Vec<Merged>, StoreError> {
        let mut write = self.begin(now).await?;
        let mut merged = Vec::with_capacity(rows.len());
        for row in rows {
            let origin = origin(row);
            merged.push(match row {
                Incoming::Particle(r) => write.merge_within(r, limit, origin).await?,
                Incoming::Project(r) => write.merge_within(r, limit, origin).await?,
                Incoming::Intention(r) => write.merge_within(r, limit, origin).await?,
                Incoming::Setting(r) => write.merge_within(r, limit, origin).await?,
            });
        }
        if merged.iter().all(|merged| *merged == Merged::Unchanged) {
            write.abandon().await?;
        } else {
            write.commit().await?;
        }
        Ok(merged)
    }
}

/// What a row itself tells of its age.
fn origin(row: &Incoming) -> Stamp {
    match row {
        Incoming::Particle(particle) => Stamp::first_at(particle.row.time.ended_at),
        Incoming::Intention(intention) => {
            let midnight = intention.row.id.date().and_time(chrono::NaiveTime::MIN);
            Stamp::first_at(midnight.and_utc())
        }
        Incoming::Project(_) | Incoming::Setting(_) => Stamp::ZERO,
    }
}

impl Write {
    async fn merge_within<R: Synced>(
        &mut self,
        incoming: &Stamped<R, R::Field>,
        limit: Stamp,
        origin: Stamp,
    ) -> Result<Merged, StoreError> {
        if incoming.stamps.values().all(|stamp| *stamp <= limit) {
            return self.merge(&incoming.row, &incoming.stamps).await;
        }
        let stamps = plausible(&incoming.stamps, limit, origin);
        self.merge(&incoming.row, &stamps).await
    }

    /// Takes of `row` every field whose stamp is greater than what is kept; an equal stamp keeps what
    /// is there, and a greater one counts also where the value is equal. Marks exactly the fields that
    /// were taken. The logical clock never stays behind a stamp that was seen.
    pub(super) async fn merge<R: Synced>(
        &mut self,
        row: &R,
        stamps: &Stamps<R::Field>,
    ) -> Result<Merged, StoreError> {
        let id = row.id().to_string();
        let Some(kept) = self.find::<R>(row.id()).await? else {
            self.insert(row, stamps).await?;
            outbox::mark(self, &id, R::Field::ALL).await?;
            self.saw(stamps.values().copied().max());
            return Ok(Merged::New);
        };
        let is_newer = |field: &R::Field| stamps.get(field) > kept.stamps.get(field);
        let taken: Vec<R::Field> = R::Field::ALL.iter().copied().filter(is_newer).collect();
        if taken.is_empty() {
            return Ok(Merged::Unchanged);
        }
        let newer = taken.iter().filter_map(|f| Some((*f, *stamps.get(f)?)));
        let mut merged = kept.stamps.clone();
        merged.extend(newer);
        self.update(row, &taken, &merged).await?;
        outbox::mark(self, &id, &taken).await?;
        self.saw(stamps.values().copied().max());
        Ok(Merged::Changed)
    }
}
