//! The running timer: one row that every transition replaces.

use sqlx::Row;

use super::write::Write;
use super::{Store, StoreError};
use crate::model::FocusLength;
use crate::timer::Timer;

/// The timer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRow {
    /// Grows when the timer moves to another state; a command can name the one it was meant for.
    pub version: u32,
    /// What the timer is doing.
    pub timer: Timer,
    /// The length of the next focus.
    pub length: FocusLength,
}

impl Store {
    /// The timer as of the last transition.
    pub async fn timer(&self) -> Result<TimerRow, StoreError> {
        let row = sqlx::query("select version, state, length from timer")
            .fetch_one(&self.pool)
            .await?;
        let state: String = row.try_get("state")?;
        let length: i32 = row.try_get("length")?;
        Ok(TimerRow {
            version: row.try_get("version")?,
            timer: serde_json::from_str(&state).map_err(|_| StoreError::Unreadable {
                what: "timer",
                found: state,
            })?,
            length: FocusLength::minutes(length).map_err(|_| StoreError::Unreadable {
                what: "length",
                found: length.to_string(),
            })?,
        })
    }
}

pub(super) async fn save(write: &mut Write, row: &TimerRow) -> Result<(), StoreError> {
    let state =
        serde_json::to_string(&row.timer).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query("update timer set version = ?, state = ?, length = ?")
        .bind(row.version)
        .bind(state)
        .bind(row.length.as_minutes())
        .execute(write.connection())
        .await?;
    Ok(())
}
