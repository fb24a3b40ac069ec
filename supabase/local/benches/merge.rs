//! What the merge costs: 10,000 rows in requests of 1,000, against a bare `insert … select` of the same
//! rows into the same table for another person; and an exchange that has nothing to say.
//!
//! Both alternate in one session and in one run, so that what else the machine does meets both.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a measurement"
)]

use std::time::{Duration, Instant};

use local_supabase::Cluster;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio_postgres::types::{Json, Type};
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

const REQUESTS: usize = 10;
const CHANGES: usize = 1000;
/// Rounds that are counted, after the ones that warm up.
const ROUNDS: usize = 7;
const WARM_UP: usize = 2;
const IDLE_EXCHANGES: usize = 500;

/// Without the trigger that stamps writes from elsewhere; with all constraints and indexes.
const BARE: &str = "
    insert into public.particles (user_id, id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds,
                                  utc_offset_minutes, task, project_id, preset, deleted, stamps, version)
    select $1, value ->> 'id', fields ->> 'kind', (time ->> 'started_at')::bigint, (time ->> 'ended_at')::bigint,
           (time ->> 'planned_seconds')::integer, (time ->> 'duration_seconds')::integer, (time ->> 'overflow_seconds')::integer,
           (time ->> 'utc_offset_minutes')::integer, fields ->> 'task', fields ->> 'project_id', fields ->> 'preset',
           (fields ->> 'deleted')::boolean, value -> 'stamps', ordinality
      from jsonb_array_elements($2) with ordinality,
   lateral (select value -> 'fields' as fields, value -> 'fields' -> 'time' as time) as parts";

struct Bench {
    client: Client,
    bare: Statement,
    exchange: Statement,
}

#[tokio::main]
async fn main() {
    let cluster = Cluster::shared().expect("PostgreSQL starts");
    let database = cluster.create_database().await.expect("a database is made");
    let client = database.connect().await.expect("the database answers");
    client
        .batch_execute("alter table public.particles disable trigger foreign_writes_are_stamped")
        .await
        .unwrap();
    let bare = client
        .prepare_typed(BARE, &[Type::UUID, Type::JSONB])
        .await
        .unwrap();
    let exchange = "select public.sync_exchange($1)";
    let exchange = client
        .prepare_typed(exchange, &[Type::JSONB])
        .await
        .unwrap();
    let bench = Bench {
        client,
        bare,
        exchange,
    };

    let mut times = Vec::new();
    for round in 0..WARM_UP + ROUNDS {
        let pair = bench.round(round).await;
        if round >= WARM_UP {
            times.push(pair);
        }
    }
    let rows = REQUESTS * CHANGES;
    let bare = median(times.iter().map(|(bare, _)| *bare));
    let merged = median(times.iter().map(|(_, merged)| *merged));
    let each: Vec<_> = times
        .iter()
        .map(|(bare, merged)| format!("{:.2}", ratio(*merged, *bare)))
        .collect();
    println!("{rows} rows in requests of {CHANGES}, medians of {ROUNDS} rounds");
    println!(
        "  bare insert {bare:>8.1?} {:>9.0} rows/s",
        per_second(rows, bare)
    );
    println!(
        "  exchange    {merged:>8.1?} {:>9.0} rows/s",
        per_second(rows, merged)
    );
    println!(
        "  ratio {:.2} (rounds: {})",
        ratio(merged, bare),
        each.join(" ")
    );
    println!(
        "idle exchange, median of {IDLE_EXCHANGES}: {:.2?}",
        bench.idle().await
    );
}

impl Bench {
    /// The times of all bare inserts and of all exchanges of one round, one after the other in turn.
    async fn round(&self, round: usize) -> (Duration, Duration) {
        let (bare, merged) = (self.sign_up().await, self.sign_up().await);
        let mut times = (Duration::ZERO, Duration::ZERO);
        for request in 0..REQUESTS {
            let numbers = request * CHANGES..(request + 1) * CHANGES;
            let changes: Value = numbers.map(|number| change(round, number)).collect();
            let asked = as_text(&json!({
                "protocol": 1, "epoch": null, "since": "0", "limit": 1, "changes": changes,
            }));
            let changes = as_text(&changes);

            let begun = Instant::now();
            self.client
                .execute(&self.bare, &[&bare, &Json(&changes)])
                .await
                .unwrap();
            times.0 += begun.elapsed();
            times.1 += self.exchange(merged, &asked).await;
        }
        times
    }

    async fn exchange(&self, person: Uuid, asked: &RawValue) -> Duration {
        let claims = format!(r#"{{"sub": "{person}", "role": "authenticated"}}"#);
        let as_person = format!(
            "begin; set local role authenticated;
             select set_config('request.jwt.claims', '{claims}', true)"
        );
        self.client.batch_execute(&as_person).await.unwrap();
        let begun = Instant::now();
        let answer = self
            .client
            .query_one(&self.exchange, &[&Json(asked)])
            .await
            .unwrap();
        let called = begun.elapsed();
        let verdicts: Value = answer.get::<_, Value>(0)["verdicts"].take();
        let verdicts = verdicts.as_array().unwrap();
        assert!(
            verdicts
                .iter()
                .all(|verdict| verdict["status"] == "applied")
        );
        let begun = Instant::now();
        self.client.batch_execute("commit").await.unwrap();
        called + begun.elapsed()
    }

    async fn idle(&self) -> Duration {
        let person = self.sign_up().await;
        let asked = as_text(&json!({
            "protocol": 1, "epoch": null, "since": "0", "limit": 1000, "changes": [],
        }));
        let mut times = Vec::new();
        for _ in 0..IDLE_EXCHANGES {
            times.push(self.exchange(person, &asked).await);
        }
        median(times.into_iter())
    }

    async fn sign_up(&self) -> Uuid {
        let person = Uuid::new_v4();
        let insert = "insert into auth.users (id) values ($1)";
        self.client.execute(insert, &[&person]).await.unwrap();
        person
    }
}

/// Made before the clock runs: PostgreSQL parses it, and that counts.
fn as_text(json: &Value) -> Box<RawValue> {
    RawValue::from_string(json.to_string()).unwrap()
}

fn change(round: usize, number: usize) -> Value {
    let ended_at = 1_700_000_000_000_i64 + i64::try_from(number).unwrap() * 3_600_000;
    let stamp = format!("{ended_at:012x}0000{round:08x}");
    json!({
        "entity": "particle",
        "id": format!("00000000-0000-7000-8000-{number:012x}"),
        "fields": {
            "kind": "focus",
            "time": {
                "started_at": ended_at - 1_500_000, "ended_at": ended_at, "planned_seconds": 1500,
                "duration_seconds": 1500, "overflow_seconds": 0, "utc_offset_minutes": 60,
            },
            "task": "Write the second chapter",
            "project_id": "00000000-0000-7000-8000-0000000000aa",
            "preset": "classic",
            "deleted": false,
        },
        "stamps": {"*": stamp, "deleted": stamp},
    })
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<_> = times.collect();
    times.sort();
    times[times.len() / 2]
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

#[allow(clippy::cast_precision_loss, reason = "a count of rows")]
fn per_second(rows: usize, time: Duration) -> f64 {
    rows as f64 / time.as_secs_f64()
}
