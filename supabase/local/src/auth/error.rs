//! What the auth door refuses, and the two bodies that GoTrue has for it: `{"code","message"}` for
//! clients that name the API version of 2024-01-01, `{"code","error_code","msg"}` for all others.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde_json::{Value, json};
use tokio_postgres::error::SqlState;

use super::invalid::Invalid;

const VERSION_HEADER: &str = "x-supabase-api-version";
const CODE_HEADER: &str = "x-sb-error-code";
/// The version since which `code` is the name of the error.
const NAMED_CODES_SINCE: &str = "2024-01-01";

/// Why a call to the auth door failed. The texts are those of GoTrue, whose clients show some.
#[derive(Debug, thiserror::Error)]
pub(super) enum AuthError {
    /// The body is not JSON, or not of the call's shape.
    #[error("Could not parse request body as JSON: {0}")]
    BadJson(#[source] serde_json::Error),
    /// The body did not arrive whole, or is too large.
    #[error("Could not read the request body")]
    BodyUnreadable(#[source] axum::extract::rejection::BytesRejection),
    /// A value is not what the call needs.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Signing up without an address means an anonymous user.
    #[error("Anonymous sign-ins are disabled")]
    AnonymousDisabled,
    /// Telephone numbers are not known here.
    #[error("Phone logins are disabled")]
    PhoneDisabled,
    /// Neither `password` nor `refresh_token`.
    #[error("unsupported_grant_type")]
    UnsupportedGrant,
    /// Unknown address, wrong password, or no password at all: never told apart.
    #[error("Invalid login credentials")]
    InvalidCredentials,
    /// The address waits for its confirmation.
    #[error("Email not confirmed")]
    EmailNotConfirmed,
    /// The user is shut out for now; the form for passwords.
    #[error("User is banned")]
    UserBanned,
    /// The same at the verification of a code.
    #[error("User is banned")]
    UserBannedAtCode,
    /// The same at a refresh.
    #[error("Invalid Refresh Token: User Banned")]
    UserBannedAtRefresh,
    /// No such token, or its session is over.
    #[error("Invalid Refresh Token: Refresh Token Not Found")]
    RefreshTokenNotFound,
    /// Used before, and not lately: the whole family is revoked.
    #[error("Invalid Refresh Token: Already Used")]
    RefreshTokenAlreadyUsed,
    /// The token belongs to no session.
    #[error("Invalid Refresh Token: No Valid Session Found")]
    RefreshSessionNotFound,
    /// The session has reached its end.
    #[error("Invalid Refresh Token: Session Expired")]
    SessionExpired,
    /// Others hold the rows for too long.
    #[error("Too many concurrent token refresh requests on the same session or refresh token")]
    Conflict,
    /// The address has an account.
    #[error("User already registered")]
    UserAlreadyExists,
    /// The address that a user wants to change to has an account.
    #[error("A user with this email address has already been registered")]
    EmailExists,
    /// Nobody may sign up.
    #[error("Signups not allowed for this instance")]
    SignupDisabled,
    /// No codes, or none for an address without an account.
    #[error("Signups not allowed for otp")]
    OtpDisabled,
    /// Too short.
    #[error("Password should be at least {length_min} characters.")]
    WeakPassword {
        /// What would be long enough, in bytes as GoTrue counts.
        length_min: usize,
    },
    /// The password is the one that the user has.
    #[error("New password should be different from the old password.")]
    SamePassword,
    /// A code that is wrong, used or too old: never told apart.
    #[error("Token has expired or is invalid")]
    OtpExpired,
    /// The last mail to the address was sent only just now.
    #[error("For security purposes, you can only request this after {seconds} seconds.")]
    OverEmailSendRateLimit {
        /// How long to wait, whole seconds.
        seconds: i64,
    },
    /// Too many attempts to sign in.
    #[error("Request rate limit reached")]
    OverRequestRateLimit,
    /// No bearer token.
    #[error("This endpoint requires a Bearer token")]
    NoAuthorization,
    /// A bearer token that does not hold.
    #[error("invalid JWT: unable to parse or verify signature, {0}")]
    BadJwt(#[source] crate::jwt::TokenFault),
    /// A good token without a usable user or session in it.
    #[error("invalid claim: {0} claim must be a UUID")]
    BadClaim(&'static str),
    /// The user of a good token is gone.
    #[error("User from sub claim in JWT does not exist")]
    UserNotFound,
    /// The session of a good token is over.
    #[error("Session from session_id claim in JWT does not exist")]
    SessionNotFound,
    /// No connection became free in time.
    #[error("Processing this request timed out, please retry after a moment.")]
    Timeout,
    /// The pool has no connection to give.
    #[error("Unexpected failure, please check server logs for more information")]
    Pool(#[from] deadpool_postgres::PoolError),
    /// The database refused a statement.
    #[error("Unexpected failure, please check server logs for more information")]
    Database(#[source] tokio_postgres::Error),
    /// A stored password could not be checked.
    #[error("Unexpected failure, please check server logs for more information")]
    Hash(#[from] bcrypt::BcryptError),
    /// The check of a password did not come to its end.
    #[error("Unexpected failure, please check server logs for more information")]
    HashInterrupted(#[from] tokio::task::JoinError),
}

impl From<tokio_postgres::Error> for AuthError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(&SqlState::LOCK_NOT_AVAILABLE) => Self::Conflict,
            _ => Self::Database(error),
        }
    }
}

impl AuthError {
    /// The status and the name of the error.
    fn answer(&self) -> (StatusCode, &'static str) {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
        const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
        const TOO_MANY: StatusCode = StatusCode::TOO_MANY_REQUESTS;
        match self {
            Self::BadJson(_) => (BAD, "bad_json"),
            Self::BodyUnreadable(rejection) => (rejection.status(), "bad_json"),
            Self::Invalid(_) => (BAD, "validation_failed"),
            Self::AnonymousDisabled => (REFUSED, "anonymous_provider_disabled"),
            Self::PhoneDisabled => (BAD, "phone_provider_disabled"),
            Self::UnsupportedGrant | Self::InvalidCredentials => (BAD, "invalid_credentials"),
            Self::EmailNotConfirmed => (BAD, "email_not_confirmed"),
            Self::UserBanned | Self::UserBannedAtRefresh => (BAD, "user_banned"),
            Self::UserBannedAtCode => (FORBIDDEN, "user_banned"),
            Self::RefreshTokenNotFound => (BAD, "refresh_token_not_found"),
            Self::RefreshTokenAlreadyUsed => (BAD, "refresh_token_already_used"),
            Self::RefreshSessionNotFound => (BAD, "session_not_found"),
            Self::SessionExpired => (BAD, "session_expired"),
            Self::Conflict => (StatusCode::CONFLICT, "conflict"),
            Self::UserAlreadyExists => (REFUSED, "user_already_exists"),
            Self::EmailExists => (REFUSED, "email_exists"),
            Self::SignupDisabled => (REFUSED, "signup_disabled"),
            Self::OtpDisabled => (REFUSED, "otp_disabled"),
            Self::WeakPassword { .. } => (REFUSED, "weak_password"),
            Self::SamePassword => (REFUSED, "same_password"),
            Self::OtpExpired => (FORBIDDEN, "otp_expired"),
            Self::OverEmailSendRateLimit { .. } => (TOO_MANY, "over_email_send_rate_limit"),
            Self::OverRequestRateLimit => (TOO_MANY, "over_request_rate_limit"),
            Self::NoAuthorization => (StatusCode::UNAUTHORIZED, "no_authorization"),
            Self::BadJwt(_) | Self::BadClaim(_) => (FORBIDDEN, "bad_jwt"),
            Self::UserNotFound => (FORBIDDEN, "user_not_found"),
            Self::SessionNotFound => (FORBIDDEN, "session_not_found"),
            Self::Timeout => (StatusCode::GATEWAY_TIMEOUT, "request_timeout"),
            Self::Pool(_) | Self::Database(_) | Self::Hash(_) | Self::HashInterrupted(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "unexpected_failure")
            }
        }
    }
}

/// An error on its way in the response to [`write_errors`], which knows what the request asked.
#[derive(Clone)]
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    is_weak_password: bool,
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        let (status, code) = self.answer();
        if status.is_server_error() {
            tracing::error!(error = ?self, "a call to the auth door failed");
        }
        let refusal = Refusal {
            status,
            code,
            message: self.to_string(),
            is_weak_password: matches!(self, Self::WeakPassword { .. }),
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(refusal);
        response
    }
}

/// The layer that gives an error the body that its request asked for.
pub(super) async fn write_errors(request: Request, next: Next) -> Response {
    let asked = request.headers().get(VERSION_HEADER).cloned();
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Refusal>() {
        Some(refusal) => refusal.written_for(asked.as_ref()),
        None => response,
    }
}

impl Refusal {
    fn written_for(self, asked: Option<&HeaderValue>) -> Response {
        let named_codes = asked.is_some_and(knows_named_codes);
        let mut body = if named_codes {
            json!({"code": self.code, "message": self.message})
        } else {
            json!({"code": self.status.as_u16(), "error_code": self.code, "msg": self.message})
        };
        if self.is_weak_password {
            body["weak_password"] = json!({"reasons": ["length"]});
        }
        let mut response = (self.status, Json::<Value>(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CODE_HEADER, HeaderValue::from_static(self.code));
        if named_codes {
            headers.insert(VERSION_HEADER, HeaderValue::from_static(NAMED_CODES_SINCE));
        }
        response
    }
}

/// A text that is no date counts as no version, as in GoTrue.
fn knows_named_codes(asked: &HeaderValue) -> bool {
    let date = |text: &str| text.parse::<NaiveDate>().ok();
    let asked = asked.to_str().ok().and_then(date);
    asked.is_some_and(|asked| Some(asked) >= date(NAMED_CODES_SINCE))
}
