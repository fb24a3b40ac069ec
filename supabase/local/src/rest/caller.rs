//! Who asks: the role and the claims that a request's key and token give.

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use chrono::TimeDelta;

use crate::gateway::{ApiKey, known_key};
use crate::jwt::{Claims, TokenFault};
use crate::shared::Shared;

/// How far the clock of whoever issued a token may be off.
const LEEWAY: TimeDelta = TimeDelta::seconds(30);
/// The role of those who are not signed in.
const ANONYMOUS: &str = "anon";

/// The asker as the database will see it.
#[derive(Debug)]
pub(super) struct Caller {
    /// The role to become. Not yet known to exist, nor to be allowed.
    pub(super) role: String,
    /// The claims as JSON, the role among them.
    pub(super) claims: String,
}

impl Caller {
    /// Reads the header `Authorization`. The key itself in it is as good as nothing.
    pub(super) fn of(shared: &Shared, parts: &Parts) -> Result<Self, TokenFault> {
        let key = parts
            .extensions
            .get::<ApiKey>()
            .copied()
            .unwrap_or(ApiKey::Publishable);
        let claims = match bearer(parts) {
            Some(token) if known_key(shared, token) != Some(key) => {
                shared.signing_key.verify(token, shared.now(), LEEWAY)?
            }
            _ => Claims {
                role: Some(key.role().to_owned()),
                ..Claims::default()
            },
        };
        let role = claims.role.clone().unwrap_or_else(|| ANONYMOUS.to_owned());
        let claims = Claims {
            role: Some(role.clone()),
            ..claims
        };
        let claims = serde_json::to_string(&claims).map_err(|_| TokenFault::Claims)?;
        Ok(Self { role, claims })
    }

    /// Whether a refusal means "sign in" and not "not you".
    pub(super) fn is_anonymous(&self) -> bool {
        self.role == ANONYMOUS
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
