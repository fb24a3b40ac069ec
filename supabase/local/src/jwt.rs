//! Access tokens: JSON Web Tokens signed by HMAC-SHA-256. No other algorithm is known here, so
//! none can be chosen by a token.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What a token says. Claims without a field of their own are in `more`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The database role that the request becomes; `anon` when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// For whom the token is; a string or a list of strings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<Value>,
    /// When it ends, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was issued, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// When it begins to hold, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Everything else: `session_id`, `email`, `app_metadata` …
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Claims {
    /// The claims of a signed-in user as the auth door issues them, good for an hour from `now`.
    pub fn of_user(user_id: &str, now: DateTime<Utc>) -> Self {
        Self {
            sub: Some(user_id.to_owned()),
            role: Some("authenticated".to_owned()),
            aud: Some(Value::from("authenticated")),
            exp: Some((now + TimeDelta::hours(1)).timestamp()),
            iat: Some(now.timestamp()),
            ..Self::default()
        }
    }

    /// The same claims with another one beside them.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }
}

/// Why a token is not good. The texts are those of the REST door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenFault {
    /// There is a header, but no token in it.
    #[error("Empty JWT is sent in Authorization header")]
    Empty,
    /// Not three parts with dots between them.
    #[error("Expected 3 parts in JWT; got {0}")]
    Parts(usize),
    /// A part is not what it should be: not base64url, not JSON, or no algorithm.
    #[error("JWT cryptographic operation failed")]
    Undecodable,
    /// Another algorithm than HS256, `none` among them.
    #[error("Wrong or unsupported encoding algorithm")]
    Algorithm,
    /// Signed by another key, or altered.
    #[error("No suitable key or wrong key type")]
    Signature,
    /// The payload is not an object of claims.
    #[error("Parsing claims failed")]
    Claims,
    /// A time is not a number.
    #[error("The JWT '{0}' claim must be a number")]
    NotANumber(&'static str),
    /// Its end has passed.
    #[error("JWT expired")]
    Expired,
    /// It does not hold yet.
    #[error("JWT not yet valid")]
    NotYetValid,
    /// It was issued later than now.
    #[error("JWT issued at future")]
    IssuedAtFuture,
}

impl TokenFault {
    /// Whether the token was read and its signature holds: only what it says is wrong.
    pub(crate) fn concerns_claims(&self) -> bool {
        matches!(
            self,
            Self::Claims
                | Self::NotANumber(_)
                | Self::Expired
                | Self::NotYetValid
                | Self::IssuedAtFuture
        )
    }
}

/// Signs and checks tokens. Shows nothing of itself when printed.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// The key of a secret text of any length.
    pub(crate) fn new(secret: &str) -> Self {
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        let hashed = Sha256::digest(secret);
        // As HMAC has it: a secret longer than its block is hashed first.
        let bytes = if secret.len() > block.len() {
            &hashed[..]
        } else {
            secret.as_bytes()
        };
        block[..bytes.len()].copy_from_slice(bytes);
        Self(Hmac::new(&block))
    }

    /// A token that says `claims`.
    pub(crate) fn sign(&self, claims: &Claims) -> String {
        // Claims are texts, numbers and JSON values under text keys: they always have a JSON form.
        let payload = serde_json::to_string(claims).unwrap_or_default();
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature = self.0.clone().chain_update(&signed).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What `token` says, if this key signed it and its times hold at `now`, give or take `leeway`.
    pub(crate) fn verify(
        &self,
        token: &str,
        now: DateTime<Utc>,
        leeway: TimeDelta,
    ) -> Result<Claims, TokenFault> {
        let claims = self.read(token)?;
        check_times(&claims, now, leeway)?;
        serde_json::from_value(Value::Object(claims)).map_err(|_| TokenFault::Claims)
    }

    /// The payload, once the signature is known to be good.
    fn read(&self, token: &str) -> Result<Map<String, Value>, TokenFault> {
        if token.is_empty() {
            return Err(TokenFault::Empty);
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err(TokenFault::Parts(parts.len()));
        };
        let header: Header =
            serde_json::from_slice(&decoded(header)?).map_err(|_| TokenFault::Undecodable)?;
        if header.alg != "HS256" {
            return Err(TokenFault::Algorithm);
        }
        let signed = &token[..token.len() - signature.len() - 1];
        // Compares in constant time.
        let check = self
            .0
            .clone()
            .chain_update(signed)
            .verify_slice(&decoded(signature)?);
        check.map_err(|_| TokenFault::Signature)?;
        serde_json::from_slice(&decoded(payload)?).map_err(|_| TokenFault::Claims)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKey")
    }
}

/// The user that a token names, believed without a look at the signature: for logs and faults.
pub(crate) fn claimed_user(token: &str) -> Option<String> {
    let payload = decoded(token.split('.').nth(1)?).ok()?;
    let claims: Map<String, Value> = serde_json::from_slice(&payload).ok()?;
    Some(claims.get("sub")?.as_str()?.to_owned())
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

fn decoded(part: &str) -> Result<Vec<u8>, TokenFault> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenFault::Undecodable)
}

fn check_times(
    claims: &Map<String, Value>,
    now: DateTime<Utc>,
    leeway: TimeDelta,
) -> Result<(), TokenFault> {
    let (now, leeway) = (now.timestamp(), leeway.num_seconds());
    let time = |name| seconds(claims, name);
    if time("exp")?.is_some_and(|end| end < now.saturating_sub(leeway)) {
        return Err(TokenFault::Expired);
    }
    if time("nbf")?.is_some_and(|begin| begin > now.saturating_add(leeway)) {
        return Err(TokenFault::NotYetValid);
    }
    if time("iat")?.is_some_and(|issued| issued > now.saturating_add(leeway)) {
        return Err(TokenFault::IssuedAtFuture);
    }
    Ok(())
}

fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, TokenFault> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or(TokenFault::NotANumber(name)),
    }
}
