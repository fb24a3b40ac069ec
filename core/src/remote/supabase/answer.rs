//! A whole answer, read up to a limit; and why there is none.

use std::error::Error;
use std::time::Duration;

use chrono::DateTime;
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::remote::Failure;

/// A server may ask for at most so much patience.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);
/// Of what a server says, so many characters are shown.
const TOLD_CHARS_MAX: usize = 300;

/// An answer that arrived whole.
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// What an error says of itself, in the shape of PostgREST, of GoTrue (both of its shapes) or of the
/// gateway. Empty when the answer is nothing of that kind.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) code: Option<String>,
    pub(super) message: String,
    pub(super) details: Option<String>,
    /// Of a weak password.
    pub(super) reasons: Vec<String>,
}

impl Answer {
    /// Sends `call` and reads at most `bytes_max` of what comes, unpacked.
    pub(super) async fn to(call: RequestBuilder, bytes_max: usize) -> Result<Self, Failure> {
        let mut response = call.send().await.map_err(|error| failure_of(&error))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure_of(&error))? {
            if body.len() + chunk.len() > bytes_max {
                return Err(unavailable(format!(
                    "the answer has more than {bytes_max} bytes"
                )));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self {
            status,
            headers,
            body,
        })
    }

    /// An error unless it says to be JSON.
    pub(super) fn check_json(&self) -> Result<(), Failure> {
        if self.is_json() {
            return Ok(());
        }
        Err(unavailable(format!(
            "it answered {} with something that is no data, as the network of a hotel does",
            self.status
        )))
    }

    pub(super) fn is_json(&self) -> bool {
        let kind = self.header(CONTENT_TYPE.as_str());
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    }

    /// The protocol that an answer of Particle names.
    pub(super) fn spoken_protocol(&self) -> Option<u64> {
        let json: Value = serde_json::from_slice(&self.body).ok()?;
        json["protocol"].as_u64()
    }

    /// What an error says of itself.
    pub(super) fn told(&self) -> Told {
        if !self.is_json() {
            return Told::default();
        }
        serde_json::from_slice(&self.body).map_or_else(|_| Told::default(), |json| Told::of(&json))
    }

    /// How long to leave the server alone, if it said so: seconds, or a date by its own clock.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let asked = self.header(RETRY_AFTER.as_str()).trim();
        let wait = if let Ok(seconds) = asked.parse() {
            Duration::from_secs(seconds)
        } else {
            let until = DateTime::parse_from_rfc2822(asked).ok()?;
            let now = DateTime::parse_from_rfc2822(self.header(DATE.as_str())).ok()?;
            (until - now).to_std().unwrap_or_default()
        };
        Some(wait.min(RETRY_AFTER_MAX))
    }

    /// As a failure of the server, whatever it is.
    pub(super) fn as_unavailable(&self) -> Failure {
        let told = self.told();
        let message = match (told.message.as_str(), told.code) {
            ("", _) => format!("it answered {}", self.status),
            (message, Some(code)) => format!("{message} ({}, {code})", self.status),
            (message, None) => format!("{message} ({})", self.status),
        };
        Failure::Unavailable {
            message,
            retry_after: self.retry_after(),
        }
    }

    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

impl Told {
    fn of(json: &Value) -> Self {
        let text = |name: &str| json[name].as_str().map(shown);
        let reasons = json["weak_password"]["reasons"].as_array();
        Self {
            // GoTrue's older shape has the status as `code`, its oldest only `error`.
            code: text("code")
                .or_else(|| text("error_code"))
                .or_else(|| text("error")),
            message: text("message")
                .or_else(|| text("msg"))
                .or_else(|| text("error_description"))
                .unwrap_or_default(),
            details: text("details"),
            reasons: reasons
                .into_iter()
                .flatten()
                .filter_map(|reason| reason.as_str().map(shown))
                .collect(),
        }
    }
}

/// A text of a server, fit to be shown in one line.
fn shown(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    plain.take(TOLD_CHARS_MAX).collect()
}

pub(super) fn unavailable(message: impl Into<String>) -> Failure {
    Failure::Unavailable {
        message: message.into(),
        retry_after: None,
    }
}

/// Why there is no answer, or no whole one.
fn failure_of(error: &reqwest::Error) -> Failure {
    if error.is_connect() {
        let why = if error.is_timeout() {
            "no answer to the attempt to connect".into()
        } else {
            innermost(error)
        };
        return Failure::Unreachable(why);
    }
    if error.is_timeout() {
        return unavailable("its answer did not come in time");
    }
    unavailable(innermost(error))
}

/// The cause at the bottom: those above name the address and say "error".
pub(super) fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    shown(&cause.to_string())
}
