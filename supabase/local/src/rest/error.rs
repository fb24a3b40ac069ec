//! Everything that is not the answer one hoped for, as `{"code","message","details","hint"}`.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use deadpool_postgres::PoolError;
use serde::Serialize;

use super::sqlstate;
use crate::jwt::TokenFault;

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub(super) enum RestError {
    /// The token is not good.
    #[error(transparent)]
    Token(#[from] TokenFault),
    /// The door itself refused, before the database was asked or without need to.
    #[error("{0:?}")]
    Rejected(#[from] Rejection),
    /// The database refused, or the connection to it was lost in the middle.
    #[error(transparent)]
    Database(#[from] tokio_postgres::Error),
    /// There was no connection to be had.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

/// An error as it is sent.
#[derive(Debug, Clone, Serialize, thiserror::Error)]
#[error("{code}: {message}")]
pub(super) struct Rejection {
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
    code: String,
    message: String,
    details: Option<Box<str>>,
    hint: Option<Box<str>>,
}

impl Rejection {
    /// One without details, hint and headers.
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            code: code.to_owned(),
            message: message.into(),
            details: None,
            hint: None,
        }
    }

    /// The same with details.
    pub(super) fn details(mut self, details: impl Into<Option<String>>) -> Self {
        self.details = details.into().map(Into::into);
        self
    }

    /// The same with a hint.
    pub(super) fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with a hint, if there is one.
    pub(super) fn maybe_hint(mut self, hint: Option<&str>) -> Self {
        self.hint = hint.map(Into::into);
        self
    }

    /// The same with another header. One that cannot be sent is left out.
    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            self.headers.push((name, value));
        }
        self
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let text = serde_json::to_string(&self).unwrap_or_default();
        let content_type = [(CONTENT_TYPE, "application/json; charset=utf-8")];
        let headers = HeaderMap::from_iter(self.headers);
        (self.status, content_type, headers, Body::from(text)).into_response()
    }
}

impl RestError {
    /// The answer. A missing right means 401 to those who are not signed in.
    pub(super) fn into_answer(self, is_anonymous: bool) -> Response {
        let rejection = match self {
            Self::Token(fault) => of_token(&fault),
            Self::Rejected(rejection) => rejection,
            Self::Database(error) => of_database(&error, is_anonymous),
            Self::Pool(PoolError::Timeout(_)) => Rejection::new(
                StatusCode::GATEWAY_TIMEOUT,
                "PGRST003",
                "Timed out acquiring connection from connection pool.",
            ),
            Self::Pool(error) => Rejection::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "PGRST000",
                "Database connection error. Retrying the connection.",
            )
            .details(error.to_string()),
        };
        rejection.into_response()
    }
}

impl IntoResponse for RestError {
    fn into_response(self) -> Response {
        self.into_answer(true)
    }
}

fn of_token(fault: &TokenFault) -> Rejection {
    let code = if fault.concerns_claims() {
        "PGRST303"
    } else {
        "PGRST301"
    };
    let message = fault.to_string();
    let header = format!("Bearer error=\"invalid_token\", error_description=\"{message}\"");
    Rejection::new(StatusCode::UNAUTHORIZED, code, message)
        .header(WWW_AUTHENTICATE.as_str(), &header)
}

fn of_database(error: &tokio_postgres::Error, is_anonymous: bool) -> Rejection {
    match error.as_db_error() {
        Some(refusal) => sqlstate::rejection(refusal, is_anonymous),
        // The connection broke, or was used by a library in a way that PostgreSQL cannot answer.
        None => Rejection::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "PGRST001",
            "Database client error. Retrying the connection.",
        )
        .details(error.to_string()),
    }
}
