//! What an answer that is no success means for what is done next.

use serde_json::Value;

use super::answer::{Answer, Told, unavailable};
use crate::remote::{AccountError, Attention, Failure};

/// By PostgREST, or by the gateway before it.
pub(super) fn of_rest(answer: &Answer) -> Failure {
    let told = answer.told();
    match answer.status {
        401 => of_unauthorized(answer, &told),
        // A gateway refuses a large body with a page of its own.
        413 => rejected(told),
        400 | 422 if answer.is_json() => rejected(told),
        404 if told.code.is_some() => Attention::MissingFunction.into(),
        426 if answer.is_json() => Attention::Protocol(told.details.unwrap_or(told.message)).into(),
        // PostgreSQL is read-only while its disk is full: that passes.
        405 if told.code.is_some() => answer.as_unavailable(),
        404 | 405 | 410 | 501 => Attention::NotSupabase.into(),
        _ => answer.as_unavailable(),
    }
}

/// A 200 whose body cannot be read as an answer.
pub(super) fn of_unreadable(answer: &Answer, error: &serde_json::Error) -> Failure {
    let json = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
    match json["protocol"].as_u64() {
        Some(other) if other != u64::from(crate::change::wire::PROTOCOL) => {
            Attention::Protocol(other.to_string()).into()
        }
        // Where, but not what: a value may be a person's own text.
        _ => unavailable(format!(
            "its answer cannot be read from byte {} of line {} on",
            error.column(),
            error.line()
        )),
    }
}

fn of_unauthorized(answer: &Answer, told: &Told) -> Failure {
    let message = told.message.to_ascii_lowercase();
    if message.contains("api key") {
        return Attention::WrongKey.into();
    }
    if told.message == "account_gone" {
        return Attention::AccountGone.into();
    }
    if told.code.is_none() {
        return answer.as_unavailable();
    }
    Failure::Unauthorized {
        issued_in_future: message.contains("at future") || message.contains("not yet valid"),
    }
}

fn rejected(told: Told) -> Failure {
    Failure::Rejected {
        code: told.code,
        message: told.details.unwrap_or(told.message),
    }
}

/// By GoTrue, or by the gateway before it.
pub(super) fn of_auth(answer: &Answer) -> AccountError {
    let told = answer.told();
    let code = told.code.as_deref().unwrap_or_default();
    if !(400..500).contains(&answer.status) || code.is_empty() {
        return of_rest(answer).into();
    }
    match code {
        "user_already_exists" | "email_exists" => AccountError::AlreadyRegistered,
        "weak_password" => AccountError::WeakPassword {
            reasons: told.reasons,
        },
        "same_password" => AccountError::SamePassword,
        "signup_disabled" => AccountError::SignupDisabled,
        "validation_failed" | "bad_json" | "email_address_invalid" => {
            AccountError::Invalid(told.message)
        }
        "invalid_credentials" => AccountError::InvalidCredentials,
        "email_not_confirmed" => AccountError::EmailNotConfirmed,
        "user_banned" => AccountError::Banned,
        "otp_expired" => AccountError::CodeInvalid,
        "otp_disabled" => AccountError::CodesDisabled,
        "over_email_send_rate_limit" => AccountError::MailTooSoon(told.message),
        "over_request_rate_limit" => AccountError::TooManyAttempts,
        "no_authorization" | "bad_jwt" | "user_not_found" => AccountError::SessionOver,
        ended if ends_session(ended) => AccountError::SessionOver,
        // Passes by itself.
        "conflict" => answer.as_unavailable().into(),
        _ if answer.status == 429 => answer.as_unavailable().into(),
        _ => AccountError::Refused {
            code: code.to_owned(),
            message: told.message,
        },
    }
}

/// A refresh that gave no tokens. Only an explicit word of GoTrue ends the session.
pub(super) fn of_refresh(answer: &Answer) -> Failure {
    let code = answer.told().code.unwrap_or_default();
    let is_explicit = matches!(answer.status, 400 | 401 | 403);
    if is_explicit && (ends_session(&code) || code == "user_banned") {
        return Failure::SignedOut { code };
    }
    match of_rest(answer) {
        // No change is guilty, and another refresh would fare the same.
        Failure::Rejected { .. } | Failure::Unauthorized { .. } => answer.as_unavailable(),
        Failure::Attention(Attention::MissingFunction) => Attention::NotSupabase.into(),
        failure => failure,
    }
}

fn ends_session(code: &str) -> bool {
    code.starts_with("refresh_token_") || code.starts_with("session_")
}
