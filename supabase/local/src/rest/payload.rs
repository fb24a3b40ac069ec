//! The body of a request, read no deeper than the names at its top: the values go to PostgreSQL as
//! they were written, so that numbers pass exactly and depth is PostgreSQL's own matter.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde_json::value::RawValue;

use super::error::Rejection;

type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// A JSON text and the names in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payload {
    /// As it was sent.
    pub(super) text: String,
    /// The names of the object, or those that all objects of the list have.
    pub(super) names: Vec<String>,
    /// Whether it is a list of objects.
    pub(super) is_list: bool,
}

impl Payload {
    /// Reads a body. One that is neither object nor list has no names.
    pub(super) fn read(parts: &Parts, body: &[u8]) -> Result<Self, Rejection> {
        check_content_type(parts)?;
        let invalid = || bad_request("Empty or invalid json");
        let text = std::str::from_utf8(body).map_err(|_| invalid())?;
        if let Ok(fields) = serde_json::from_str::<Fields>(text) {
            return Ok(Self::new(text, &fields, false));
        }
        let value: &RawValue = serde_json::from_str(text).map_err(|_| invalid())?;
        if !value.get().starts_with('[') {
            return Ok(Self::new("[]", &Fields::new(), true));
        }
        let rows = serde_json::from_str::<Vec<Fields>>(text);
        let rows = rows.map_err(|_| bad_request("All object keys must match"))?;
        let Some(first) = rows.first() else {
            return Ok(Self::new(text, &Fields::new(), true));
        };
        if rows.iter().any(|row| !row.keys().eq(first.keys())) {
            return Err(bad_request("All object keys must match"));
        }
        Ok(Self::new(text, first, true))
    }

    /// Reads a body that may be missing: then it is an object without names.
    pub(super) fn read_or_empty(parts: &Parts, body: &[u8]) -> Result<Self, Rejection> {
        let body = if body.is_empty() { b"{}" } else { body };
        Self::read(parts, body)
    }

    fn new(text: &str, fields: &Fields, is_list: bool) -> Self {
        Self {
            text: text.to_owned(),
            names: fields.keys().cloned().collect(),
            is_list,
        }
    }
}

fn check_content_type(parts: &Parts) -> Result<(), Rejection> {
    let Some(sent) = parts.headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let sent = String::from_utf8_lossy(sent.as_bytes());
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(bad_request(&format!(
        "Content-Type not acceptable: {essence}"
    )))
}

fn bad_request(message: &str) -> Rejection {
    Rejection::new(StatusCode::BAD_REQUEST, "PGRST102", message)
}
