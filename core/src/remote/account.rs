//! An account as its server tells of it, and why a call about it can fail.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::{AccessToken, Failure, RefreshToken};

/// Who somebody is to a server. Together with its address: an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(Uuid);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for UserId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text).map(Self)
    }
}

/// Somebody's account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Stays the same when the address changes.
    pub id: UserId,
    /// The address to sign in with.
    #[serde(default)]
    pub email: Option<String>,
    /// An address that waits for its confirmation.
    #[serde(default)]
    pub new_email: Option<String>,
}

/// What a server gives to whoever signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Goes with every request.
    pub access_token: AccessToken,
    /// Gets the next one.
    pub refresh_token: RefreshToken,
    /// How long the access token is good, from when it was made.
    pub lifetime: Duration,
    /// Whose they are.
    pub account: Account,
}

/// What became of signing up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedUp {
    /// Signed in at once.
    Granted(Granted),
    /// A code was sent to the address; or there is an account already, which is not told.
    ConfirmMail,
}

/// What a code in a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// Signing in.
    Email,
    /// Signing in to choose another password.
    Recovery,
    /// Confirming a new account.
    Signup,
}

/// Which devices sign out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOutScope {
    /// This one.
    Local,
    /// All.
    Global,
    /// All but this one.
    Others,
}

/// Why a call about an account failed: a closed set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AccountError {
    /// The address is taken.
    #[error("There is an account with this e-mail address already. Sign in with it instead.")]
    AlreadyRegistered,
    /// The password is too easy.
    #[error("The password is too weak{}. Choose a longer one.", listed(.reasons))]
    WeakPassword {
        /// What is wrong with it, in the server's words: `length`, `characters`, `pwned`.
        reasons: Vec<String>,
    },
    /// The password is the present one.
    #[error("This is the password that the account has already.")]
    SamePassword,
    /// Nobody may sign up.
    #[error("This server takes no new accounts.")]
    SignupDisabled,
    /// A value that the server cannot take, the address above all.
    #[error("The server cannot take that: {0}")]
    Invalid(String),
    /// Unknown address or wrong password.
    #[error("The e-mail address or the password is wrong.")]
    InvalidCredentials,
    /// The address waits for its confirmation.
    #[error("The e-mail address is not confirmed yet. Enter the code from the mail.")]
    EmailNotConfirmed,
    /// The account is shut out.
    #[error("The server has shut this account out.")]
    Banned,
    /// Wrong, used or too old.
    #[error("The code is wrong, or too old. Ask for a new one.")]
    CodeInvalid,
    /// The server sends no codes, or none to an address without an account.
    #[error(
        "No code can be sent: there is no account with this address, or the server sends none."
    )]
    CodesDisabled,
    /// The last mail to the address was sent only just now.
    #[error("A mail was sent only just now. {0}")]
    MailTooSoon(String),
    /// Too many attempts.
    #[error("There were too many attempts. Wait a few minutes, then try again.")]
    TooManyAttempts,
    /// The sign-in that the call was made with is not good any more.
    #[error("This device is not signed in any more. Sign in again; everything is kept here.")]
    SessionOver,
    /// Refused with a code that is not known here.
    #[error("The server refused: {message} ({code})")]
    Refused {
        /// The server's code.
        code: String,
        /// What it said.
        message: String,
    },
    /// The server was not reached, or could not answer.
    #[error(transparent)]
    Server(#[from] Failure),
}

fn listed(reasons: &[String]) -> String {
    if reasons.is_empty() {
        return String::new();
    }
    format!(" ({})", reasons.join(", "))
}
