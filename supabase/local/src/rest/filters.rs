//! The query of a table's address: filters, columns, order and range. What is not known here is
//! refused, never passed over: a filter that is left out would widen what a request touches.

use axum::http::StatusCode;

use super::error::Rejection;
use super::quoted;
use super::tables::Table;

/// Comparisons by their short names.
const OPERATORS: [(&str, &str); 6] = [
    ("eq", "="),
    ("neq", "<>"),
    ("gt", ">"),
    ("gte", ">="),
    ("lt", "<"),
    ("lte", "<="),
];

/// A parsed query. Its values are parameters `$first`, `$first + 1` … of the statement.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    /// `where …`, or nothing.
    pub(super) conditions: String,
    /// The values of the conditions.
    pub(super) values: Vec<String>,
    /// The columns of the answer.
    pub(super) columns: String,
    /// `order by …`, or nothing.
    pub(super) order: String,
    /// Rows wanted, if fewer than all.
    pub(super) limit: Option<i64>,
    /// Rows passed over.
    pub(super) offset: i64,
}

impl Selection {
    /// Reads the pairs of a query.
    pub(super) fn read(
        table: &Table,
        pairs: &[(String, String)],
        first: usize,
    ) -> Result<Self, Rejection> {
        let mut selection = Self {
            columns: "*".to_owned(),
            ..Self::default()
        };
        let mut conditions = Vec::new();
        for (name, value) in pairs {
            match name.as_str() {
                "apikey" | "columns" => {}
                "select" => selection.columns = columns(value),
                "order" => selection.order = order(value)?,
                "limit" => selection.limit = Some(number(value)?),
                "offset" => selection.offset = number(value)?,
                column => {
                    let place = first + selection.values.len();
                    let (condition, value) = condition(table, column, value, place)?;
                    conditions.push(condition);
                    selection.values.extend(value);
                }
            }
        }
        if !conditions.is_empty() {
            selection.conditions = format!("where {}", conditions.join(" and "));
        }
        Ok(selection)
    }
}

fn columns(list: &str) -> String {
    let columns = list.split(',').map(str::trim).map(|column| match column {
        "*" | "" => "*".to_owned(),
        column => quoted(column),
    });
    columns.collect::<Vec<_>>().join(", ")
}

fn order(list: &str) -> Result<String, Rejection> {
    let mut terms = Vec::new();
    for term in list.split(',') {
        let (column, direction) = term.split_once('.').unwrap_or((term, "asc"));
        match direction {
            "asc" | "desc" => terms.push(format!("{} {direction}", quoted(column))),
            _ => return Err(unreadable(term)),
        }
    }
    Ok(format!("order by {}", terms.join(", ")))
}

fn number(text: &str) -> Result<i64, Rejection> {
    text.parse()
        .ok()
        .filter(|number| *number >= 0)
        .ok_or_else(|| unreadable(text))
}

fn condition(
    table: &Table,
    column: &str,
    filter: &str,
    place: usize,
) -> Result<(String, Option<String>), Rejection> {
    let (operator, value) = filter.split_once('.').ok_or_else(|| unreadable(filter))?;
    let name = quoted(column);
    if operator == "is" {
        return match value {
            "null" | "true" | "false" => Ok((format!("{name} is {value}"), None)),
            _ => Err(unreadable(filter)),
        };
    }
    let operator = OPERATORS.iter().find(|(short, _)| *short == operator);
    let (_, operator) = operator.ok_or_else(|| unreadable(filter))?;
    // A column that does not exist is the database's to refuse, with its own words.
    let kind = table.kind_of(column).unwrap_or("text");
    Ok((
        format!("{name} {operator} ${place}::text::{kind}"),
        Some(value.to_owned()),
    ))
}

fn unreadable(part: &str) -> Rejection {
    let message = format!("\"failed to parse the query ({part})\"");
    Rejection::new(StatusCode::BAD_REQUEST, "PGRST100", message)
}
