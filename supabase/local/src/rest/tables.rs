//! `/rest/v1/<table>`: what somebody with a token could try besides calling functions. Executed
//! under the caller's role, so that grants and policies decide. Reading knows simple filters,
//! order and range; there are no embedded resources and no upserts.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use deadpool_postgres::Object;
use tokio_postgres::types::{ToSql, Type};

use super::error::{Rejection, RestError};
use super::filters::Selection;
use super::payload::Payload;
use super::transaction::{Access, begin};
use super::{ROWS_MAX, SCHEMA, Visit, connection, json, method_not_allowed, quoted};
use crate::shared::Shared;

const COLUMNS: &str = "
    select attribute.attname::text,
           pg_catalog.format_type(attribute.atttypid, attribute.atttypmod)
    from   pg_catalog.pg_attribute attribute
    join   pg_catalog.pg_class relation on relation.oid = attribute.attrelid
    where  relation.relnamespace = $1::text::pg_catalog.regnamespace
    and    relation.relname::text = $2
    and    relation.relkind in ('r', 'p', 'v', 'm', 'f')
    and    attribute.attnum > 0
    and    not attribute.attisdropped";

/// A table or view.
#[derive(Debug)]
pub(super) struct Table {
    name: String,
    columns: Vec<(String, String)>,
}

impl Table {
    /// The type of a column.
    pub(super) fn kind_of(&self, column: &str) -> Option<&str> {
        let known = self.columns.iter().find(|(name, _)| name == column);
        known.map(|(_, kind)| kind.as_str())
    }

    async fn find(connection: &Object, name: &str) -> Result<Self, RestError> {
        let statement = connection.prepare_cached(COLUMNS).await?;
        let rows = connection.query(&statement, &[&SCHEMA, &name]).await?;
        let columns = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        let columns = columns.collect::<Result<Vec<_>, tokio_postgres::Error>>()?;
        if columns.is_empty() {
            let message = format!("Could not find the table '{SCHEMA}.{name}' in the schema cache");
            return Err(Rejection::new(StatusCode::NOT_FOUND, "PGRST205", message).into());
        }
        Ok(Self {
            name: name.to_owned(),
            columns,
        })
    }

    fn path(&self) -> String {
        format!("{}.{}", quoted(SCHEMA), quoted(&self.name))
    }

    /// The names of a payload, as columns with their types and as a plain list.
    fn written(&self, names: &[String]) -> Result<(String, String), Rejection> {
        let mut typed = Vec::new();
        for name in names {
            let Some(kind) = self.kind_of(name) else {
                let message = format!(
                    "Could not find the '{name}' column of '{}' in the schema cache",
                    self.name
                );
                return Err(Rejection::new(StatusCode::BAD_REQUEST, "PGRST204", message));
            };
            typed.push(format!("{} {kind}", quoted(name)));
        }
        let names: Vec<_> = names.iter().map(|name| quoted(name)).collect();
        Ok((typed.join(", "), names.join(", ")))
    }
}

/// Answers a request for a table.
pub(super) async fn visit(
    State(shared): State<Arc<Shared>>,
    Path(table): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    request: Request,
) -> Response {
    let (parts, body) = super::read(request).await;
    match Visit::new(&shared, parts) {
        Ok(visit) => visit.answer(run(&shared, &visit, &table, &pairs, &body).await),
        Err(error) => error.into_response(),
    }
}

/// A statement whose one row is a JSON text, how many rows are in it, and how many there are.
struct Statement {
    sql: String,
    parameters: Vec<String>,
    access: Access,
}

