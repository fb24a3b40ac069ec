//! What every process of this machine has to know of the machine. Never synced, never exported.

use sqlx::{Row, SqlitePool};

use super::rows::value;
use super::{Store, StoreError};
use crate::model::DeviceId;
use crate::randomness::Randomness;

/// This machine, as far as it matters to its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Made when the profile was; tells this machine from the others of a person.
    pub id: DeviceId,
    /// The address of the server that was chosen here; `None` for the one built in.
    pub server_url: Option<String>,
    /// The public key of that server.
    pub server_key: Option<String>,
}

/// Makes the device of a profile that has none yet.
pub(super) async fn ensure(pool: &SqlitePool, randomness: &Randomness) -> Result<(), StoreError> {
    let known: i64 = sqlx::query_scalar("select count(*) from device")
        .fetch_one(pool)
        .await?;
    if known == 0 {
        sqlx::query("insert or ignore into device (only_row, id) values (1, ?)")
            .bind(DeviceId::random(randomness).to_string())
            .execute(pool)
            .await?;
    }
    Ok(())
}

impl Store {
    /// This machine.
    pub async fn device(&self) -> Result<Device, StoreError> {
        let row = sqlx::query("select id, server_url, server_key from device")
            .fetch_one(&self.pool)
            .await?;
        Ok(Device {
            id: value(&row, "id", |id| id.parse().ok())?,
            server_url: row.try_get("server_url")?,
            server_key: row.try_get("server_key")?,
        })
    }

    /// Chooses the server of this machine. `None`: the one built in.
    pub async fn set_server(&self, url: Option<&str>, key: Option<&str>) -> Result<(), StoreError> {
        sqlx::query("update device set server_url = ?, server_key = ?")
            .bind(url)
            .bind(key)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
