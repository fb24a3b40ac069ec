//! What is read and written for a request: no more than its rows, whatever lies beside them and
//! whatever the planner knows of the tables.

use std::collections::BTreeMap;

use local_supabase::Database;
use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::{Session, database, run, sign_up, superuser};
use crate::wire::{Request, cursor, epoch, ids, particle, patch, stamp, uuid};

/// What this session has read and written in each table so far.
async fn counted(client: &Client) -> BTreeMap<String, i64> {
    let counters = "
        select relname || ' ' || counter.name, counter.value
          from pg_stat_xact_user_tables
         cross join lateral (values ('seq_scan', seq_scan), ('idx_scan', coalesce(idx_scan, 0)),
                                    ('seq_tup_read', seq_tup_read), ('idx_tup_fetch', coalesce(idx_tup_fetch, 0)),
                                    ('written', n_tup_ins + n_tup_upd + n_tup_del)) as counter (name, value)
         where schemaname in ('public', 'auth')";
    let rows = client.query(counters, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// What one request reads and writes; only what is not 0.
async fn cost(
    session: &Session,
    person: Uuid,
    request: &Request,
) -> (Value, BTreeMap<String, i64>) {
    session.begin(person).await;
    let before = counted(session.client()).await;
    let answer = session
        .call(&request.to_json())
        .await
        .expect("the request is answered");
    let mut after = counted(session.client()).await;
    session.commit().await;
    for (counter, value) in &mut after {
        *value -= before.get(counter).copied().unwrap_or(0);
    }
    after.retain(|_, value| *value != 0);
    (answer, after)
}

fn costs(expected: &[(&str, i64)]) -> BTreeMap<String, i64> {
    expected
        .iter()
        .map(|(counter, value)| ((*counter).to_owned(), *value))
        .collect()
}

/// A database with rows of one person enough for a plan to matter, and people beside.
async fn filled(with_statistics: bool) -> (Database, Client, Uuid) {
    let database = database().await;
    let admin = superuser(&database).await;
    for table in [
        "profiles",
        "particles",
        "projects",
        "intentions",
        "settings",
    ] {
        run(
            &admin,
            &format!("alter table public.{table} set (autovacuum_enabled = false)"),
        )
        .await;
    }
    let person = sign_up(&admin).await;
    run(
        &admin,
        &format!(
            "insert into auth.users (id) select gen_random_uuid() from generate_series(1, 3000);
             alter table public.particles disable trigger foreign_writes_are_stamped;
             insert into public.particles (user_id, id, kind, started_at, ended_at, planned_seconds, duration_seconds,
                                           overflow_seconds, utc_offset_minutes, stamps, version)
             select '{person}', '00000000-0000-4000-8000-' || lpad(to_hex(number), 12, '0'), 'focus', 0, 0, 0, 0, 0, 0,
                    '{{\"*\": \"{stamp}\", \"deleted\": \"{stamp}\"}}', number
               from generate_series(1, 50000) as number;
             alter table public.particles enable trigger foreign_writes_are_stamped;
             update public.profiles set version = 50000 where user_id = '{person}'",
            stamp = stamp(1, 0),
        ),
    )
    .await;
    if with_statistics {
        run(&admin, "analyze").await;
    }
    (database, admin, person)
}

#[tokio::test]
async fn an_idle_exchange_reads_one_row_by_its_index_and_writes_nothing() {
    for with_statistics in [false, true] {
        let (database, _admin, person) = filled(with_statistics).await;
        let session = Session::open(&database).await;
        let first = Request {
            since: 0,
            limit: 1,
            ..Request::first(Vec::new())
        };
        let answer = session.answer(person, &first.to_json()).await;
        let idle = Request {
            epoch: epoch(&answer),
            since: 50_000,
            ..first
        };
        // Later ones run by other plans than the first five.
        for _ in 0..8 {
            let (answer, read) = cost(&session, person, &idle).await;
            assert!(ids(&answer).is_empty());
            assert_eq!(
                read,
                costs(&[("profiles idx_scan", 1), ("profiles idx_tup_fetch", 1)])
            );
        }
    }
}

#[tokio::test]
async fn a_page_reads_no_more_rows_than_it_needs() {
    for with_statistics in [false, true] {
        let (database, _admin, person) = filled(with_statistics).await;
        let session = Session::open(&database).await;
        for page in 0..8 {
            let request = Request {
                limit: 100,
                since: page * 100,
                ..Request::first(Vec::new())
            };
            let epoch = epoch(
                &session
                    .answer(person, &Request::first(Vec::new()).to_json())
                    .await,
            );
            let (answer, read) = cost(&session, person, &Request { epoch, ..request }).await;
            assert_eq!(ids(&answer).len(), 100);
            assert_eq!(read.get("particles seq_scan"), None, "{read:?}");
            assert_eq!(
                read["particles idx_tup_fetch"], 101,
                "one more tells whether there is more"
            );
        }
    }
}

#[tokio::test]
async fn a_merge_reads_and_writes_only_the_rows_that_it_was_sent() {
    for with_statistics in [false, true] {
        let (database, _admin, person) = filled(with_statistics).await;
        let session = Session::open(&database).await;
        let known = session
            .answer(
                person,
                &Request {
                    limit: 1,
                    ..Request::first(Vec::new())
                }
                .to_json(),
            )
            .await;
        let mut since = 50_000;
        for (round, moment_ms) in (10..18).enumerate() {
            let edit = |number| {
                patch(
                    "particle",
                    &uuid(number),
                    &json!({"task": "x"}),
                    &stamp(moment_ms, 0),
                )
            };
            let new =
                |number: usize| particle(100_000 * (round + 1) + number, "", &stamp(moment_ms, 0));
            let changes = (1..=100).map(edit).chain((0..100).map(new)).collect();
            let request = Request {
                epoch: epoch(&known),
                since,
                limit: 1000,
                changes,
            };
            let (answer, read) = cost(&session, person, &request).await;
            since = cursor(&answer);
            assert!(ids(&answer).is_empty());
            assert_eq!(read.get("particles seq_scan"), None, "{read:?}");
            assert_eq!(read["particles written"], 200);
            // 100 are found, and found again to be changed; whoever knows all of it gets no page.
            assert!(read["particles idx_tup_fetch"] <= 200, "{read:?}");
        }
    }
}
