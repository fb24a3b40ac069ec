//! The one write path: a transaction that stamps what it changes and marks it for the outbox.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{Row, Sqlite, SqliteConnection, Transaction};
use tokio::sync::{Notify, OwnedMutexGuard};
use tokio::time::timeout;

use super::rows::value;
use super::{Store, StoreError, profile};
use crate::change::Stamp;

/// A write transaction. Everything it changes carries one stamp.
pub(super) struct Write {
    transaction: Transaction<'static, Sqlite>,
    /// Dropped after the transaction, so that the next one finds the file free.
    _turn: OwnedMutexGuard<()>,
    stamp: Stamp,
    tag: u32,
    /// How far the server's clock was ahead of this machine's.
    ahead_ms: i64,
    /// The greatest stamp from elsewhere that this transaction kept.
    seen: Option<Stamp>,
    /// Where the logical clock is put back to, which was ahead of everybody's.
    put_back: Option<Stamp>,
    /// Rung after the commit if something was marked.
    changes: Arc<Notify>,
    has_marked: bool,
}

impl Store {
    /// Opens a write transaction at `now`. The clock is read and moved inside of it, so that two
    /// processes on one profile never give the same stamp.
    pub(super) async fn begin(&self, now: DateTime<Utc>) -> Result<Write, StoreError> {
        let mut write = self.begin_receiving().await?;
        let now = now.timestamp_millis().saturating_add(write.ahead_ms);
        write.stamp = write.stamp.next(now, self.tag);
        write.keep_clock(write.stamp).await?;
        Ok(write)
    }

    /// Opens a write transaction that gives no stamp: it keeps what somebody else stamped.
    pub(super) async fn begin_receiving(&self) -> Result<Write, StoreError> {
        let turn = self.take_turn().await?;
        let mut transaction = self.pool.begin_with("begin immediate").await?;
        let clock = sqlx::query("select last_stamp, server_ahead_ms from logical_clock")
            .fetch_one(&mut *transaction)
            .await?;
        Ok(Write {
            transaction,
            _turn: turn,
            stamp: value(&clock, "last_stamp", |last| last.parse().ok())?,
            ahead_ms: clock.try_get("server_ahead_ms")?,
            tag: self.tag,
            seen: None,
            put_back: None,
            changes: self.changes(),
            has_marked: false,
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

    /// What makes the stamps of this process its own.
    pub(super) fn tag(&self) -> u32 {
        self.tag
    }

    /// The logical clock was ahead of everybody's: it goes on from here.
    pub(super) fn set_clock(&mut self, last: Stamp) {
        self.put_back = Some(last);
    }

    async fn keep_clock(&mut self, last: Stamp) -> Result<(), StoreError> {
        sqlx::query("update logical_clock set last_stamp = ?")
            .bind(last.to_string())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Makes all of it durable, or none.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        let seen = self.seen.filter(|seen| *seen > self.stamp);
        if let Some(last) = self.put_back.or(seen) {
            self.keep_clock(last).await?;
        }
        self.transaction.commit().await?;
        if self.has_marked {
            self.changes.notify_one();
        }
        Ok(())
    }

    /// Something was marked as to be sent.
    pub(super) fn marked(&mut self) {
        self.has_marked = true;
    }

    /// Leaves everything as it was.
    pub(super) async fn abandon(self) -> Result<(), StoreError> {
        Ok(self.transaction.rollback().await?)
    }
}
