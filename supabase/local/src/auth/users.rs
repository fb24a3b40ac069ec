//! The table `auth.users`. Who changes a user locks his row first, so that two changes queue.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tokio_postgres::{Row, Transaction};
use uuid::Uuid;

use super::email_address::EmailAddress;
use super::error::AuthError;
use crate::mailbox::MailKind;

const COLUMNS: &str = "id, aud, role, email, encrypted_password, email_confirmed_at, \
                       confirmation_sent_at, recovery_sent_at, email_change, email_change_sent_at, \
                       last_sign_in_at, raw_app_meta_data, raw_user_meta_data, created_at, \
                       updated_at, banned_until, is_anonymous";

/// One row.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: Uuid,
    pub(super) aud: String,
    pub(super) role: String,
    pub(super) email: Option<String>,
    pub(super) password_hash: Option<String>,
    pub(super) email_confirmed_at: Option<DateTime<Utc>>,
    pub(super) confirmation_sent_at: Option<DateTime<Utc>>,
    pub(super) recovery_sent_at: Option<DateTime<Utc>>,
    /// The address that waits for its code; empty when none does.
    pub(super) email_change: String,
    pub(super) email_change_sent_at: Option<DateTime<Utc>>,
    pub(super) last_sign_in_at: Option<DateTime<Utc>>,
    pub(super) app_metadata: Value,
    /// What the user says of himself.
    pub(super) metadata: Value,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) banned_until: Option<DateTime<Utc>>,
    pub(super) is_anonymous: bool,
}

impl User {
    /// Whether the address has been shown to be the user's.
    pub(super) fn is_confirmed(&self) -> bool {
        self.email_confirmed_at.is_some()
    }

    /// Whether the user is shut out at `now`.
    pub(super) fn is_banned(&self, now: DateTime<Utc>) -> bool {
        self.banned_until.is_some_and(|until| now < until)
    }

    /// When a mail of this kind was last sent to the user. Codes to sign in and to choose a new
    /// password share one time, as in GoTrue.
    pub(super) fn mail_sent_at(&self, kind: MailKind) -> Option<DateTime<Utc>> {
        match kind {
            MailKind::Signup => self.confirmation_sent_at,
            MailKind::SignIn | MailKind::Recovery => self.recovery_sent_at,
            MailKind::EmailChange => self.email_change_sent_at,
        }
    }

    fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            aud: row.try_get("aud")?,
            role: row.try_get("role")?,
            email: row.try_get("email")?,
            password_hash: row.try_get("encrypted_password")?,
            email_confirmed_at: row.try_get("email_confirmed_at")?,
            confirmation_sent_at: row.try_get("confirmation_sent_at")?,
            recovery_sent_at: row.try_get("recovery_sent_at")?,
            email_change: row.try_get("email_change")?,
            email_change_sent_at: row.try_get("email_change_sent_at")?,
            last_sign_in_at: row.try_get("last_sign_in_at")?,
            app_metadata: row.try_get("raw_app_meta_data")?,
            metadata: row.try_get("raw_user_meta_data")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            banned_until: row.try_get("banned_until")?,
            is_anonymous: row.try_get("is_anonymous")?,
        })
    }
}

