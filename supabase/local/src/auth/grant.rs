//! What a client gets that is signed in: a session with an access token and a refresh token.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio_postgres::Transaction;

use super::error::AuthError;
use super::request::Issuer;
use super::sessions::{self, Method, Session};
use super::users::{self, User};
use super::{identities, refresh_tokens, user_body};
use crate::jwt::Claims;
use crate::shared::Shared;

/// The body of a session.
#[derive(Debug, Serialize)]
pub(super) struct SessionBody {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    expires_at: i64,
    refresh_token: String,
    user: Value,
}

/// Signs a user in: a new session with its first refresh token.
pub(super) async fn sign_in(
    tx: &Transaction<'_>,
    shared: &Shared,
    issuer: &Issuer,
    user: &User,
    method: Method,
) -> Result<SessionBody, AuthError> {
    let now = shared.now();
    let user = users::note_sign_in(tx, user.id, now).await?;
    let session = sessions::begin(tx, user.id, method, now).await?;
    let refresh_token = refresh_tokens::issue(tx, user.id, session.id, None, now).await?;
    session_body(tx, shared, issuer, &user, &session, refresh_token).await
}

/// The session as it stands, with an access token issued now.
pub(super) async fn session_body(
    tx: &Transaction<'_>,
    shared: &Shared,
    issuer: &Issuer,
    user: &User,
    session: &Session,
    refresh_token: String,
) -> Result<SessionBody, AuthError> {
    let now = shared.now();
    let identities = identities::of_user(tx, user.id).await?;
    // Beyond an i64 of seconds lies no date.
    let expires_in = i64::try_from(shared.settings().token_life.as_secs()).unwrap_or(i64::MAX);
    let expires_at = now.timestamp().saturating_add(expires_in);
    let claims = access_claims(issuer, user, session, now, expires_at);
    Ok(SessionBody {
        access_token: shared.signing_key.sign(&claims),
        token_type: "bearer",
        expires_in,
        expires_at,
        refresh_token,
        user: user_body::of(user, &identities),
    })
}

fn access_claims(
    issuer: &Issuer,
    user: &User,
    session: &Session,
    now: DateTime<Utc>,
    expires_at: i64,
) -> Claims {
    let more = [
        ("iss", json!(issuer.0)),
        ("email", json!(user.email.as_deref().unwrap_or_default())),
        ("phone", json!("")),
        ("app_metadata", user.app_metadata.clone()),
        ("user_metadata", user.metadata.clone()),
        ("aal", json!("aal1")),
        (
            "amr",
            json!([{"method": session.method, "timestamp": session.created_at.timestamp()}]),
        ),
        ("session_id", json!(session.id)),
        ("is_anonymous", json!(user.is_anonymous)),
    ];
    Claims {
        sub: Some(user.id.to_string()),
        role: Some(user.role.clone()),
        aud: Some(json!(user.aud)),
        exp: Some(expires_at),
        iat: Some(now.timestamp()),
        nbf: None,
        more: more
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<Map<_, _>>(),
    }
}
