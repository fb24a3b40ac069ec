//! Functions that can be called: which one is meant by a name and the names of the arguments.

use axum::http::StatusCode;
use deadpool_postgres::Object;
use tokio_postgres::Row;

use super::error::{Rejection, RestError};
use super::transaction::Access;
use super::{SCHEMA, quoted};

/// The settings that count before the call begins.
const HOISTED: [&str; 1] = ["statement_timeout"];

const ROUTINES: &str = "
    select routine.provolatile = 'v'                                          as writes,
           routine.proretset                                                  as returns_set,
           routine.prorettype = 'pg_catalog.void'::pg_catalog.regtype         as returns_void,
           result.typtype = 'c'
           or routine.prorettype = 'pg_catalog.record'::pg_catalog.regtype
           or coalesce(routine.proargmodes && '{o,b,t}'::\"char\"[], false)   as returns_row,
           (routine.pronargs - routine.pronargdefaults)::int                  as required,
           coalesce(routine.proconfig, '{}')                                  as settings,
           coalesce(argument.names, '{}')                                     as names,
           coalesce(argument.types, '{}')                                     as types
    from   pg_catalog.pg_proc routine
    join   pg_catalog.pg_type result on result.oid = routine.prorettype
    cross  join lateral (
        select array_agg(coalesce(name, '') order by place)                    as names,
               array_agg(pg_catalog.format_type(type, null) order by place)    as types
        from   unnest(coalesce(routine.proallargtypes, routine.proargtypes::oid[]),
                      routine.proargnames, routine.proargmodes)
               with ordinality as one (type, name, mode, place)
        where  coalesce(mode, 'i') in ('i', 'b', 'v')
    ) as argument
    where  routine.pronamespace = $1::text::pg_catalog.regnamespace
    and    routine.proname::text = $2
    and    routine.prokind = 'f'";

/// A function, and how it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Routine {
    /// A function that is not volatile runs in a transaction that cannot write.
    pub(super) access: Access,
    /// What comes back.
    pub(super) result: ResultShape,
    /// Its settings that hold for the whole transaction.
    pub(super) hoisted: Vec<(String, String)>,
    required: usize,
    arguments: Vec<(String, String)>,
}

/// What a function returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultShape {
    /// Nothing.
    Void,
    /// One value or row.
    One {
        /// Whether it has columns.
        is_row: bool,
    },
    /// Any number of them.
    Set {
        /// Whether they have columns.
        is_row: bool,
    },
}

impl Routine {
    /// The one function `name` that takes exactly the named arguments, defaults aside.
    pub(super) async fn find(
        connection: &Object,
        name: &str,
        arguments: &[String],
    ) -> Result<Self, RestError> {
        let statement = connection.prepare_cached(ROUTINES).await?;
        let rows = connection.query(&statement, &[&SCHEMA, &name]).await?;
        let routines = rows.iter().map(Self::read).collect::<Result<Vec<_>, _>>()?;
        let mut fitting = routines
            .into_iter()
            .filter(|routine| routine.takes(arguments));
        match (fitting.next(), fitting.next()) {
            (Some(routine), None) => Ok(routine),
            (None, _) => Err(unknown(name, arguments).into()),
            (Some(_), Some(_)) => Err(ambiguous(name).into()),
        }
    }

    /// The types of the arguments named, as a list of columns.
    pub(super) fn columns(&self, names: &[String]) -> String {
        let wanted = self
            .arguments
            .iter()
            .filter(|(name, _)| names.contains(name));
        let columns: Vec<_> = wanted
            .map(|(name, kind)| format!("{} {kind}", quoted(name)))
            .collect();
        columns.join(", ")
    }

    fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        let is_row = row.try_get("returns_row")?;
        let result = match (row.try_get("returns_void")?, row.try_get("returns_set")?) {
            (true, _) => ResultShape::Void,
            (false, false) => ResultShape::One { is_row },
            (false, true) => ResultShape::Set { is_row },
        };
        let (names, types): (Vec<String>, Vec<String>) =
            (row.try_get("names")?, row.try_get("types")?);
        let settings: Vec<String> = row.try_get("settings")?;
        let settings = settings
            .iter()
            .filter_map(|setting| setting.split_once('='));
        let writes: bool = row.try_get("writes")?;
        let required: i32 = row.try_get("required")?;
        Ok(Self {
            access: if writes {
                Access::ReadWrite
            } else {
                Access::ReadOnly
            },
            result,
            hoisted: settings
                .filter(|(name, _)| HOISTED.contains(name))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            required: usize::try_from(required).unwrap_or_default(),
            arguments: names.into_iter().zip(types).collect(),
        })
    }

    fn takes(&self, names: &[String]) -> bool {
        let known = |name: &String| self.arguments.iter().any(|(known, _)| known == name);
        let required = &self.arguments[..self.required.min(self.arguments.len())];
        names.iter().all(known) && required.iter().all(|(name, _)| names.contains(name))
    }
}

fn unknown(name: &str, arguments: &[String]) -> Rejection {
    let list = arguments.join(", ");
    let (taken, searched) = match arguments.len() {
        0 => (
            " without parameters".to_owned(),
            " without parameters".to_owned(),
        ),
        1 => (format!("({list})"), format!(" with parameter {list}")),
        _ => (format!("({list})"), format!(" with parameters {list}")),
    };
    let message = format!("Could not find the function {SCHEMA}.{name}{taken} in the schema cache");
    let details = format!(
        "Searched for the function {SCHEMA}.{name}{searched} or with a single unnamed json/jsonb \
         parameter, but no matches were found in the schema cache."
    );
    Rejection::new(StatusCode::NOT_FOUND, "PGRST202", message).details(details)
}

fn ambiguous(name: &str) -> Rejection {
    let message = format!("Could not choose the best candidate function between: {SCHEMA}.{name}");
    Rejection::new(StatusCode::MULTIPLE_CHOICES, "PGRST203", message).hint(
        "Try renaming the parameters or the function itself in the database so function \
         overloading can be resolved",
    )
}
