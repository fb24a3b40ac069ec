//! Rows that a server sent: what becomes of each field is decided by [`plan`], here it is done.

use std::collections::BTreeSet;

use sqlx::SqliteConnection;

use super::{Arrival, Outcome, Prepared};
use crate::change::wire::{Response, Row, VerdictStatus};
use crate::change::{Choice, Entity, Field, Incoming, Stamp, Stamped, Stamps, plan};
use crate::store::rows::Synced;
use crate::store::write::Write;
use crate::store::{Store, StoreError};

/// A difference of two clocks that is not worth a write.
const AHEAD_TOLERATED_MS: i64 = 2000;

impl Write {
    /// Keeps what is the server's, and says its greatest stamp.
    pub(super) async fn receive(
        &mut self,
        rows: &[Row],
        outcome: &mut Outcome,
    ) -> Result<Stamp, StoreError> {
        let mut greatest = Stamp::ZERO;
        for row in rows {
            let row = match row {
                Row::Known(row) => row,
                // A later version asks for it again.
                Row::Unknown => continue,
                Row::Malformed { place, why } => {
                    outcome.skipped.push(format!("{place}: {why}"));
                    continue;
                }
            };
            let has_changed = match row {
                Incoming::Particle(row) => self.receive_row(row).await?,
                Incoming::Project(row) => self.receive_row(row).await?,
                Incoming::Intention(row) => self.receive_row(row).await?,
                Incoming::Setting(row) => self.receive_row(row).await?,
            };
            if has_changed {
                outcome.changed.push(row.key());
            }
            greatest = greatest.max(row.latest());
        }
        self.saw(Some(greatest));
        Ok(greatest)
    }

    /// Whether anything in the row is different now.
    async fn receive_row<R: Synced>(
        &mut self,
        server: &Stamped<R, R::Field>,
    ) -> Result<bool, StoreError> {
        let Some(kept) = self.find::<R>(server.row.id()).await? else {
            return self.insert(&server.row, &server.stamps).await;
        };
        let id = server.row.id().to_string();
        let dirty = self.dirty::<R::Field>(&id).await?;
        let mut taken = Vec::new();
        let mut waiting = BTreeSet::new();
        for (field, choice) in plan(&kept.stamps, &dirty, &server.stamps) {
            match choice {
                Choice::Taken | Choice::Lost => taken.push(field),
                Choice::Kept | Choice::Waiting => _ = waiting.insert(field),
                Choice::Same => {}
            }
        }
        if !taken.is_empty() {
            let mut stamps: Stamps<R::Field> = kept.stamps.clone();
            let from_server = taken
                .iter()
                .filter_map(|f| Some((*f, *server.stamps.get(f)?)));
            stamps.extend(from_server);
            self.update(&server.row, &taken, &stamps).await?;
        }
        if !dirty.is_empty() {
            // Somebody changed it, so what was refused before may be taken now.
            self.leave_marked(&id, &waiting).await?;
        }
        Ok(!taken.is_empty())
    }

    /// The fields of a row that wait.
    async fn dirty<F: Field>(&mut self, id: &str) -> Result<BTreeSet<F>, StoreError> {
        let fields: Option<String> =
            sqlx::query_scalar("select fields from outbox where entity = ? and row_id = ?")
                .bind(F::ENTITY.as_str())
                .bind(id)
                .fetch_optional(self.connection())
                .await?;
        let Some(fields) = fields else {
            return Ok(BTreeSet::new());
        };
        serde_json::from_str(&fields).map_err(|_| StoreError::Unreadable {
            what: "mark",
            found: fields,
        })
    }

    /// Leaves exactly these fields of a row waiting.
    async fn leave_marked<F: Field>(
        &mut self,
        id: &str,
        waiting: &BTreeSet<F>,
    ) -> Result<(), StoreError> {
        let fields =
            serde_json::to_string(waiting).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let statement = if waiting.is_empty() {
            "delete from outbox where entity = ?2 and row_id = ?3 and ?1 = '[]'"
        } else {
            "update outbox set fields = ?1, refusal = null where entity = ?2 and row_id = ?3"
        };
        sqlx::query(statement)
            .bind(fields)
            .bind(F::ENTITY.as_str())
            .bind(id)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Moves the cursor to where the answer says, and sets the clock by the server's.
    pub(super) async fn reach(
        &mut self,
        prepared: &Prepared,
        response: &Response,
        received: Stamp,
        arrival: Arrival,
    ) -> Result<(), StoreError> {
        let cursor = if response.reset { 0 } else { response.cursor };
        let judged = prepared.request.changes.iter().zip(&response.verdicts);
        let applied = judged.filter(|(_, verdict)| verdict.status == VerdictStatus::Applied);
        let sent = applied
            .flat_map(|(change, _)| change.stamps.values().copied())
            .max();
        sqlx::query(
            "update exchange
                set epoch = ?1, cursor = ?2, last_at = ?3, server_schema = ?6,
                    received_stamp = max(case when ?5 then '' else received_stamp end, ?4)",
        )
        .bind(&response.epoch)
        .bind(i64::try_from(cursor).unwrap_or(i64::MAX))
        .bind(arrival.at.timestamp_millis())
        .bind(sent.unwrap_or(Stamp::ZERO).max(received).to_string())
        // A server that started over may have less.
        .bind(response.reset)
        .bind(response.schema)
        .execute(self.connection())
        .await?;
        if let Some(ahead) = new_ahead(self.connection(), response.server_time, arrival).await? {
            sqlx::query("update logical_clock set server_ahead_ms = ?")
                .bind(ahead)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }
}

impl Store {
    /// Sets the clock by the server's where nothing else is to be stored: this machine's may have been set.
    pub(super) async fn compare_clocks(
        &self,
        server_time: i64,
        arrival: Arrival,
    ) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        let ahead = new_ahead(&mut connection, server_time, arrival).await?;
        drop(connection);
        let Some(ahead) = ahead else {
            return Ok(());
        };
        let mut write = self.begin_receiving().await?;
        sqlx::query("update logical_clock set server_ahead_ms = ?")
            .bind(ahead)
            .execute(write.connection())
            .await?;
        write.commit().await
    }
}

/// How far the server's clock is ahead of this machine's, if that is not what is kept already.
async fn new_ahead(
    connection: &mut SqliteConnection,
    server_time: i64,
    arrival: Arrival,
) -> Result<Option<i64>, StoreError> {
    let kept: i64 = sqlx::query_scalar("select server_ahead_ms from logical_clock")
        .fetch_one(connection)
        .await?;
    let doubt = arrival.took.num_milliseconds() / 2;
    let read_at = arrival.at.timestamp_millis() - doubt;
    let ahead = server_time.saturating_sub(read_at);
    let is_known = kept.abs_diff(ahead) <= (AHEAD_TOLERATED_MS + doubt).unsigned_abs();
    Ok((!is_known).then_some(ahead))
}

impl Outcome {
    /// The rows of `entity` that are new or different.
    pub fn changed(&self, entity: Entity) -> impl Iterator<Item = &str> {
        let of_entity = self
            .changed
            .iter()
            .filter(move |(found, _)| *found == entity);
        of_entity.map(|(_, id)| id.as_str())
    }
}
