//! What every door of one server knows.

use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, Utc};
use deadpool_postgres::Pool;

use crate::faults::Faults;
use crate::jwt::SigningKey;
use crate::mailbox::Mailbox;
use crate::requests::Requests;
use crate::settings::Settings;

/// One server's state, behind an `Arc` in every handler.
pub(crate) struct Shared {
    /// Connections of the role `authenticator`, which becomes the role of the token.
    pub(crate) rest_pool: Pool,
    /// Connections of the role `supabase_auth_admin`, which owns the schema `auth`.
    pub(crate) auth_pool: Pool,
    /// Signs and checks access tokens.
    pub(crate) signing_key: SigningKey,
    /// What a client sends as `apikey`; grants nothing by itself.
    pub(crate) publishable_key: String,
    /// The other `apikey`: its requests become `service_role`.
    pub(crate) secret_key: String,
    /// What is made to go wrong.
    pub(crate) faults: Faults,
    /// Mails that would have been sent.
    pub(crate) mailbox: Mailbox,
    /// What was answered.
    pub(crate) requests: Requests,
    settings: RwLock<Settings>,
}

impl Shared {
    /// A server's state at its start.
    pub(crate) fn new(
        pools: (Pool, Pool),
        signing_key: SigningKey,
        publishable_key: String,
        secret_key: String,
        settings: Settings,
    ) -> Self {
        let (rest_pool, auth_pool) = pools;
        Self {
            rest_pool,
            auth_pool,
            signing_key,
            publishable_key,
            secret_key,
            faults: Faults::default(),
            mailbox: Mailbox::default(),
            requests: Requests::default(),
            settings: RwLock::new(settings),
        }
    }

    /// The knobs as they stand now.
    pub(crate) fn settings(&self) -> Settings {
        // A panic while a knob was turned leaves whole settings behind.
        let settings = self.settings.read().unwrap_or_else(PoisonError::into_inner);
        settings.clone()
    }

    /// Turns knobs.
    pub(crate) fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        change(&mut settings);
    }

    /// The server's clock: this machine's, moved by the knob.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.settings().clock_offset
    }
}
