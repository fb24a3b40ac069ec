//! One exchange with a server, as far as it is stored: what is sent, and what an answer changes.

mod account;
mod acknowledge;
mod queue;
mod receive;
mod restamp;
mod send;
mod upload;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Row, SqliteConnection};

pub use account::Account;
pub use queue::{QueueCount, Refusal, Waiting};
pub use send::Prepared;
pub use upload::Upload;

use super::rows::moment;
use super::{Store, StoreError};
use crate::change::wire::{Change, Response, Verdict, VerdictStatus};
use crate::change::{Entity, Stamp};

/// How far this profile has come with its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Which life of the server the cursor is of.
    pub epoch: Option<String>,
    /// Versions up to here are known.
    pub cursor: u64,
    /// Which schema it has: what entities and fields it knows. Nothing was heard of it at 0.
    pub schema: u32,
    /// What the person subscribed to.
    pub tier: Option<String>,
}

/// When an answer came, by this machine's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// By the clock on the wall.
    pub at: DateTime<Utc>,
    /// How long it was waited for: the server looked at its clock somewhere on the way.
    pub took: TimeDelta,
}

/// What an answer led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// All of it is stored.
    Stored(Outcome),
    /// Another process was faster, or the account is another now: nothing of it was stored.
    Stale,
}

/// What was stored of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// So many changes are on the server now.
    pub pushed: usize,
    /// So many were refused.
    pub refused: usize,
    /// Rows that are new or different here.
    pub changed: Vec<(Entity, String)>,
    /// Rows that could not be kept, each with the reason.
    pub skipped: Vec<String>,
    /// The server has more rows.
    pub more: bool,
    /// More of what the server has is known than before.
    pub has_advanced: bool,
    /// So many rows wait that can be sent.
    pub sendable: u32,
}

impl Store {
    /// Stores an answer to `prepared` as one transaction, if nothing overtook it: acknowledgements, then
    /// rows, then the cursor.
    pub async fn apply(
        &self,
        prepared: &Prepared,
        response: &Response,
        arrival: Arrival,
    ) -> Result<Applied, StoreError> {
        if says_nothing_new(prepared, response) {
            self.compare_clocks(response.server_time, arrival).await?;
            let sendable = self.count_sendable().await?;
            return Ok(Applied::Stored(Outcome {
                sendable,
                ..Outcome::default()
            }));
        }
        let mut write = self.begin_receiving().await?;
        if position(write.connection()).await? != prepared.position
            || account::find(write.connection()).await?.as_ref() != Some(&prepared.account)
        {
            write.abandon().await?;
            return Ok(Applied::Stale);
        }
        let mut outcome = write
            .acknowledge(&prepared.request.changes, &response.verdicts)
            .await?;
        let mut received = Stamp::ZERO;
        if response.reset {
            write.mark_everything().await?;
        } else {
            received = write.receive(&response.rows, &mut outcome).await?;
        }
        write.reach(prepared, response, received, arrival).await?;
        if response.tier != prepared.position.tier {
            write.note_tier(response.tier.as_deref()).await?;
        }
        if response.schema > prepared.position.schema {
            write.offer_unknown_again().await?;
        }
        if acknowledge::has_wrong_clock(&response.verdicts) {
            write.restamp(response.server_time).await?;
        }
        write.end_upload_if_complete().await?;
        outcome.sendable = send::count_sendable(write.connection()).await?;
        outcome.more = response.more || response.reset;
        outcome.has_advanced = !response.reset && response.cursor > prepared.position.cursor;
        write.commit().await?;
        Ok(Applied::Stored(outcome))
    }

    /// Refuses a change that the server would not take in any company. Says how many rows can be sent.
    pub async fn refuse(
        &self,
        change: &Change,
        code: Option<String>,
        message: &str,
    ) -> Result<u32, StoreError> {
        let mut write = self.begin_receiving().await?;
        let verdict = Verdict {
            status: VerdictStatus::Refused,
            code,
            message: Some(message.into()),
        };
        write
            .acknowledge(std::slice::from_ref(change), &[verdict])
            .await?;
        let sendable = send::count_sendable(write.connection()).await?;
        write.commit().await?;
        Ok(sendable)
    }

    /// How far this profile has come.
    pub async fn position(&self) -> Result<Position, StoreError> {
        position(&mut *self.pool.acquire().await?).await
    }

    /// When something was last exchanged.
    pub async fn last_exchange(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query("select last_at from exchange where last_at is not null")
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| moment(&row, "last_at")).transpose()
    }

    /// What keeps the next exchange back, as it was told last: JSON, `{}` for nothing.
    pub async fn waits(&self) -> Result<String, StoreError> {
        Ok(sqlx::query_scalar("select waits from exchange")
            .fetch_one(&self.pool)
            .await?)
    }

    /// Keeps what holds the next exchange back over a restart.
    pub async fn set_waits(&self, waits: &str) -> Result<(), StoreError> {
        sqlx::query("update exchange set waits = ?")
            .bind(waits)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

async fn position(connection: &mut SqliteConnection) -> Result<Position, StoreError> {
    let sql =
        "select epoch, cursor, server_schema, (select tier from account) as tier from exchange";
    let row = sqlx::query(sql).fetch_one(connection).await?;
    Ok(Position {
        epoch: row.try_get("epoch")?,
        cursor: u64::try_from(row.try_get::<i64, _>("cursor")?).unwrap_or(0),
        schema: row.try_get("server_schema")?,
        tier: row.try_get("tier")?,
    })
}

/// Whether an answer leaves everything as it is, so that an idle exchange writes nothing.
fn says_nothing_new(prepared: &Prepared, response: &Response) -> bool {
    let is_empty = response.verdicts.is_empty() && response.rows.is_empty() && !response.reset;
    let reached = Position {
        epoch: Some(response.epoch.clone()),
        cursor: response.cursor,
        schema: response.schema,
        tier: response.tier.clone(),
    };
    is_empty && reached == prepared.position && !response.more
}
