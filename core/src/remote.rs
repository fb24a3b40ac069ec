//! The server as a device meets it: one call that exchanges, and the calls of an account. Only this
//! module speaks HTTP.

mod account;
mod secret;
mod supabase;

use std::future::Future;
use std::time::Duration;

use thiserror::Error;

use crate::change::wire::{Request, Response};

pub use account::{Account, AccountError, CodeKind, Granted, SignOutScope, SignedUp, UserId};
pub use secret::{AccessToken, Password, RefreshToken};
pub use supabase::{InvalidServer, Limits, Supabase};

/// A server that particles are exchanged with.
pub trait Remote: Send + Sync + 'static {
    /// Pushes and pulls once, as whom `access_token` says.
    fn exchange(
        &self,
        access_token: &str,
        request: &Request,
    ) -> impl Future<Output = Result<Response, Failure>> + Send;
}

/// Why a call did not work, as far as it matters to what is done next.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// No connection could be made: no name, no route, refused, no certificate that is trusted, or no
    /// answer to the attempt.
    #[error("The server cannot be reached: {0}")]
    Unreachable(String),
    /// A connection stood, and the answer was an error of the server, unusable or late.
    #[error("The server cannot answer at present: {message}")]
    Unavailable {
        /// What it said, or what was wrong with it.
        message: String,
        /// How long it asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// The token is not accepted.
    #[error("The server did not accept the sign-in of this device.")]
    Unauthorized {
        /// The server's clock is behind the one that made the token: it will be good soon.
        issued_in_future: bool,
    },
    /// The request as a whole cannot be taken: one of its changes may be guilty.
    #[error("The server refused the request: {message}")]
    Rejected {
        /// The code, if it gave one.
        code: Option<String>,
        /// What it said.
        message: String,
    },
    /// This machine could not do its part; the server was not asked.
    #[error("{0}")]
    Local(String),
    /// Waiting does not help: somebody has to do something.
    #[error(transparent)]
    Attention(#[from] Attention),
    /// The session is over: the person has to sign in again. Nothing else ends a session.
    #[error(
        "This device was signed out by the server ({code}). Everything is kept here; sign in again to go on."
    )]
    SignedOut {
        /// What the server said.
        code: String,
    },
}

/// What somebody has to do before a sync can work.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Attention {
    /// The server speaks an older protocol.
    #[error(
        "The Particle on the server is older than this one: its newest migrations have to be pushed."
    )]
    ServerTooOld,
    /// The server speaks a newer protocol.
    #[error("The Particle on the server is newer than this one. Update this one.")]
    AppTooOld,
    /// The function is missing.
    #[error("The server has no Particle on it yet: its migrations have to be pushed.")]
    MissingFunction,
    /// The publishable key is wrong.
    #[error("The server does not know this key. Check the publishable key of the project.")]
    WrongKey,
    /// The account is gone.
    #[error("The account was deleted on the server. Everything is kept here.")]
    AccountGone,
    /// What answers is no Supabase.
    #[error("What answers at this address is no Supabase.")]
    NotSupabase,
    /// The place where this device keeps its sign-in cannot be used.
    #[error("{0}")]
    Vault(String),
}
