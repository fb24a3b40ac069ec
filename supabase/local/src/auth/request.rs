//! What the calls of the auth door take out of a request: a JSON body, the bearer, the issuer.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::database;
use super::error::AuthError;
use super::invalid::Invalid;
use super::sessions::{self, Session};
use super::users::{self, User};
use crate::jwt::{Claims, TokenFault};
use crate::shared::Shared;

/// A body of JSON, whatever its content type says, as GoTrue reads it.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<Shared>> for Body<T> {
    type Rejection = AuthError;

    async fn from_request(request: Request, state: &Arc<Shared>) -> Result<Self, AuthError> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(AuthError::BodyUnreadable)?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(AuthError::BadJson)
    }
}

/// A null counts as a missing value, as in Go.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Refuses U+0000 anywhere in what is to be stored as jsonb.
pub(super) fn check_metadata(metadata: &Map<String, Value>) -> Result<(), Invalid> {
    let holds_nul = metadata
        .iter()
        .any(|(name, value)| name.contains('\0') || value_holds_nul(value));
    if holds_nul {
        Err(Invalid::NulCharacter)
    } else {
        Ok(())
    }
}

fn value_holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(value_holds_nul),
        Value::Object(object) => check_metadata(object).is_err(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The `iss` of access tokens: this door under the name by which the client called it.
pub(super) struct Issuer(pub(super) String);

impl FromRequestParts<Arc<Shared>> for Issuer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &Arc<Shared>,
    ) -> Result<Self, Self::Rejection> {
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        Ok(Self(format!(
            "http://{}/auth/v1",
            host.unwrap_or("localhost")
        )))
    }
}

/// The user of a good access token whose session still stands. A token without `session_id` is good
/// for the user alone.
pub(super) struct SignedIn {
    pub(super) user: User,
    pub(super) session: Option<Session>,
}

impl FromRequestParts<Arc<Shared>> for SignedIn {
    type Rejection = AuthError;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<Self, AuthError> {
        let token = bearer(&parts.headers).ok_or(AuthError::NoAuthorization)?;
        let claims = verified(shared, token).map_err(AuthError::BadJwt)?;
        let user_id = claimed_id(claims.sub.as_deref(), "sub")?;
        let session_id = match claims.more.get("session_id") {
            None | Some(Value::Null) => None,
            Some(id) => Some(claimed_id(id.as_str(), "session_id")?),
        };
        let mut client = database::connection(shared).await?;
        let tx = database::begin(&mut client).await?;
        let user = users::find(&tx, user_id)
            .await?
            .ok_or(AuthError::UserNotFound)?;
        let session = match session_id {
            None => None,
            Some(id) => Some(
                sessions::find(&tx, id)
                    .await?
                    .ok_or(AuthError::SessionNotFound)?,
            ),
        };
        Ok(Self { user, session })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let is_token = !token.is_empty() && !token.contains(char::is_whitespace);
    (matches!(scheme, "Bearer" | "bearer") && is_token).then_some(token)
}

/// GoTrue looks at `exp` and `nbf` to the second and at `iat` not at all.
fn verified(shared: &Shared, token: &str) -> Result<Claims, TokenFault> {
    const EVER: TimeDelta = TimeDelta::days(36_500);
    let now: DateTime<Utc> = shared.now();
    let claims = shared.signing_key.verify(token, now, EVER)?;
    if claims.exp.is_some_and(|end| end <= now.timestamp()) {
        return Err(TokenFault::Expired);
    }
    if claims.nbf.is_some_and(|begin| begin > now.timestamp()) {
        return Err(TokenFault::NotYetValid);
    }
    Ok(claims)
}

fn claimed_id(claim: Option<&str>, name: &'static str) -> Result<Uuid, AuthError> {
    claim
        .and_then(|id| id.parse().ok())
        .ok_or(AuthError::BadClaim(name))
}
