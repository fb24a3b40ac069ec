//! What waits for the server, as a person looks at it.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use crate::change::Entity;
use crate::store::rows::value;
use crate::store::write::Write;
use crate::store::{Store, StoreError};

/// The most rows of the queue that are shown at once.
const WAITING_SHOWN_MAX: u32 = 1000;

/// A row that waits for the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Waiting {
    /// What it is.
    pub entity: Entity,
    /// Which.
    pub id: String,
    /// What a person calls it.
    pub title: String,
    /// What of it waits.
    pub fields: Vec<String>,
    /// How often it was refused.
    pub attempts: u32,
    /// Why it was refused; it waits for an edit then.
    pub refusal: Option<Refusal>,
}

/// Why a server refused a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Refusal {
    /// The name of what is wrong.
    pub code: Option<String>,
    /// A sentence about it.
    pub message: Option<String>,
}

/// How many rows wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueCount {
    /// They are sent as soon as the server can be asked.
    pub pending: u32,
    /// The server refused them; they wait for an edit.
    pub refused: u32,
}

impl Write {
    /// Lets be sent again what the server did not know: it knows more now.
    pub(super) async fn offer_unknown_again(&mut self) -> Result<(), StoreError> {
        sqlx::query(
            "update outbox set refusal = null
              where refusal ->> '$.code' in ('unknown_entity', 'unknown_field')",
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl Store {
    /// How many rows wait.
    pub async fn count_queue(&self) -> Result<QueueCount, StoreError> {
        let row = sqlx::query("select count(*) as waiting, count(refusal) as refused from outbox")
            .fetch_one(&self.pool)
            .await?;
        let (waiting, refused): (u32, u32) = (row.try_get("waiting")?, row.try_get("refused")?);
        Ok(QueueCount {
            pending: waiting - refused,
            refused,
        })
    }

    /// Lets a refused row be sent again as it is: the server may have learnt to take it.
    pub async fn retry(&self, entity: Entity, id: &str) -> Result<(), StoreError> {
        let mut write = self.begin_receiving().await?;
        write.marked();
        sqlx::query("update outbox set refusal = null where entity = ? and row_id = ?")
            .bind(entity.as_str())
            .bind(id)
            .execute(write.connection())
            .await?;
        write.commit().await
    }

    /// What waits, refused rows first, then in the order in which it was changed.
    pub async fn list_waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        let rows = sqlx::query(
            "select entity, row_id, fields, attempts, coalesce(refusal, 'null') as refusal,
                    case entity when 'particle'  then (select task from particles  where id = row_id)
                                when 'project'   then (select name from projects   where id = row_id)
                                when 'intention' then (select text from intentions where id = row_id)
                                else row_id end as title
               from outbox order by outbox.refusal is null, position limit ?",
        )
        .bind(WAITING_SHOWN_MAX)
        .fetch_all(&self.pool)
        .await?;
        let waiting = rows.iter().map(|row| {
            Ok(Waiting {
                entity: value(row, "entity", |word| {
                    serde_json::from_value(word.into()).ok()
                })?,
                id: row.try_get("row_id")?,
                title: row.try_get::<Option<_>, _>("title")?.unwrap_or_default(),
                fields: value(row, "fields", |text| serde_json::from_str(text).ok())?,
                attempts: row.try_get("attempts")?,
                refusal: value(row, "refusal", |text| serde_json::from_str(text).ok())?,
            })
        });
        waiting.collect()
    }
}
