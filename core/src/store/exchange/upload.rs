//! How far the first upload of a history is.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use crate::store::write::Write;
use crate::store::{Store, StoreError};

/// The first upload of a history, while it is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Upload {
    /// So many rows are settled: the server has them, or refused them.
    pub done: u32,
    /// So many there were.
    pub total: u32,
}

impl Write {
    /// What waits now is the first upload.
    pub(in crate::store) async fn begin_upload(&mut self) -> Result<(), StoreError> {
        sqlx::query(
            "update exchange
                set upload_last  = (select max(position) from outbox),
                    upload_total = (select count(*) from outbox)",
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// A first upload that is complete is over: what is marked later may get a place that was part of it.
    pub(super) async fn end_upload_if_complete(&mut self) -> Result<(), StoreError> {
        sqlx::query(
            "update exchange set upload_total = 0
              where upload_total > 0
                and not exists (select 1 from outbox where position <= upload_last and refusal is null)",
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl Store {
    /// What waits now is the first upload.
    pub async fn begin_upload(&self) -> Result<(), StoreError> {
        let mut write = self.begin_receiving().await?;
        write.begin_upload().await?;
        write.commit().await
    }

    /// The first upload; nothing once it is complete.
    pub async fn upload(&self) -> Result<Option<Upload>, StoreError> {
        let row = sqlx::query(
            "select upload_total as total,
                    case when upload_total = 0 then 0
                         else (select count(*) from outbox where position <= upload_last and refusal is null)
                    end as remaining
               from exchange",
        )
        .fetch_one(&self.pool)
        .await?;
        let (total, remaining): (u32, u32) = (row.try_get("total")?, row.try_get("remaining")?);
        Ok((remaining > 0).then(|| Upload {
            done: total.saturating_sub(remaining),
            total,
        }))
    }
}
