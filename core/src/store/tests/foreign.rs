//! Databases of other programs, and what else of SQL the tests above the store need.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::*;

/// What of a profile its first statement makes.
pub(crate) const ONLY_A_MARK: &str = "pragma application_id = 0x50415254";

/// The schema of Pomotroid 1.0, and some history.
pub(crate) const POMOTROID: &str = "
create table schema_version (version integer not null);
create table sessions (
    id            integer primary key autoincrement,
    started_at    integer not null,
    ended_at      integer,
    round_type    text not null check (round_type in ('work', 'short-break', 'long-break')),
    duration_secs integer not null check (duration_secs > 0),
    completed     integer not null default 0 check (completed in (0, 1))
);
insert into schema_version values (5);
insert into sessions (started_at, ended_at, round_type, duration_secs, completed)
values (1790000000, 1790001500, 'work', 1500, 1), (1790001500, 1790001800, 'short-break', 300, 1),
       (1790002000, 1790002100, 'work', 1500, 0), (1790003000, null, 'work', 1500, 0);
";

pub(crate) const NOTES: &str = "create table notes (text text)";
pub(crate) const OTHER_SESSIONS: &str = "create table sessions (id integer, token text)";
pub(crate) const ENDLESS_VIEW: &str = "
create view sessions as
    with recursive n(id) as (select 1 union all select id + 1 from n)
    select id, id as started_at, id as ended_at, 'work' as round_type, 1 as duration_secs,
           1 as completed from n";
/// As Pomotroid's, but what stands in it is anything.
pub(crate) const ODD_SESSIONS: &str = "
create table sessions (id, started_at, ended_at, round_type, duration_secs, completed);
insert into sessions values (1, 'x', x'00', 7, 1e300, null), (2, 9e18, 1, 'work', 1, 1);
";

/// Makes a database.
pub(crate) async fn database(path: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Leaves nothing that travels.
pub(crate) async fn forget_everything(store: &Store) {
    sqlx::raw_sql(
        "delete from particles; delete from projects; delete from intentions;
         delete from settings; delete from outbox",
    )
    .execute(&store.pool)
    .await
    .unwrap();
}
