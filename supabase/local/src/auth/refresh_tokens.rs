//! The table `auth.refresh_tokens`. A session's tokens are a family: each names the one that it
//! replaced, and at most one is not revoked. The caller holds the lock of the session's row.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{Rng, make_rng};
use tokio_postgres::{Row, Transaction};
use uuid::Uuid;

use super::error::AuthError;

const COLUMNS: &str = "id, token, user_id, session_id, parent, revoked, updated_at";
/// 144 bits: nobody guesses one.
const TOKEN_BYTES: usize = 18;

/// One row.
#[derive(Debug, Clone)]
pub(super) struct RefreshToken {
    pub(super) id: i64,
    pub(super) token: String,
    pub(super) user_id: Uuid,
    pub(super) session_id: Option<Uuid>,
    /// The token that this one replaced.
    pub(super) parent: Option<String>,
    pub(super) revoked: bool,
    /// Of a revoked token: when it was.
    pub(super) updated_at: DateTime<Utc>,
}

impl RefreshToken {
    fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            token: row.try_get("token")?,
            user_id: row.try_get("user_id")?,
            session_id: row.try_get("session_id")?,
            parent: row.try_get("parent")?,
            revoked: row.try_get("revoked")?,
            updated_at: row.try_get("updated_at")?,
        })
    }
}

/// A new token in force. One that it replaces has to be revoked before.
pub(super) async fn issue(
    tx: &Transaction<'_>,
    user_id: Uuid,
    session_id: Uuid,
    parent: Option<&str>,
    now: DateTime<Utc>,
) -> Result<String, AuthError> {
    let mut bytes = [0; TOKEN_BYTES];
    make_rng::<StdRng>().fill_bytes(&mut bytes);
    let token = URL_SAFE_NO_PAD.encode(bytes);
    tx.execute(
        "insert into auth.refresh_tokens
             (token, user_id, session_id, parent, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $5)",
        &[&token, &user_id, &session_id, &parent, &now],
    )
    .await?;
    Ok(token)
}

/// The row of a token.
pub(super) async fn find(
    tx: &Transaction<'_>,
    token: &str,
) -> Result<Option<RefreshToken>, AuthError> {
    let sql = format!("select {COLUMNS} from auth.refresh_tokens where token = $1");
    let row = tx.query_opt(&sql, &[&token]).await?;
    Ok(row.as_ref().map(RefreshToken::read).transpose()?)
}

/// The one token of a session that is in force.
pub(super) async fn active(
    tx: &Transaction<'_>,
    session_id: Uuid,
) -> Result<Option<RefreshToken>, AuthError> {
    let sql =
        format!("select {COLUMNS} from auth.refresh_tokens where session_id = $1 and not revoked");
    let row = tx.query_opt(&sql, &[&session_id]).await?;
    Ok(row.as_ref().map(RefreshToken::read).transpose()?)
}

/// Takes one token out of force.
pub(super) async fn revoke(
    tx: &Transaction<'_>,
    id: i64,
    now: DateTime<Utc>,
) -> Result<(), AuthError> {
    tx.execute(
        "update auth.refresh_tokens set revoked = true, updated_at = $2 where id = $1",
        &[&id, &now],
    )
    .await?;
    Ok(())
}

/// Takes whatever token of a session is in force out of it.
pub(super) async fn revoke_family(
    tx: &Transaction<'_>,
    session_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), AuthError> {
    tx.execute(
        "update auth.refresh_tokens
         set    revoked = true, updated_at = $2
         where  session_id = $1 and not revoked",
        &[&session_id, &now],
    )
    .await?;
    Ok(())
}
