//! The outbox: for each changed row the fields that no server has answered for yet.

use super::write::Write;
use super::{Store, StoreError};
use crate::change::Field;

/// Marks `fields` of a row as changed, in the transaction that changes them. Marks of a row that
/// waits already are joined: a thousand edits of one row are one change.
pub(super) async fn mark<F: Field>(
    write: &mut Write,
    row_id: &str,
    fields: &[F],
) -> Result<(), StoreError> {
    let fields =
        serde_json::to_string(fields).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "insert into outbox (entity, row_id, fields)
         values (?1, ?2, ?3)
         on conflict (entity, row_id) do update
            set fields  = (select json_group_array(value order by value)
                             from (select value from json_each(outbox.fields)
                                   union
                                   select value from json_each(excluded.fields))),
                refusal = null",
    )
    .bind(F::ENTITY.as_str())
    .bind(row_id)
    .bind(fields)
    .execute(write.connection())
    .await?;
    write.marked();
    Ok(())
}

impl Store {
    /// How many rows wait for a server.
    pub async fn count_waiting(&self) -> Result<u32, StoreError> {
        Ok(sqlx::query_scalar("select count(*) from outbox")
            .fetch_one(&self.pool)
            .await?)
    }
}
