//! The one write path: a transaction that stamps what it changes and marks it for the outbox.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use super::{Store, StoreError, profile};
use crate::change::Stamp;

/// A write transaction. Everything it changes carries one stamp.
pub(super) struct Write {
    transaction: Transaction<'static, Sqlite>,
    /// Dropped after the transaction, so that the next one finds the file free.
    _turn: OwnedMutexGuard<()>,
    stamp: Stamp,
    /// The greatest stamp from elsewhere that this transaction kept.
    seen: Option<Stamp>,
}

impl Store {
    /// Opens a write transaction at `now`. The clock is read and moved inside of it, so that two
    /// processes on one profile never give the same stamp.
    pub(super) async fn begin(&self, now: DateTime<Utc>) -> Result<Write, StoreError> {
        let turn = self.take_turn().await?;
        let mut transaction = self.pool.begin_with("begin immediate").await?;
        let last: String = sqlx::query_scalar("select last_stamp from logical_clock")
            .fetch_one(&mut *transaction)
            .await?;
        let last: Stamp = last.parse().map_err(|_| StoreError::Unreadable {
            what: "stamp",
            found: last,
        })?;
        let stamp = last.next(now.timestamp_millis(), self.tag);
        sqlx::query("update logical_clock set last_stamp = ?")
            .bind(stamp.to_string())
            .execute(&mut *transaction)
            .await?;
        Ok(Write {
            transaction,
            _turn: turn,
            stamp,
            seen: None,
        })
    }

    /// Writers of this process come one after the other, as they asked: SQLite would let whoever tries at
    /// the right moment, and an import that begins its next batch at once always does.
    async fn take_turn(&self) -> Result<OwnedMutexGuard<()>, StoreError> {
        let turn = Arc::clone(&self.turn).lock_owned();
        let taken = timeout(profile::BUSY_TIMEOUT, turn).await;
        taken.map_err(|_| StoreError::Busy(sqlx::Error::PoolTimedOut))
    }
}

impl Write {
    /// The stamp of this transaction.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Where the statements of this transaction run.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    /// A row from elsewhere carried this stamp: the next one given here is greater.
    pub(super) fn saw(&mut self, stamp: Option<Stamp>) {
        self.seen = self.seen.max(stamp);
    }

    /// Makes all of it durable, or none.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if let Some(seen) = self.seen.filter(|seen| *seen > self.stamp) {
            sqlx::query("update logical_clock set last_stamp = ?")
                .bind(seen.to_string())
                .execute(&mut *self.transaction)
                .await?;
        }
        Ok(self.transaction.commit().await?)
    }

    /// Leaves everything as it was.
    pub(super) async fn abandon(self) -> Result<(), StoreError> {
        Ok(self.transaction.rollback().await?)
    }
}
