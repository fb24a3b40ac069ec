//! A long list that is read slowly, as in a pager.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use particle_tests::{Cli, Machine};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

/// More than a pipe holds.
const PARTICLES: usize = 2_000;

/// Copies of the one particle that is there, each a second earlier.
const COPIES: &str = "
    with recursive copy (number) as (select 2 union all select number + 1 from copy where number < 2000)
    insert into particles (id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds,
                           utc_offset_minutes, task, project_id, preset, deleted, stamps)
    select printf('00000000-0000-7000-8000-%012d', number), kind, started_at - number * 1000,
           ended_at - number * 1000, planned_seconds, duration_seconds, overflow_seconds, utc_offset_minutes,
           task, project_id, preset, deleted, stamps
      from particles, copy";

#[tokio::test]
async fn a_list_that_nobody_reads_on_keeps_nobody_from_anything() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    cli.object(&["add", "Write", "--minutes", "30"]);
    let options = SqliteConnectOptions::new().filename(machine.profile());
    let mut database = options.connect().await.unwrap();
    sqlx::raw_sql(COPIES).execute(&mut database).await.unwrap();
    database.close().await.unwrap();

    let mut list = cli.command(&["list", "--json"]);
    let mut list = list.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(list.stdout.take().unwrap()).lines();
    lines.next().expect("it has begun to print").unwrap();

    let added = cli.object(&["add", "Meanwhile", "--minutes", "5"]);
    assert_eq!(added["task"], "Meanwhile");
    assert_eq!(lines.count(), PARTICLES - 1, "the list goes on to its end");
    assert!(list.wait().unwrap().success());
}
