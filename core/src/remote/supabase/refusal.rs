//! What an answer that is no success means for what is done next.

use super::answer::{Answer, Told, unavailable};
use crate::change::wire::PROTOCOL;
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
        426 if answer.is_json() => of_protocol(told.details.as_deref().and_then(number_in)),
        // PostgreSQL is read-only while its disk is full: that passes.
        405 if told.code.is_some() => answer.as_unavailable(),
        404 | 405 | 410 | 501 => Attention::NotSupabase.into(),
        _ => answer.as_unavailable(),
    }
}

/// What a server that does not speak this protocol is: one that names none is of a time to come.
pub(super) fn of_protocol(spoken: Option<u64>) -> Failure {
    match spoken {
        Some(spoken) if spoken < u64::from(PROTOCOL) => Attention::ServerTooOld.into(),
        _ => Attention::AppTooOld.into(),
    }
}

/// The number in a sentence.
fn number_in(sentence: &str) -> Option<u64> {
    let mut digits = sentence.split(|c: char| !c.is_ascii_digit());
    digits.find_map(|digits| digits.parse().ok())
}

/// A 200 whose body cannot be read as an answer.
pub(super) fn of_unreadable(answer: &Answer, error: &serde_json::Error) -> Failure {
    match answer.spoken_protocol() {
        Some(other) if other != u64::from(PROTOCOL) => of_protocol(Some(other)),
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