async fn run(
    shared: &Shared,
    visit: &Visit,
    table: &str,
    pairs: &[(String, String)],
    body: &[u8],
) -> Result<Response, RestError> {
    let mut connection = connection(shared).await?;
    let table = Table::find(&connection, table).await?;
    let counts = visit.prefers("count=exact");
    let method = &visit.parts.method;
    let (statement, offset) = match *method {
        Method::GET | Method::HEAD => read(&table, pairs, counts)?,
        Method::POST => (insert(&table, &Payload::read(&visit.parts, body)?)?, 0),
        Method::PATCH => (
            update(&table, pairs, &Payload::read(&visit.parts, body)?)?,
            0,
        ),
        Method::DELETE => (delete(&table, pairs)?, 0),
        _ => {
            return Err(method_not_allowed(
                method,
                "PGRST117",
                "Unsupported HTTP method: {}",
            ));
        }
    };
    let returns = visit.prefers("return=representation");
    let sql = if statement.access == Access::ReadWrite {
        changing(&statement.sql, returns)
    } else {
        statement.sql
    };
    let parameters: Vec<(&(dyn ToSql + Sync), Type)> = statement
        .parameters
        .iter()
        .map(|value| (value as _, Type::TEXT))
        .collect();

    let transaction = begin(shared, &mut connection, visit, statement.access, &[]).await?;
    let row = transaction.query_typed_one(&sql, &parameters).await?;
    let (text, count, total): (String, i64, Option<i64>) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    transaction.commit().await?;

    let mut headers = HeaderMap::new();
    if let Ok(range) = HeaderValue::try_from(super::content_range(offset, count, total)) {
        headers.insert("content-range", range);
    }
    let is_part = total.is_some_and(|total| count < total);
    Ok(match *method {
        Method::POST if returns => json(StatusCode::CREATED, headers, text),
        Method::POST => StatusCode::CREATED.into_response(),
        Method::PATCH | Method::DELETE if !returns => StatusCode::NO_CONTENT.into_response(),
        _ if is_part => json(StatusCode::PARTIAL_CONTENT, headers, text),
        _ => json(StatusCode::OK, headers, text),
    })
}

fn read(
    table: &Table,
    pairs: &[(String, String)],
    counts: bool,
) -> Result<(Statement, i64), Rejection> {
    let selection = Selection::read(table, pairs, 1)?;
    let Selection {
        conditions,
        values,
        columns,
        order,
        limit,
        offset,
    } = selection;
    let (path, limit) = (table.path(), limit.unwrap_or(ROWS_MAX).min(ROWS_MAX));
    let total = if counts {
        format!("(select count(*) from {path} {conditions})")
    } else {
        "null::bigint".to_owned()
    };
    let sql = format!(
        "select coalesce(json_agg(cut), '[]')::text, count(*), {total} \
         from (select {columns} from {path} {conditions} {order} limit {limit} offset {offset}) cut"
    );
    Ok((
        Statement {
            sql,
            parameters: values,
            access: Access::ReadOnly,
        },
        offset,
    ))
}

fn insert(table: &Table, payload: &Payload) -> Result<Statement, Rejection> {
    let (typed, names) = table.written(&payload.names)?;
    let path = table.path();
    if payload.names.is_empty() {
        let sql = format!("insert into {path} default values");
        return Ok(Statement {
            sql,
            parameters: Vec::new(),
            access: Access::ReadWrite,
        });
    }
    let rows = if payload.is_list {
        "json_to_recordset"
    } else {
        "json_to_record"
    };
    let sql = format!(
        "insert into {path} ({names}) select {names} from {rows}($1::text::json) as body({typed})"
    );
    Ok(Statement {
        sql,
        parameters: vec![payload.text.clone()],
        access: Access::ReadWrite,
    })
}

fn update(
    table: &Table,
    pairs: &[(String, String)],
    payload: &Payload,
) -> Result<Statement, Rejection> {
    let (typed, _) = table.written(&payload.names)?;
    let Selection {
        conditions, values, ..
    } = Selection::read(table, pairs, 2)?;
    let set = payload.names.iter().map(|name| {
        let name = quoted(name);
        format!("{name} = (select body.{name} from body)")
    });
    let (set, path) = (set.collect::<Vec<_>>().join(", "), table.path());
    if set.is_empty() {
        let message = "Empty or invalid json";
        return Err(Rejection::new(StatusCode::BAD_REQUEST, "PGRST102", message));
    }
    let rows = if payload.is_list {
        "json_to_recordset"
    } else {
        "json_to_record"
    };
    let mut parameters = vec![payload.text.clone()];
    parameters.extend(values);
    let sql = format!(
        "with body as (select * from {rows}($1::text::json) as body({typed}) limit 1) \
         update {path} set {set} {conditions}"
    );
    Ok(Statement {
        sql,
        parameters,
        access: Access::ReadWrite,
    })
}

fn delete(table: &Table, pairs: &[(String, String)]) -> Result<Statement, Rejection> {
    let Selection {
        conditions, values, ..
    } = Selection::read(table, pairs, 1)?;
    let sql = format!("delete from {} {conditions}", table.path());
    Ok(Statement {
        sql,
        parameters: values,
        access: Access::ReadWrite,
    })
}

/// A change, and the rows that it returns if they are wanted. `returning 1` asks for no right to
/// read.
fn changing(sql: &str, returns: bool) -> String {
    let (returning, text) = if returns {
        ("*", "coalesce(json_agg(done), '[]')::text")
    } else {
        ("1", "''")
    };
    format!(
        "with done as ({sql} returning {returning}) select {text}, count(*), null::bigint from done"
    )
}
