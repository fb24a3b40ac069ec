//! Connections of the role that owns the schema `auth`, and transactions on them.

use deadpool_postgres::{Client, Transaction};

use super::error::AuthError;
use crate::shared::Shared;

/// How long a statement waits for a row that another call holds, before the answer is a conflict.
/// GoTrue gives up after the same time.
const LOCK_TIMEOUT: &str = "set local lock_timeout = '5s'";

/// A connection, once one is free.
pub(super) async fn connection(shared: &Shared) -> Result<Client, AuthError> {
    let patience = shared.settings().pool_timeout;
    let client = tokio::time::timeout(patience, shared.auth_pool.get()).await;
    Ok(client.map_err(|_| AuthError::Timeout)??)
}

/// A transaction; it ends with the connection's use unless it is committed.
pub(super) async fn begin(client: &mut Client) -> Result<Transaction<'_>, AuthError> {
    let tx = client.transaction().await?;
    tx.batch_execute(LOCK_TIMEOUT).await?;
    Ok(tx)
}
