//! The tokens of a session as they are written down.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{KeptAccess, Secrets};
use crate::remote::{AccessToken, RefreshToken};

/// The tokens as they are written down.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    pub(super) refresh_token: String,
    #[serde(default)]
    pub(super) access: Option<WrittenAccess>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WrittenAccess {
    pub(super) token: String,
    pub(super) obtained_at: DateTime<Utc>,
    lifetime_seconds: u64,
}

/// What the file of a session says.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kept_in", rename_all = "snake_case")]
pub(super) enum Kept {
    Keyring,
    File(Written),
}

impl From<Written> for Secrets {
    fn from(written: Written) -> Self {
        Self {
            refresh: RefreshToken::new(written.refresh_token),
            access: written.access.map(|access| KeptAccess {
                token: AccessToken::new(access.token),
                obtained_at: access.obtained_at,
                lifetime: Duration::from_secs(access.lifetime_seconds),
            }),
        }
    }
}

impl From<&Secrets> for Written {
    fn from(secrets: &Secrets) -> Self {
        Self {
            refresh_token: secrets.refresh.expose().to_owned(),
            access: secrets.access.as_ref().map(|access| WrittenAccess {
                token: access.token.expose().to_owned(),
                obtained_at: access.obtained_at,
                lifetime_seconds: access.lifetime.as_secs(),
            }),
        }
    }
}
