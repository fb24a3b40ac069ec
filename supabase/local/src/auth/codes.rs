//! The table `auth.one_time_tokens`: codes that were mailed and wait to be used. A user has one of
//! a type; a new one replaces it. The caller holds the lock of the user's row.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, make_rng};
use sha2::{Digest, Sha224};
use tokio_postgres::Transaction;
use uuid::Uuid;

use super::error::AuthError;
use super::users::{self, User};
use crate::mailbox::{Mail, MailKind};
use crate::shared::Shared;

/// Codes have six digits.
const CODES: u32 = 1_000_000;

/// A new code and the mail that carries it, to be delivered once the transaction is committed.
pub(super) async fn issue(
    tx: &Transaction<'_>,
    shared: &Shared,
    user: &User,
    kind: MailKind,
    address: &str,
) -> Result<Mail, AuthError> {
    let now = shared.now();
    check_interval(user.mail_sent_at(kind), shared, now)?;
    let code = format!("{:06}", make_rng::<StdRng>().random_range(0..CODES));
    tx.execute(
        "insert into auth.one_time_tokens
             (user_id, token_type, token_hash, relates_to, created_at, updated_at)
         values ($1, $2::text::auth.one_time_token_type, $3, $4, $5, $5)
         on conflict (user_id, token_type) do update
         set token_hash = excluded.token_hash, relates_to = excluded.relates_to,
             created_at = excluded.created_at, updated_at = excluded.updated_at",
        &[
            &user.id,
            &token_type(kind),
            &hash(address, &code),
            &address,
            &now,
        ],
    )
    .await?;
    users::note_mail(tx, user.id, kind, now).await?;
    Ok(Mail {
        to: address.to_owned(),
        kind,
        code,
        sent_at: now,
    })
}

/// Who waits for this code to change his address to this one. Locks nothing.
pub(super) async fn changing_to(
    tx: &Transaction<'_>,
    address: &str,
    code: &str,
) -> Result<Option<Uuid>, AuthError> {
    let row = tx
        .query_opt(
            "select user_id
             from   auth.one_time_tokens
             where  relates_to = $1 and token_type = 'email_change_token_new' and token_hash = $2
             limit  1",
            &[&address, &hash(address, code)],
        )
        .await?;
    Ok(row.map(|row| row.try_get("user_id")).transpose()?)
}

/// Whether the code is the user's of this kind and young enough. Nothing changes.
pub(super) async fn holds(
    tx: &Transaction<'_>,
    shared: &Shared,
    user: &User,
    kind: MailKind,
    address: &str,
    code: &str,
) -> Result<bool, AuthError> {
    let row = tx
        .query_opt(
            "select created_at
             from   auth.one_time_tokens
             where  user_id = $1 and token_type = $2::text::auth.one_time_token_type
             and    token_hash = $3",
            &[&user.id, &token_type(kind), &hash(address, code)],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    let sent_at: DateTime<Utc> = row.try_get("created_at")?;
    Ok(shared.now() <= sent_at + shared.settings().code_life)
}

/// Forgets every code of a user: one was used, or he has another password.
pub(super) async fn forget(tx: &Transaction<'_>, user_id: Uuid) -> Result<(), AuthError> {
    tx.execute(
        "delete from auth.one_time_tokens where user_id = $1",
        &[&user_id],
    )
    .await?;
    Ok(())
}

/// A code to sign in is kept as one to recover, as in GoTrue: the newer replaces the older.
fn token_type(kind: MailKind) -> &'static str {
    match kind {
        MailKind::Signup => "confirmation_token",
        MailKind::SignIn | MailKind::Recovery => "recovery_token",
        MailKind::EmailChange => "email_change_token_new",
    }
}

fn hash(address: &str, code: &str) -> String {
    URL_SAFE_NO_PAD.encode(
        Sha224::new()
            .chain_update(address)
            .chain_update(code)
            .finalize(),
    )
}

fn check_interval(
    sent_at: Option<DateTime<Utc>>,
    shared: &Shared,
    now: DateTime<Utc>,
) -> Result<(), AuthError> {
    let Some(sent_at) = sent_at else {
        return Ok(());
    };
    let next = sent_at + shared.settings().mail_interval;
    if next <= now {
        return Ok(());
    }
    Err(AuthError::OverEmailSendRateLimit {
        seconds: (next - now).num_seconds(),
    })
}
