//! The transaction of a request: it becomes the caller, and says what is asked, before the
//! statement itself. Everything set here ends with the transaction.

use std::collections::BTreeMap;

use deadpool_postgres::{Object, Transaction};
use serde_json::Value;
use tokio_postgres::Error;

use super::{SCHEMA, Visit};
use crate::shared::Shared;

/// Settings of the role that everybody may set, those for this database last.
const ROLE_SETTINGS: &str = "
    select split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1)
    from   pg_catalog.pg_db_role_setting of_role
    join   pg_catalog.pg_roles role on role.oid = of_role.setrole
    cross  join unnest(of_role.setconfig) as entry
    join   pg_catalog.pg_settings known
           on known.name = split_part(entry, '=', 1) and known.context = 'user'
    where  role.rolname = $1
    and    of_role.setdatabase in
           (0, (select oid from pg_catalog.pg_database where datname = current_database()))
    order  by of_role.setdatabase";

const SET: &str = "
    select pg_catalog.set_config(name, value, true)
    from   unnest($1::text[], $2::text[]) as settings (name, value)";

/// Whether the statement may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// A write is refused with 25006.
    ReadOnly,
    /// The role and its policies decide.
    ReadWrite,
}

/// Begins the transaction of `visit`. `settings` are those of the function that is to be called:
/// a time-out holds for statements that begin later, so that inside it would come too late.
pub(super) async fn begin<'connection>(
    shared: &Shared,
    connection: &'connection mut Object,
    visit: &Visit,
    access: Access,
    settings: &[(String, String)],
) -> Result<Transaction<'connection>, Error> {
    let statement = connection.prepare_cached(ROLE_SETTINGS).await?;
    let of_role = connection.query(&statement, &[&visit.caller.role]).await?;
    let mut all = vec![("search_path".to_owned(), format!("{SCHEMA}, extensions"))];
    for row in of_role {
        all.push((row.try_get(0)?, row.try_get(1)?));
    }
    all.extend(of_request(shared, visit));
    all.extend_from_slice(settings);
    let (names, values): (Vec<String>, Vec<String>) = all.into_iter().unzip();

    let transaction = connection
        .build_transaction()
        .read_only(access == Access::ReadOnly);
    let transaction = transaction.start().await?;
    let statement = transaction.prepare_cached(SET).await?;
    transaction.query(&statement, &[&names, &values]).await?;
    Ok(transaction)
}

fn of_request(shared: &Shared, visit: &Visit) -> [(String, String); 7] {
    let headers = visit.parts.headers.iter().map(|(name, value)| {
        (
            name.as_str(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    let headers: BTreeMap<_, _> = headers.collect();
    let clock_offset_ms = shared.settings().clock_offset.num_milliseconds();
    let path = visit.parts.uri.path();
    [
        ("role", visit.caller.role.clone()),
        ("request.jwt.claims", visit.caller.claims.clone()),
        ("request.method", visit.parts.method.to_string()),
        ("request.path", path.to_owned()),
        ("request.headers", Value::from_iter(headers).to_string()),
        ("request.cookies", "{}".to_owned()),
        ("local.clock_offset_ms", clock_offset_ms.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}
