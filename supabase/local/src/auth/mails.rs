//! The calls that send a code: `POST /otp`, `/recover` and `/resend`. Whether an address has an
//! account does not show in their answers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio_postgres::Transaction;

use super::email_address::EmailAddress;
use super::error::AuthError;
use super::invalid::Invalid;
use super::request::{Body, check_metadata, or_default};
use super::signup::{NewAccount, Registered, register};
use super::users::User;
use super::{codes, database, users};
use crate::mailbox::{Mail, MailKind};
use crate::shared::Shared;

/// The body of `/otp`.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub(super) struct Otp {
    #[serde(deserialize_with = "or_default")]
    email: String,
    #[serde(deserialize_with = "or_default")]
    phone: String,
    create_user: bool,
    #[serde(deserialize_with = "or_default")]
    data: Map<String, Value>,
}

impl Default for Otp {
    fn default() -> Self {
        Self {
            email: String::new(),
            phone: String::new(),
            create_user: true,
            data: Map::new(),
        }
    }
}

/// The body of `/recover`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Recover {
    #[serde(deserialize_with = "or_default")]
    email: String,
}

/// The body of `/resend`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Resend {
    #[serde(rename = "type", deserialize_with = "or_default")]
    kind: String,
    #[serde(deserialize_with = "or_default")]
    email: String,
}

/// `POST /otp`: a code to sign in with, and an account if there is none.
pub(super) async fn otp(
    State(shared): State<Arc<Shared>>,
    Body(wish): Body<Otp>,
) -> Result<Json<Value>, AuthError> {
    if !wish.phone.is_empty() {
        return Err(AuthError::PhoneDisabled);
    }
    let email = EmailAddress::parse(&wish.email)?;
    check_metadata(&wish.data)?;
    if !shared.settings().otp_enabled {
        return Err(AuthError::OtpDisabled);
    }
    let mut client = database::connection(&shared).await?;
    let tx = database::begin(&mut client).await?;
    let mail = match users::lock_by_email(&tx, email.as_str()).await? {
        Some(user) if user.is_confirmed() => sign_in_code(&tx, &shared, &user, &email).await?,
        None if !wish.create_user => return Err(AuthError::OtpDisabled),
        _ => first_code(&tx, &shared, email, wish.data).await?,
    };
    tx.commit().await?;
    shared.mailbox.deliver(mail);
    Ok(Json(json!({})))
}

/// `POST /recover`: a code to choose a new password with.
pub(super) async fn recover(
    State(shared): State<Arc<Shared>>,
    Body(wish): Body<Recover>,
) -> Result<Json<Value>, AuthError> {
    let email = EmailAddress::parse(&wish.email)?;
    let mut client = database::connection(&shared).await?;
    let tx = database::begin(&mut client).await?;
    if let Some(user) = users::lock_by_email(&tx, email.as_str()).await? {
        let mail = codes::issue(&tx, &shared, &user, MailKind::Recovery, email.as_str()).await?;
        tx.commit().await?;
        shared.mailbox.deliver(mail);
    }
    Ok(Json(json!({})))
}

/// `POST /resend`: the code of a sign-up or of a change of address once more.
pub(super) async fn resend(
    State(shared): State<Arc<Shared>>,
    Body(wish): Body<Resend>,
) -> Result<Json<Value>, AuthError> {
    let kind = match wish.kind.as_str() {
        "signup" => MailKind::Signup,
        "email_change" => MailKind::EmailChange,
        _ => return Err(Invalid::ResendTypeUnknown.into()),
    };
    let email = EmailAddress::parse(&wish.email)?;
    let mut client = database::connection(&shared).await?;
    let tx = database::begin(&mut client).await?;
    let user = users::lock_by_email(&tx, email.as_str()).await?;
    if let Some((user, address)) = user.and_then(|user| waiting_address(user, kind)) {
        let mail = codes::issue(&tx, &shared, &user, kind, &address).await?;
        tx.commit().await?;
        shared.mailbox.deliver(mail);
    }
    Ok(Json(json!({})))
}

/// The address of a user that still waits for a code of this kind.
fn waiting_address(user: User, kind: MailKind) -> Option<(User, String)> {
    let address = match kind {
        MailKind::Signup if !user.is_confirmed() => user.email.clone()?,
        MailKind::EmailChange if !user.email_change.is_empty() => user.email_change.clone(),
        _ => return None,
    };
    Some((user, address))
}

/// The first code of an address: it confirms the address where that is asked for, as in GoTrue.
async fn first_code(
    tx: &Transaction<'_>,
    shared: &Shared,
    email: EmailAddress,
    metadata: Map<String, Value>,
) -> Result<Mail, AuthError> {
    if !shared.settings().signup_enabled {
        return Err(AuthError::SignupDisabled);
    }
    let account = NewAccount {
        email,
        password_hash: None,
        metadata,
    };
    match register(tx, shared, &account).await? {
        Registered::Waiting(_, mail) => Ok(mail),
        Registered::Confirmed(user) => sign_in_code(tx, shared, &user, &account.email).await,
        Registered::Known => {
            // Somebody else's call made the account in between.
            let user = users::lock_by_email(tx, account.email.as_str()).await?;
            sign_in_code(
                tx,
                shared,
                &user.ok_or(AuthError::Conflict)?,
                &account.email,
            )
            .await
        }
    }
}

async fn sign_in_code(
    tx: &Transaction<'_>,
    shared: &Shared,
    user: &User,
    email: &EmailAddress,
) -> Result<Mail, AuthError> {
    codes::issue(tx, shared, user, MailKind::SignIn, email.as_str()).await
}
