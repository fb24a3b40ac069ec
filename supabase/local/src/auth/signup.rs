//! `POST /signup`, and how a new account comes to be.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio_postgres::Transaction;

use super::email_address::EmailAddress;
use super::error::AuthError;
use super::invalid::Invalid;
use super::request::{Body, Issuer, check_metadata, or_default};
use super::sessions::Method;
use super::users::{self, User};
use super::{codes, database, grant, identities, passwords, user_body};
use crate::mailbox::{Mail, MailKind};
use crate::shared::Shared;

/// The body of the call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SignUp {
    #[serde(deserialize_with = "or_default")]
    email: String,
    #[serde(deserialize_with = "or_default")]
    phone: String,
    #[serde(deserialize_with = "or_default")]
    password: String,
    #[serde(deserialize_with = "or_default")]
    data: Map<String, Value>,
}

/// An account to be.
pub(super) struct NewAccount {
    pub(super) email: EmailAddress,
    /// None for an account that is made by a code.
    pub(super) password_hash: Option<String>,
    pub(super) metadata: Map<String, Value>,
}

/// What a wish for an account came to.
pub(super) enum Registered {
    /// The address is confirmed, or needs not be.
    Confirmed(User),
    /// The mail still has to be delivered, and its code to be used.
    Waiting(User, Mail),
    /// There was a confirmed account before.
    Known,
}

/// `POST /signup`: a session, or the user while the address has to be confirmed.
pub(super) async fn sign_up(
    State(shared): State<Arc<Shared>>,
    issuer: Issuer,
    Body(wish): Body<SignUp>,
) -> Result<Response, AuthError> {
    let settings = shared.settings();
    if !settings.signup_enabled {
        return Err(AuthError::SignupDisabled);
    }
    check(&wish)?;
    passwords::check_strength(&wish.password, settings.password_length_min)?;
    let email = EmailAddress::parse(&wish.email)?;
    check_metadata(&wish.data)?;
    let password_hash = Some(passwords::hash(&wish.password).await?);
    let account = NewAccount {
        email,
        password_hash,
        metadata: wish.data,
    };

    let mut client = database::connection(&shared).await?;
    let tx = database::begin(&mut client).await?;
    match register(&tx, &shared, &account).await? {
        Registered::Known if settings.confirm_email => Ok(Json(user_body::of_nobody(
            &account.email,
            &account.metadata,
            shared.now(),
        ))
        .into_response()),
        Registered::Known => Err(AuthError::UserAlreadyExists),
        Registered::Confirmed(user) => {
            let session = grant::sign_in(&tx, &shared, &issuer, &user, Method::Password).await?;
            tx.commit().await?;
            Ok(Json(session).into_response())
        }
        Registered::Waiting(user, mail) => {
            let identities = identities::of_user(&tx, user.id).await?;
            tx.commit().await?;
            shared.mailbox.deliver(mail);
            Ok(Json(user_body::of(&user, &identities)).into_response())
        }
    }
}

/// Makes an account, or takes up one whose address was never confirmed. The latter keeps its
/// password and data: whoever asks now need not be who asked then.
pub(super) async fn register(
    tx: &Transaction<'_>,
    shared: &Shared,
    account: &NewAccount,
) -> Result<Registered, AuthError> {
    let now = shared.now();
    let email = &account.email;
    let password_hash = account.password_hash.as_deref();
    let user = match users::create(tx, email, password_hash, account.metadata.clone(), now).await? {
        Some(user) => {
            identities::create(tx, &user, now).await?;
            user
        }
        None => match users::lock_by_email(tx, email.as_str()).await? {
            Some(user) if !user.is_confirmed() => user,
            // Deleted between the two statements counts as known: the next attempt makes it anew.
            _ => return Ok(Registered::Known),
        },
    };
    if shared.settings().confirm_email {
        let mail = codes::issue(tx, shared, &user, MailKind::Signup, email.as_str()).await?;
        let user = users::find(tx, user.id)
            .await?
            .ok_or(AuthError::UserNotFound)?;
        return Ok(Registered::Waiting(user, mail));
    }
    confirm(tx, shared, &user).await.map(Registered::Confirmed)
}

/// Notes that the address of a user is his, on the user and on his identity.
pub(super) async fn confirm(
    tx: &Transaction<'_>,
    shared: &Shared,
    user: &User,
) -> Result<User, AuthError> {
    let now = shared.now();
    codes::forget(tx, user.id).await?;
    let user = users::confirm(tx, user.id, now).await?;
    identities::confirm(tx, &user, now).await?;
    Ok(user)
}

fn check(wish: &SignUp) -> Result<(), AuthError> {
    if wish.email.is_empty() && wish.phone.is_empty() {
        return Err(AuthError::AnonymousDisabled);
    }
    if !wish.phone.is_empty() {
        return Err(AuthError::PhoneDisabled);
    }
    if wish.password.is_empty() {
        return Err(Invalid::PasswordMissing.into());
    }
    Ok(())
}
