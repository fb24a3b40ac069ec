//! The calls of somebody signed in: `GET /user`, `PUT /user` and `POST /logout`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio_postgres::Transaction;

use super::email_address::EmailAddress;
use super::error::AuthError;
use super::invalid::Invalid;
use super::request::{Body, SignedIn, check_metadata, or_default};
use super::users::{self, User};
use super::{codes, database, identities, passwords, sessions, user_body};
use crate::mailbox::{Mail, MailKind};
use crate::shared::Shared;

/// The body of `PUT /user`. What is missing stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    #[serde(deserialize_with = "or_default")]
    email: String,
    #[serde(deserialize_with = "or_default")]
    phone: String,
    password: Option<String>,
    data: Option<Map<String, Value>>,
}

/// What is left of a wish once it was looked at.
struct Changes {
    /// Another address than the one that the user has.
    email: Option<EmailAddress>,
    password_hash: Option<String>,
    data: Option<Map<String, Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LogoutQuery {
    scope: String,
}

/// `GET /user`.
pub(super) async fn get_user(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
) -> Result<Json<Value>, AuthError> {
    let mut client = database::connection(&shared).await?;
    let tx = database::begin(&mut client).await?;
    let identities = identities::of_user(&tx, signed_in.user.id).await?;
    Ok(Json(user_body::of(&signed_in.user, &identities)))
}

/// `PUT /user`: another password, other data, or a code to another address.
pub(super) async fn put_user(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
    Body(wish): Body<Wish>,
) -> Result<Json<Value>, AuthError> {
    let changes = check(&shared, &signed_in.user, wish).await?;
    let mut client = database::connection(&shared).await?;
    let tx = database::begin(&mut client).await?;
    let mail = apply(&tx, &shared, &signed_in, changes).await?;
    let user = users::find(&tx, signed_in.user.id)
        .await?
        .ok_or(AuthError::UserNotFound)?;
    let identities = identities::of_user(&tx, user.id).await?;
    tx.commit().await?;
    if let Some(mail) = mail {
        shared.mailbox.deliver(mail);
    }
    Ok(Json(user_body::of(&user, &identities)))
}

/// `POST /logout?scope=…`: ends all sessions of the user, this one, or all others.
pub(super) async fn log_out(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    signed_in: SignedIn,
) -> Result<StatusCode, AuthError> {
    let Query(query) = Query::<LogoutQuery>::try_from_uri(&uri).unwrap_or_default();
    let mut client = database::connection(&shared).await?;
    let tx = database::begin(&mut client).await?;
    let user_id = signed_in.user.id;
    match (query.scope.as_str(), signed_in.session) {
        ("" | "global", _) | ("local" | "others", None) => sessions::end_all(&tx, user_id).await?,
        ("local", Some(session)) => sessions::end(&tx, session.id).await?,
        ("others", Some(session)) => sessions::end_others(&tx, user_id, session.id).await?,
        _ => return Err(Invalid::LogoutScopeUnknown.into()),
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Everything that can be refused before a row is locked; hashing takes its time.
async fn check(shared: &Shared, user: &User, wish: Wish) -> Result<Changes, AuthError> {
    if !wish.phone.is_empty() {
        return Err(AuthError::PhoneDisabled);
    }
    let email = match wish.email.as_str() {
        "" => None,
        text => Some(EmailAddress::parse(text)?),
    };
    let email = email.filter(|email| user.email.as_deref() != Some(email.as_str()));
    if let Some(password) = &wish.password {
        passwords::check_strength(password, shared.settings().password_length_min)?;
    }
    if let Some(data) = &wish.data {
        check_metadata(data)?;
    }
    if let Some(email) = &email {
        check_free(shared, email).await?;
    }
    let password_hash = match wish.password {
        None => None,
        Some(password) if passwords::matches(&password, user.password_hash.as_deref()).await? => {
            return Err(AuthError::SamePassword);
        }
        Some(password) => Some(passwords::hash(&password).await?),
    };
    Ok(Changes {
        email,
        password_hash,
        data: wish.data,
    })
}

async fn check_free(shared: &Shared, email: &EmailAddress) -> Result<(), AuthError> {
    let mut client = database::connection(shared).await?;
    let tx = database::begin(&mut client).await?;
    match users::find_by_email(&tx, email.as_str()).await? {
        Some(_) => Err(AuthError::EmailExists),
        None => Ok(()),
    }
}

/// Changes the user; a mail that it brings is to be delivered after the commit.
async fn apply(
    tx: &Transaction<'_>,
    shared: &Shared,
    signed_in: &SignedIn,
    changes: Changes,
) -> Result<Option<Mail>, AuthError> {
    let now = shared.now();
    let id = signed_in.user.id;
    let mut user = users::lock(tx, id).await?.ok_or(AuthError::UserNotFound)?;
    if let Some(hash) = changes.password_hash {
        user = users::set_password(tx, id, &hash, now).await?;
        codes::forget(tx, id).await?;
        // As in GoTrue: whoever knew the old password is signed out.
        match &signed_in.session {
            Some(session) => sessions::end_others(tx, id, session.id).await?,
            None => sessions::end_all(tx, id).await?,
        }
    }
    if let Some(data) = changes.data {
        user = users::merge_metadata(tx, id, data, now).await?;
    }
    let Some(email) = changes.email else {
        return Ok(None);
    };
    users::await_email_change(tx, id, &email, now).await?;
    codes::issue(tx, shared, &user, MailKind::EmailChange, email.as_str())
        .await
        .map(Some)
}
