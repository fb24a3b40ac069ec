//! The running timer: one row that every transition replaces.

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::write::Write;
use super::{Store, StoreError};
use crate::model::{Particle, ParticleId};
use crate::timer::Session;

/// The timer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRow {
    /// Grows when the timer moves to another state; a command can name the one it was meant for.
    pub version: u32,
    /// The timer and what belongs to it.
    pub session: Session,
}

/// What a transition of the timer does to the history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Consequence {
    /// What is kept. What was kept by this id before becomes this.
    pub kept: Option<Particle>,
    /// What is not kept any more.
    pub deleted: Option<ParticleId>,
}

impl Store {
    /// The timer as of the last transition.
    pub async fn timer(&self) -> Result<TimerRow, StoreError> {
        let row = sqlx::query("select version, state from timer")
            .fetch_one(&self.pool)
            .await?;
        let state: String = row.try_get("state")?;
        Ok(TimerRow {
            version: row.try_get("version")?,
            session: serde_json::from_str(&state).map_err(|_| StoreError::Unreadable {
                what: "timer",
                found: state,
            })?,
        })
    }

    /// Keeps a transition of the timer and what it does to the history, as one transaction.
    pub async fn record_transition(
        &self,
        row: &TimerRow,
        consequence: &Consequence,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut write = self.begin(now).await?;
        save(&mut write, row).await?;
        if let Some(id) = consequence.deleted {
            write.remove::<Particle>(id).await?;
        }
        if let Some(particle) = &consequence.kept {
            write.put(particle).await?;
        }
        write.commit().await
    }
}

async fn save(write: &mut Write, row: &TimerRow) -> Result<(), StoreError> {
    let state =
        serde_json::to_string(&row.session).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query("update timer set version = ?, state = ?")
        .bind(row.version)
        .bind(state)
        .execute(write.connection())
        .await?;
    Ok(())
}
