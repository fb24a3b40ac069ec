//! The table `auth.sessions`: one row per sign-in. Whoever uses one of its refresh tokens locks the
//! row first, so that refreshes of a session queue.

use chrono::{DateTime, Utc};
use tokio_postgres::{Row, Transaction};
use uuid::Uuid;

use super::error::AuthError;

const COLUMNS: &str = "id, created_at, not_after, authentication_method";

/// How somebody showed who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// By a password.
    Password,
    /// By a code from a mail.
    Otp,
}

impl Method {
    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Otp => "otp",
        }
    }
}

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) id: Uuid,
    pub(super) created_at: DateTime<Utc>,
    /// The end of the session, if it has one.
    pub(super) not_after: Option<DateTime<Utc>>,
    /// As it stands in the access token's `amr`.
    pub(super) method: String,
}

impl Session {
    /// Whether the session has reached its end.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.not_after.is_some_and(|end| end < now)
    }

    fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            created_at: row.try_get("created_at")?,
            not_after: row.try_get("not_after")?,
            method: row.try_get("authentication_method")?,
        })
    }
}

/// A new session.
pub(super) async fn begin(
    tx: &Transaction<'_>,
    user_id: Uuid,
    method: Method,
    now: DateTime<Utc>,
) -> Result<Session, AuthError> {
    let sql = format!(
        "insert into auth.sessions (id, user_id, created_at, updated_at, authentication_method)
         values ($1, $2, $3, $3, $4)
         returning {COLUMNS}"
    );
    let row = tx
        .query_one(&sql, &[&Uuid::new_v4(), &user_id, &now, &method.as_str()])
        .await?;
    Ok(Session::read(&row)?)
}

/// A session, unless it is gone.
pub(super) async fn find(tx: &Transaction<'_>, id: Uuid) -> Result<Option<Session>, AuthError> {
    let sql = format!("select {COLUMNS} from auth.sessions where id = $1");
    let row = tx.query_opt(&sql, &[&id]).await?;
    Ok(row.as_ref().map(Session::read).transpose()?)
}

/// A session, unless it is gone, its row locked.
pub(super) async fn lock(tx: &Transaction<'_>, id: Uuid) -> Result<Option<Session>, AuthError> {
    let sql = format!("select {COLUMNS} from auth.sessions where id = $1 for update");
    let row = tx.query_opt(&sql, &[&id]).await?;
    Ok(row.as_ref().map(Session::read).transpose()?)
}

/// Notes that the session was refreshed.
pub(super) async fn note_refresh(
    tx: &Transaction<'_>,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), AuthError> {
    tx.execute(
        "update auth.sessions set refreshed_at = $2, updated_at = $2 where id = $1",
        &[&id, &now],
    )
    .await?;
    Ok(())
}

/// Ends one session; its refresh tokens go with it.
pub(super) async fn end(tx: &Transaction<'_>, id: Uuid) -> Result<(), AuthError> {
    tx.execute("delete from auth.sessions where id = $1", &[&id])
        .await?;
    Ok(())
}

/// Ends all sessions of a user.
pub(super) async fn end_all(tx: &Transaction<'_>, user_id: Uuid) -> Result<(), AuthError> {
    tx.execute("delete from auth.sessions where user_id = $1", &[&user_id])
        .await?;
    Ok(())
}

/// Ends all sessions of a user but one.
pub(super) async fn end_others(
    tx: &Transaction<'_>,
    user_id: Uuid,
    kept: Uuid,
) -> Result<(), AuthError> {
    tx.execute(
        "delete from auth.sessions where user_id = $1 and id <> $2",
        &[&user_id, &kept],
    )
    .await?;
    Ok(())
}