/// A new user with an address that still has to be confirmed; nothing if the address has one.
pub(super) async fn create(
    tx: &Transaction<'_>,
    email: &EmailAddress,
    password_hash: Option<&str>,
    metadata: Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<Option<User>, AuthError> {
    let sql = format!(
        "insert into auth.users
             (id, email, encrypted_password, raw_app_meta_data, raw_user_meta_data, created_at,
              updated_at)
         values ($1, $2, $3, $4, $5, $6, $6)
         on conflict (email) do nothing
         returning {COLUMNS}"
    );
    let app_metadata = serde_json::json!({"provider": "email", "providers": ["email"]});
    let metadata = Value::Object(metadata);
    let id = Uuid::new_v4();
    let row = tx
        .query_opt(
            &sql,
            &[
                &id,
                &email.as_str(),
                &password_hash,
                &app_metadata,
                &metadata,
                &now,
            ],
        )
        .await?;
    Ok(row.as_ref().map(User::read).transpose()?)
}

/// The user of an address.
pub(super) async fn find_by_email(
    tx: &Transaction<'_>,
    email: &str,
) -> Result<Option<User>, AuthError> {
    let sql = format!("select {COLUMNS} from auth.users where email = $1");
    let row = tx.query_opt(&sql, &[&email]).await?;
    Ok(row.as_ref().map(User::read).transpose()?)
}

/// The user of an id.
pub(super) async fn find(tx: &Transaction<'_>, id: Uuid) -> Result<Option<User>, AuthError> {
    let sql = format!("select {COLUMNS} from auth.users where id = $1");
    let row = tx.query_opt(&sql, &[&id]).await?;
    Ok(row.as_ref().map(User::read).transpose()?)
}

/// The user of an address, his row locked.
pub(super) async fn lock_by_email(
    tx: &Transaction<'_>,
    email: &str,
) -> Result<Option<User>, AuthError> {
    let sql = format!("select {COLUMNS} from auth.users where email = $1 for update");
    let row = tx.query_opt(&sql, &[&email]).await?;
    Ok(row.as_ref().map(User::read).transpose()?)
}

/// The user of an id, his row locked.
pub(super) async fn lock(tx: &Transaction<'_>, id: Uuid) -> Result<Option<User>, AuthError> {
    let sql = format!("select {COLUMNS} from auth.users where id = $1 for update");
    let row = tx.query_opt(&sql, &[&id]).await?;
    Ok(row.as_ref().map(User::read).transpose()?)
}

/// Notes that the address is the user's.
pub(super) async fn confirm(
    tx: &Transaction<'_>,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<User, AuthError> {
    let set = "email_confirmed_at = coalesce(email_confirmed_at, $2),
               raw_user_meta_data = raw_user_meta_data || '{\"email_verified\": true}'";
    update(tx, id, set, now, &[]).await
}

/// Notes that the user signed in.
pub(super) async fn note_sign_in(
    tx: &Transaction<'_>,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<User, AuthError> {
    update(tx, id, "last_sign_in_at = $2", now, &[]).await
}

/// Notes that a mail of this kind was sent.
pub(super) async fn note_mail(
    tx: &Transaction<'_>,
    id: Uuid,
    kind: MailKind,
    now: DateTime<Utc>,
) -> Result<User, AuthError> {
    let set = match kind {
        MailKind::Signup => "confirmation_sent_at = $2",
        MailKind::SignIn | MailKind::Recovery => "recovery_sent_at = $2",
        MailKind::EmailChange => "email_change_sent_at = $2",
    };
    update(tx, id, set, now, &[]).await
}

/// Another password. Mails that were sent before it no longer make later ones wait.
pub(super) async fn set_password(
    tx: &Transaction<'_>,
    id: Uuid,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<User, AuthError> {
    let set = "encrypted_password = $3, confirmation_sent_at = null, recovery_sent_at = null,
               email_change_sent_at = null";
    update(tx, id, set, now, &[&password_hash]).await
}

/// Adds to what the user says of himself; a null takes an entry away.
pub(super) async fn merge_metadata(
    tx: &Transaction<'_>,
    id: Uuid,
    changes: Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<User, AuthError> {
    let set = "raw_user_meta_data = (raw_user_meta_data || $3::jsonb) - $4::text[]";
    let removed: Vec<String> = changes
        .iter()
        .filter(|(_, value)| value.is_null())
        .map(|(name, _)| name.clone())
        .collect();
    update(tx, id, set, now, &[&Value::Object(changes), &removed]).await
}

/// Notes the address that the user wants to change to.
pub(super) async fn await_email_change(
    tx: &Transaction<'_>,
    id: Uuid,
    email: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<User, AuthError> {
    update(tx, id, "email_change = $3", now, &[&email.as_str()]).await
}

/// Makes the address that waited the user's own.
pub(super) async fn finish_email_change(
    tx: &Transaction<'_>,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<User, AuthError> {
    let set = "email = email_change, email_change = ''";
    update(tx, id, set, now, &[])
        .await
        .map_err(|error| match error {
            AuthError::Database(error) if is_taken_address(&error) => AuthError::EmailExists,
            other => other,
        })
}

/// Changes a row that the caller has locked. `$1` is the id, `$2` is now.
async fn update(
    tx: &Transaction<'_>,
    id: Uuid,
    set: &str,
    now: DateTime<Utc>,
    more: &[&(dyn tokio_postgres::types::ToSql + Sync)],
) -> Result<User, AuthError> {
    let sql =
        format!("update auth.users set {set}, updated_at = $2 where id = $1 returning {COLUMNS}");
    let mut values: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = vec![&id, &now];
    values.extend_from_slice(more);
    let row = tx.query_one(&sql, &values).await?;
    Ok(User::read(&row)?)
}

fn is_taken_address(error: &tokio_postgres::Error) -> bool {
    error
        .as_db_error()
        .is_some_and(|error| error.constraint() == Some("users_email_unique"))
}
