//! `POST /rest/v1/rpc/<function>`: a call with named arguments. `GET` is not built: nothing that
//! Particle runs calls a function so.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio_postgres::types::Type;

use super::error::RestError;
use super::payload::Payload;
use super::routines::{ResultShape, Routine};
use super::transaction::begin;
use super::{ROWS_MAX, SCHEMA, Visit, connection, json, method_not_allowed, quoted};
use crate::shared::Shared;

/// Answers the call of a function.
pub(super) async fn call(
    State(shared): State<Arc<Shared>>,
    Path(function): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = super::read(request).await;
    match Visit::new(&shared, parts) {
        Ok(visit) => visit.answer(run(&shared, &visit, &function, &body).await),
        Err(error) => error.into_response(),
    }
}

async fn run(
    shared: &Shared,
    visit: &Visit,
    function: &str,
    body: &Bytes,
) -> Result<Response, RestError> {
    if visit.parts.method != Method::POST {
        let message = "Cannot use the {} method on RPC";
        return Err(method_not_allowed(&visit.parts.method, "PGRST101", message));
    }
    let payload = Payload::read_or_empty(&visit.parts, body)?;
    let mut connection = connection(shared).await?;
    let routine = Routine::find(&connection, function, &payload.names).await?;
    let statement = statement(function, &routine, &payload);

    let transaction = begin(
        shared,
        &mut connection,
        visit,
        routine.access,
        &routine.hoisted,
    )
    .await?;
    let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
        if payload.names.is_empty() {
            &[]
        } else {
            &[(&payload.text, Type::TEXT)]
        };
    let row = transaction.query_typed_one(&statement, parameters).await?;
    let (text, count): (Option<String>, i64) = (row.try_get(0)?, row.try_get(1)?);
    transaction.commit().await?;
    Ok(answer(routine.result, text, count))
}

fn answer(result: ResultShape, text: Option<String>, count: i64) -> Response {
    if result == ResultShape::Void {
        return StatusCode::NO_CONTENT.into_response();
    }
    let mut headers = HeaderMap::new();
    if let Ok(range) = HeaderValue::try_from(super::content_range(0, count, None)) {
        headers.insert("content-range", range);
    }
    json(
        StatusCode::OK,
        headers,
        text.unwrap_or_else(|| "null".to_owned()),
    )
}

/// The call with one argument per name; the values come from the one parameter, the whole body.
fn statement(function: &str, routine: &Routine, payload: &Payload) -> String {
    let named: Vec<_> = payload.names.iter().map(|name| quoted(name)).collect();
    let handed: Vec<_> = named
        .iter()
        .map(|name| format!("{name} => body.{name}"))
        .collect();
    let call = format!(
        "{}.{}({})",
        quoted(SCHEMA),
        quoted(function),
        handed.join(", ")
    );
    let body = match (named.is_empty(), payload.is_list) {
        (true, _) => String::new(),
        (false, is_list) => format!(
            "(select typed.* from {}($1::text::json) as typed({}) limit 1) as body, lateral ",
            if is_list {
                "json_to_recordset"
            } else {
                "json_to_record"
            },
            routine.columns(&payload.names),
        ),
    };
    match routine.result {
        ResultShape::Void => format!("select null::text, 1::bigint from {body}{call} as result"),
        ResultShape::One { is_row: true } => {
            format!("select to_json(result)::text, 1::bigint from {body}{call} as result")
        }
        ResultShape::One { is_row: false } => {
            format!(
                "select to_json(result.value)::text, 1::bigint from {body}{call} as result(value)"
            )
        }
        ResultShape::Set { is_row: true } => format!(
            "select coalesce(json_agg(cut), '[]')::text, count(*) \
             from (select result.* from {body}{call} as result limit {ROWS_MAX}) as cut"
        ),
        ResultShape::Set { is_row: false } => format!(
            "select coalesce(json_agg(cut.value), '[]')::text, count(*) \
             from (select result.value from {body}{call} as result(value) limit {ROWS_MAX}) as cut"
        ),
    }
}
