//! The knobs. All but the pool size can be turned while the server runs.

use std::time::Duration;

use chrono::TimeDelta;

/// How this Supabase behaves. The defaults are those of a new hosted project, but that an e-mail
/// address counts as confirmed at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How far the server's clock is ahead of this machine's; may be negative. It holds for tokens,
    /// mails and for the clock that the database functions read.
    pub clock_offset: TimeDelta,
    /// How long an access token lives.
    pub token_life: Duration,
    /// How long a used refresh token is honoured again.
    pub reuse_interval: Duration,
    /// How long one address waits between two mails.
    pub mail_interval: Duration,
    /// How long a code in a mail is good for.
    pub code_life: Duration,
    /// Whether a new address has to be confirmed by a code before its user can sign in.
    pub confirm_email: bool,
    /// Whether new users may sign up.
    pub signup_enabled: bool,
    /// Whether codes by e-mail are given out.
    pub otp_enabled: bool,
    /// How many characters a password has at least.
    pub password_length_min: usize,
    /// Attempts to sign in that one address may make in five minutes.
    pub sign_in_attempts_max: u32,
    /// How long a request waits for a connection to the database.
    pub pool_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            clock_offset: TimeDelta::zero(),
            token_life: Duration::from_hours(1),
            reuse_interval: Duration::from_secs(10),
            mail_interval: Duration::from_mins(1),
            code_life: Duration::from_hours(1),
            confirm_email: false,
            signup_enabled: true,
            otp_enabled: true,
            password_length_min: 6,
            sign_in_attempts_max: 30,
            pool_timeout: Duration::from_secs(10),
        }
    }
}
