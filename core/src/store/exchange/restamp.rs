//! This machine's clock was wrong: edits that lie ahead of the server's clock get fresh stamps.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Row};

use crate::change::{Field, Stamp, Stamps};
use crate::model::{Intention, Particle, Project, Setting};
use crate::store::StoreError;
use crate::store::incoming::AHEAD_MAX;
use crate::store::rows::{Synced, value};
use crate::store::write::Write;

/// Old stamp to new, for those that lie ahead.
type Restamped = BTreeMap<Stamp, Stamp>;

impl Write {
    /// Gives every waiting edit that the server would not believe a fresh stamp, in their old order, after
    /// everything that it has and everything older that waits. The logical clock goes back to there.
    pub(super) async fn restamp(&mut self, server_time: i64) -> Result<(), StoreError> {
        let server_time = DateTime::<Utc>::from_timestamp_millis(server_time).unwrap_or_default();
        let received: String = sqlx::query_scalar("select received_stamp from exchange")
            .fetch_one(self.connection())
            .await?;
        let received: Stamp = received.parse().map_err(|_| StoreError::Unreadable {
            what: "stamp",
            found: received,
        })?;
        let limit = Stamp::last_at(server_time + AHEAD_MAX).max(received);

        let mut waiting = BTreeSet::new();
        self.collect::<Particle>(&mut waiting).await?;
        self.collect::<Project>(&mut waiting).await?;
        self.collect::<Intention>(&mut waiting).await?;
        self.collect::<Setting>(&mut waiting).await?;
        let believed = waiting.range(..=limit).next_back().copied();
        let mut last = believed.unwrap_or(Stamp::ZERO).max(received);
        let mut fresh = Restamped::new();
        for ahead in waiting
            .split_off(&limit)
            .into_iter()
            .filter(|stamp| *stamp > limit)
        {
            last = last.next(server_time.timestamp_millis(), self.tag());
            fresh.insert(ahead, last);
        }

        self.replace::<Particle>(&fresh).await?;
        self.replace::<Project>(&fresh).await?;
        self.replace::<Intention>(&fresh).await?;
        self.replace::<Setting>(&fresh).await?;
        self.set_clock(last);
        Ok(())
    }

    /// The stamps of the fields that wait.
    async fn collect<R: Synced>(&mut self, stamps: &mut BTreeSet<Stamp>) -> Result<(), StoreError> {
        for (_, _, waiting) in self.waiting::<R>().await? {
            stamps.extend(waiting.values());
        }
        Ok(())
    }

    async fn replace<R: Synced>(&mut self, fresh: &Restamped) -> Result<(), StoreError> {
        for (id, mut all, waiting) in self.waiting::<R>().await? {
            let replaced = waiting
                .into_iter()
                .filter_map(|(field, stamp)| Some((field, *fresh.get(&stamp)?)));
            let before = all.clone();
            all.extend(replaced);
            if all == before {
                continue;
            }
            let text =
                serde_json::to_string(&all).map_err(|error| sqlx::Error::Encode(error.into()))?;
            let mut query = QueryBuilder::new("update ");
            query.push(R::TABLE).push(" set stamps = ").push_bind(text);
            query.push(" where id = ").push_bind(id);
            query.build().execute(self.connection()).await?;
        }
        Ok(())
    }

    /// Each waiting row: its id, all its stamps, and those of the fields that wait.
    async fn waiting<R: Synced>(
        &mut self,
    ) -> Result<Vec<(String, Stamps<R::Field>, Stamps<R::Field>)>, StoreError> {
        let mut query = QueryBuilder::new("select id, stamps, fields from outbox join ");
        query
            .push(R::TABLE)
            .push(" on id = row_id where entity = ")
            .push_bind(R::Field::ENTITY.as_str());
        let rows = query.build().fetch_all(self.connection()).await?;
        let waiting = rows.iter().map(|row| {
            let all: Stamps<R::Field> =
                value(row, "stamps", |text| serde_json::from_str(text).ok())?;
            let fields: BTreeSet<R::Field> =
                value(row, "fields", |text| serde_json::from_str(text).ok())?;
            let dirty = all.iter().filter(|(field, _)| fields.contains(field));
            let dirty = dirty.map(|(field, stamp)| (*field, *stamp)).collect();
            Ok((row.try_get("id")?, all, dirty))
        });
        waiting.collect()
    }
}
