//! The auth door, `/auth/v1`, as GoTrue behaves: accounts by e-mail and password or by mailed
//! codes, sessions with rotating refresh tokens. State is in the schema `auth`; which of two calls
//! comes first is decided by row locks there, always in the order user, session, token. All times
//! are the server's clock. Not here: API keys (the gateway), OAuth, telephone numbers, MFA.

mod about;
mod account;
mod attempts;
mod codes;
mod database;
mod email_address;
mod error;
mod grant;
mod identities;
mod invalid;
mod mails;
mod passwords;
mod refresh;
mod refresh_tokens;
mod request;
mod sessions;
mod signup;
mod token;
mod user_body;
mod users;
mod verify;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Extension, Router, middleware};

use crate::shared::Shared;

/// The routes of the door, to be mounted under `/auth/v1`. Each call counts its own sign-ins.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/signup", post(signup::sign_up))
        .route("/token", post(token::token))
        .route("/otp", post(mails::otp))
        .route("/recover", post(mails::recover))
        .route("/resend", post(mails::resend))
        .route("/verify", post(verify::verify))
        .route("/user", get(account::get_user).put(account::put_user))
        .route("/logout", post(account::log_out))
        .route("/settings", get(about::settings))
        .route("/health", get(about::health))
        .route("/.well-known/jwks.json", get(about::key_set))
        .layer(Extension(attempts::Attempts::default()))
        .layer(middleware::from_fn(error::write_errors))
}
