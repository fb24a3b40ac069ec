//! The REST door, `/rest/v1`, as PostgREST behaves: functions and tables of the schema `public`,
//! one transaction per request, under the role of the caller.

mod caller;
mod error;
mod filters;
mod functions;
mod payload;
mod routines;
mod sqlstate;
mod tables;
mod transaction;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use deadpool_postgres::Object;
use deadpool_postgres::Timeouts;

use crate::shared::Shared;
use caller::Caller;
use error::{Rejection, RestError};

/// The one schema that can be reached.
const SCHEMA: &str = "public";
/// Rows of a set beyond these are cut off without a word.
const ROWS_MAX: i64 = 1_000;

/// The routes of the door; mounted by the gateway.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/rpc/{function}", any(functions::call))
        .route("/{table}", any(tables::visit))
        .fallback(no_such_path)
}

async fn no_such_path() -> Response {
    let message = "Invalid path specified in request URL";
    Rejection::new(StatusCode::NOT_FOUND, "PGRST125", message).into_response()
}

/// What the statements of a request have to know of it.
struct Visit {
    caller: Caller,
    parts: Parts,
}

impl Visit {
    /// Checks the token and the schema.
    fn new(shared: &Shared, parts: Parts) -> Result<Self, RestError> {
        let caller = Caller::of(shared, &parts)?;
        check_schema(&parts)?;
        check_media_type(&parts)?;
        check_address(&parts)?;
        Ok(Self { caller, parts })
    }

    /// Turns a refusal of the database into an answer to this caller.
    fn answer(&self, outcome: Result<Response, RestError>) -> Response {
        outcome.unwrap_or_else(|error| error.into_answer(self.caller.is_anonymous()))
    }

    /// Whether the header `Prefer` asks for `wish`.
    fn prefers(&self, wish: &str) -> bool {
        let wishes = self.parts.headers.get_all("prefer").iter();
        let wishes = wishes.filter_map(|value| value.to_str().ok());
        wishes
            .flat_map(|value| value.split(','))
            .any(|known| known.trim() == wish)
    }
}

fn check_schema(parts: &Parts) -> Result<(), RestError> {
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    let header = if reads {
        "accept-profile"
    } else {
        "content-profile"
    };
    match parts.headers.get(header) {
        Some(schema) if schema.as_bytes() != SCHEMA.as_bytes() => {
            let message = format!(
                "Invalid schema: {}",
                String::from_utf8_lossy(schema.as_bytes())
            );
            let rejection = Rejection::new(StatusCode::NOT_ACCEPTABLE, "PGRST106", message);
            Err(rejection
                .hint("Only the following schemas are exposed: public")
                .into())
        }
        _ => Ok(()),
    }
}

/// A list is not cut down to the one object that `.single()` of supabase-js asks for; rather than
/// another shape than was asked for, the caller gets a refusal.
fn check_media_type(parts: &Parts) -> Result<(), RestError> {
    let wanted = parts.headers.get_all(ACCEPT).iter();
    let is_known = |media_type: &str| {
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        matches!(media_type, "*/*" | "application/*" | "application/json")
    };
    let wanted: Vec<_> = wanted.filter_map(|value| value.to_str().ok()).collect();
    if wanted.is_empty() || wanted.iter().flat_map(|list| list.split(',')).any(is_known) {
        return Ok(());
    }
    let message = format!(
        "None of these media types are available: {}",
        wanted.join(", ")
    );
    Err(Rejection::new(StatusCode::NOT_ACCEPTABLE, "PGRST107", message).into())
}

/// A name or value with U+0000 would fail on its way to the database, as if that were down.
fn check_address(parts: &Parts) -> Result<(), RestError> {
    let address = parts
        .uri
        .path_and_query()
        .map_or("", |address| address.as_str());
    if !address.contains("%00") {
        return Ok(());
    }
    let message = "The address contains the character U+0000";
    Err(Rejection::new(StatusCode::BAD_REQUEST, "PGRST100", message).into())
}

/// The head and the body of a request; the body has its limit before it comes here.
async fn read(request: Request) -> (Parts, Bytes) {
    let (parts, body) = request.into_parts();
    // It was read whole already: nothing can break off.
    (parts, to_bytes(body, usize::MAX).await.unwrap_or_default())
}

async fn connection(shared: &Shared) -> Result<Object, RestError> {
    let timeouts = Timeouts {
        wait: Some(shared.settings().pool_timeout),
        ..Timeouts::default()
    };
    Ok(shared.rest_pool.timeout_get(&timeouts).await?)
}

fn method_not_allowed(method: &Method, code: &'static str, message: &str) -> RestError {
    let message = message.replace("{}", method.as_str());
    Rejection::new(StatusCode::METHOD_NOT_ALLOWED, code, message).into()
}

fn json(status: StatusCode, headers: HeaderMap, text: String) -> Response {
    let content_type = [(CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, content_type, headers, Body::from(text)).into_response()
}

/// Which rows of how many were sent, as `Content-Range` says it.
fn content_range(offset: i64, count: i64, total: Option<i64>) -> String {
    let total = total.map_or_else(|| "*".to_owned(), |total| total.to_string());
    match count {
        0 => format!("*/{total}"),
        _ => format!("{offset}-{}/{total}", offset + count - 1),
    }
}

/// `name` as an identifier of SQL, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
