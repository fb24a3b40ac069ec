//! From an error of PostgreSQL to a status of HTTP.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use serde::Deserialize;
use tokio_postgres::error::DbError;

use super::error::Rejection;

/// The SQLSTATE that chooses its answer itself.
const RAISED_ANSWER: &str = "PGRST";

/// The answer to a statement that the database refused.
pub(super) fn rejection(refusal: &DbError, is_anonymous: bool) -> Rejection {
    let code = refusal.code().code();
    if code == RAISED_ANSWER {
        return raised(refusal);
    }
    let status = status(code, refusal.message(), is_anonymous);
    let rejection = Rejection::new(status, code, refusal.message())
        .details(refusal.detail().map(str::to_owned))
        .maybe_hint(refusal.hint());
    if status == StatusCode::UNAUTHORIZED {
        return rejection.header(WWW_AUTHENTICATE.as_str(), "Bearer");
    }
    rejection
}

fn status(code: &str, message: &str, is_anonymous: bool) -> StatusCode {
    match code {
        "23503" | "23505" => StatusCode::CONFLICT,
        "25006" => StatusCode::METHOD_NOT_ALLOWED,
        "42883" | "42P01" => StatusCode::NOT_FOUND,
        "42501" if is_anonymous => StatusCode::UNAUTHORIZED,
        "42501" => StatusCode::FORBIDDEN,
        "22023" if message.starts_with("role") && message.ends_with("does not exist") => {
            StatusCode::UNAUTHORIZED
        }
        "57P01" => StatusCode::SERVICE_UNAVAILABLE,
        "P0001" => StatusCode::BAD_REQUEST,
        "21000" if message.ends_with("requires a WHERE clause") => StatusCode::BAD_REQUEST,
        "21000" | "42P17" | "53400" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => match &code[..2] {
            "PT" => chosen(&code[2..]),
            "08" | "53" => StatusCode::SERVICE_UNAVAILABLE,
            "0L" | "0P" | "28" => StatusCode::FORBIDDEN,
            "09" | "25" | "2D" | "38" | "39" | "3B" | "40" | "54" | "55" | "57" | "58" | "F0"
            | "HV" | "P0" | "XX" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        },
    }
}

/// The status in `PTxyz`.
fn chosen(digits: &str) -> StatusCode {
    digits.parse().unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

#[derive(Deserialize)]
struct RaisedMessage {
    code: String,
    message: String,
    details: Option<String>,
    hint: Option<String>,
}

#[derive(Deserialize)]
struct RaisedDetail {
    status: u16,
    headers: BTreeMap<String, String>,
}

/// `raise sqlstate 'PGRST'`: the message says what the body is, the detail the status and headers.
fn raised(refusal: &DbError) -> Rejection {
    let Ok(message) = serde_json::from_str::<RaisedMessage>(refusal.message()) else {
        let details = format!("Invalid JSON value for MESSAGE: '{}'", refusal.message());
        return unreadable(details);
    };
    let Some(detail) = refusal.detail() else {
        return unreadable("DETAIL is missing in the RAISE statement".to_owned());
    };
    let Ok(detail) = serde_json::from_str::<RaisedDetail>(detail) else {
        return unreadable(format!("Invalid JSON value for DETAIL: '{detail}'"));
    };
    let status = StatusCode::from_u16(detail.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let rejection = Rejection::new(status, &message.code, message.message)
        .details(message.details)
        .maybe_hint(message.hint.as_deref());
    let headers = detail.headers.iter();
    headers.fold(rejection, |rejection, (name, value)| {
        rejection.header(name, value)
    })
}

fn unreadable(details: String) -> Rejection {
    let message = "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error";
    Rejection::new(StatusCode::INTERNAL_SERVER_ERROR, "PGRST121", message).details(details)
}
