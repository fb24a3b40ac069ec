//! The table `auth.identities`: one row of the provider `email` for each user.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio_postgres::{Row, Transaction};
use uuid::Uuid;

use super::error::AuthError;
use super::users::User;

const COLUMNS: &str = "id, provider_id, user_id, identity_data, provider, last_sign_in_at, \
                       created_at, updated_at, email";

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) id: Uuid,
    /// What the provider calls the user: his own id here.
    pub(super) provider_id: String,
    pub(super) user_id: Uuid,
    pub(super) data: Value,
    pub(super) provider: String,
    pub(super) last_sign_in_at: Option<DateTime<Utc>>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) email: Option<String>,
}

impl Identity {
    fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            provider_id: row.try_get("provider_id")?,
            user_id: row.try_get("user_id")?,
            data: row.try_get("identity_data")?,
            provider: row.try_get("provider")?,
            last_sign_in_at: row.try_get("last_sign_in_at")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            email: row.try_get("email")?,
        })
    }
}

/// The identity of a new user.
pub(super) async fn create(
    tx: &Transaction<'_>,
    user: &User,
    now: DateTime<Utc>,
) -> Result<(), AuthError> {
    let data = json!({
        "sub": user.id,
        "email": user.email,
        "email_verified": false,
        "phone_verified": false,
    });
    tx.execute(
        "insert into auth.identities
             (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at,
              updated_at)
         values ($1, $2, $3, 'email', $4, $4, $4)",
        &[&user.id.to_string(), &user.id, &data, &now],
    )
    .await?;
    Ok(())
}

/// All identities of a user.
pub(super) async fn of_user(
    tx: &Transaction<'_>,
    user_id: Uuid,
) -> Result<Vec<Identity>, AuthError> {
    let sql =
        format!("select {COLUMNS} from auth.identities where user_id = $1 order by created_at, id");
    let rows = tx.query(&sql, &[&user_id]).await?;
    Ok(rows.iter().map(Identity::read).collect::<Result<_, _>>()?)
}

/// Notes the user's address as it is now, shown to be his.
pub(super) async fn confirm(
    tx: &Transaction<'_>,
    user: &User,
    now: DateTime<Utc>,
) -> Result<(), AuthError> {
    let changes = json!({"email": user.email, "email_verified": true});
    tx.execute(
        "update auth.identities
         set    identity_data = identity_data || $2, updated_at = $3
         where  user_id = $1 and provider = 'email'",
        &[&user.id, &changes, &now],
    )
    .await?;
    Ok(())
}
