//! `POST /token`: a session for a password; the other grant is in `refresh.rs`.

use std::sync::Arc;

use axum::extract::{FromRequest, Query, Request, State};
use axum::http::Uri;
use axum::{Extension, Json};
use serde::Deserialize;

use super::attempts::Attempts;
use super::error::AuthError;
use super::grant::{self, SessionBody};
use super::invalid::Invalid;
use super::request::{Body, Issuer, or_default};
use super::sessions::Method;
use super::users::{self, User};
use super::{database, passwords, refresh};
use crate::shared::Shared;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GrantQuery {
    grant_type: String,
}

/// The body of the grant `password`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Credentials {
    #[serde(deserialize_with = "or_default")]
    email: String,
    #[serde(deserialize_with = "or_default")]
    phone: String,
    #[serde(deserialize_with = "or_default")]
    password: String,
}

/// `POST /token?grant_type=…`.
pub(super) async fn token(
    State(shared): State<Arc<Shared>>,
    Extension(attempts): Extension<Attempts>,
    uri: Uri,
    issuer: Issuer,
    request: Request,
) -> Result<Json<SessionBody>, AuthError> {
    let Query(query) = Query::<GrantQuery>::try_from_uri(&uri).unwrap_or_default();
    match query.grant_type.as_str() {
        "password" => {
            let Body(credentials) = Body::from_request(request, &shared).await?;
            by_password(&shared, &attempts, &issuer, credentials)
                .await
                .map(Json)
        }
        "refresh_token" => {
            let Body(wish) = Body::from_request(request, &shared).await?;
            refresh::refresh(&shared, &issuer, wish).await.map(Json)
        }
        _ => Err(AuthError::UnsupportedGrant),
    }
}

async fn by_password(
    shared: &Shared,
    attempts: &Attempts,
    issuer: &Issuer,
    credentials: Credentials,
) -> Result<SessionBody, AuthError> {
    if credentials.email.is_empty() {
        let nobody = credentials.phone.is_empty();
        return Err(if nobody {
            Invalid::NobodyNamed.into()
        } else {
            AuthError::PhoneDisabled
        });
    }
    let now = shared.now();
    attempts.count(
        &credentials.email,
        shared.settings().sign_in_attempts_max,
        now,
    )?;

    let known = look_up(shared, &credentials.email).await?;
    let hash = known
        .as_ref()
        .and_then(|user| user.password_hash.as_deref());
    if known.as_ref().is_some_and(|user| user.is_banned(now)) && hash.is_some() {
        return Err(AuthError::UserBanned);
    }
    // Compares for unknown users too.
    let is_right = passwords::matches(&credentials.password, hash).await?;
    let known = known
        .filter(|_| is_right)
        .ok_or(AuthError::InvalidCredentials)?;
    if !known.is_confirmed() {
        return Err(AuthError::EmailNotConfirmed);
    }

    let mut client = database::connection(shared).await?;
    let tx = database::begin(&mut client).await?;
    // While the password was compared, the user may have gone or chosen another one.
    let user = users::lock(&tx, known.id).await?;
    let user = user.filter(|user| user.password_hash == known.password_hash);
    let user = user.ok_or(AuthError::InvalidCredentials)?;
    let session = grant::sign_in(&tx, shared, issuer, &user, Method::Password).await?;
    tx.commit().await?;
    Ok(session)
}

/// The user of whatever was typed as an address; nothing that PostgreSQL could refuse gets there.
async fn look_up(shared: &Shared, typed: &str) -> Result<Option<User>, AuthError> {
    if typed.contains('\0') {
        return Ok(None);
    }
    let mut client = database::connection(shared).await?;
    let tx = database::begin(&mut client).await?;
    users::find_by_email(&tx, &typed.to_lowercase()).await
}
