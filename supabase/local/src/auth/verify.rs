//! `POST /verify`: a code from a mail becomes a session.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tokio_postgres::Transaction;

use super::email_address::EmailAddress;
use super::error::AuthError;
use super::grant::{self, SessionBody};
use super::invalid::Invalid;
use super::request::{Body, Issuer, or_default};
use super::sessions::Method;
use super::users::{self, User};
use super::{codes, database, identities, signup};
use crate::mailbox::MailKind;
use crate::shared::Shared;

/// The body of the call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Verification {
    #[serde(rename = "type", deserialize_with = "or_default")]
    kind: String,
    #[serde(deserialize_with = "or_default")]
    email: String,
    #[serde(deserialize_with = "or_default")]
    token: String,
}

impl Verification {
    /// The kinds of mail whose codes this verification takes.
    fn kinds(&self) -> Result<&'static [MailKind], Invalid> {
        match self.kind.as_str() {
            "signup" | "invite" => Ok(&[MailKind::Signup]),
            "recovery" | "magiclink" => Ok(&[MailKind::Recovery]),
            "email" => Ok(&[MailKind::Signup, MailKind::SignIn]),
            "email_change" => Ok(&[MailKind::EmailChange]),
            "" => Err(Invalid::VerificationTypeMissing),
            _ => Err(Invalid::VerificationTypeUnknown),
        }
    }
}

/// `POST /verify`: a session for whoever has the code.
pub(super) async fn verify(
    State(shared): State<Arc<Shared>>,
    issuer: Issuer,
    Body(wish): Body<Verification>,
) -> Result<Json<SessionBody>, AuthError> {
    let kinds = wish.kinds()?;
    if wish.token.is_empty() {
        return Err(Invalid::CodeMissing.into());
    }
    if wish.email.is_empty() {
        return Err(Invalid::VerificationAddressMissing.into());
    }
    let address = EmailAddress::parse(&wish.email)?;
    let mut client = database::connection(&shared).await?;
    let tx = database::begin(&mut client).await?;
    let user = addressee(&tx, kinds, &address, &wish.token)
        .await?
        .ok_or(AuthError::OtpExpired)?;
    if user.is_banned(shared.now()) {
        return Err(AuthError::UserBannedAtCode);
    }
    let kind = used_kind(&tx, &shared, &user, kinds, &address, &wish.token).await?;
    let user = match kind {
        MailKind::EmailChange => change_address(&tx, &shared, &user).await?,
        MailKind::Signup | MailKind::SignIn | MailKind::Recovery => {
            signup::confirm(&tx, &shared, &user).await?
        }
    };
    let session = grant::sign_in(&tx, &shared, &issuer, &user, Method::Otp).await?;
    tx.commit().await?;
    Ok(Json(session))
}

/// Who was sent a code of one of these kinds to the address, his row locked. From then on only one
/// call uses the code.
async fn addressee(
    tx: &Transaction<'_>,
    kinds: &[MailKind],
    address: &EmailAddress,
    code: &str,
) -> Result<Option<User>, AuthError> {
    if kinds != [MailKind::EmailChange] {
        return users::lock_by_email(tx, address.as_str()).await;
    }
    match codes::changing_to(tx, address.as_str(), code).await? {
        Some(id) => users::lock(tx, id).await,
        None => Ok(None),
    }
}

async fn used_kind(
    tx: &Transaction<'_>,
    shared: &Shared,
    user: &User,
    kinds: &[MailKind],
    address: &EmailAddress,
    code: &str,
) -> Result<MailKind, AuthError> {
    for &kind in kinds {
        if codes::holds(tx, shared, user, kind, address.as_str(), code).await? {
            return Ok(kind);
        }
    }
    Err(AuthError::OtpExpired)
}

/// The new address is confirmed by its code; nothing is asked of the old one.
async fn change_address(
    tx: &Transaction<'_>,
    shared: &Shared,
    user: &User,
) -> Result<User, AuthError> {
    let now = shared.now();
    codes::forget(tx, user.id).await?;
    users::finish_email_change(tx, user.id, now).await?;
    let user = users::confirm(tx, user.id, now).await?;
    identities::confirm(tx, &user, now).await?;
    Ok(user)
}
