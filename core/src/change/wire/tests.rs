use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::change::{ParticleField, ProjectField};
use crate::model::{
    Kind, Particle, ParticleId, ParticleTime, Preset, ProjectId as AProjectId, Task,
};
use crate::randomness::Randomness;

fn moment(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap()
}

fn stamp(millis: i64) -> Stamp {
    Stamp::derived(moment(millis), 7)
}

fn answer(rows: &Value) -> Value {
    json!({
        "protocol": 1, "schema": 1, "epoch": "e", "server_time": 5, "reset": false,
        "verdicts": [], "rows": rows, "cursor": "412", "more": false,
    })
}

fn parsed(rows: &Value) -> Vec<Row> {
    let body = answer(rows).to_string();
    Response::parse(body.as_bytes()).unwrap().rows
}

fn particle(seed: u64, (start, length, spent): (i64, i64, u32), task: &str) -> Particle {
    Particle {
        id: ParticleId::new(moment(start), &Randomness::seeded(seed)),
        kind: Kind::Focus,
        task: Task::new(task).unwrap(),
        project_id: Some(AProjectId::new(moment(start), &Randomness::seeded(seed))),
        time: ParticleTime {
            started_at: moment(start),
            ended_at: moment(start + length),
            planned_seconds: spent,
            duration_seconds: spent,
            overflow_seconds: spent / 2,
            utc_offset_minutes: -90,
        },
        preset: Preset::DeepWork,
        deleted: seed.is_multiple_of(2),
    }
}

proptest! {
    #[test]
    fn a_particle_arrives_as_it_was_sent(
        seed in any::<u64>(),
        time in (0..253_402_000_000_000_i64, 0..86_400_000_i64, 0..86_400_u32),
        task in "[^\u{0}\\p{Cc}\\p{Z}]{0,60}",
    ) {
        let row = particle(seed, time, &task);
        let stamps: Stamps<ParticleField> =
            ParticleField::ALL.iter().zip(1..).map(|(f, n)| (*f, stamp(n))).collect();
        let change = Change::of(row.id.to_string(), &row, ParticleField::ALL, &stamps).unwrap();
        let rows = parsed(&json!([serde_json::to_value(&change).unwrap()]));
        prop_assert_eq!(rows, vec![Row::Known(Incoming::Particle(Stamped { row, stamps }))]);
    }
}

#[test]
fn a_change_has_its_fields_only_and_numbers_beyond_32_bits_travel_as_texts() {
    let row = particle(1, (1_800_000_000_000, 1000, 1), "Write");
    let stamps: Stamps<ParticleField> = ParticleField::ALL.iter().map(|f| (*f, stamp(9))).collect();
    let change = Change::of("an id".into(), &row, &[ParticleField::Task], &stamps).unwrap();
    let request = Request {
        protocol: PROTOCOL,
        epoch: None,
        since: 1 << 60,
        limit: 1000,
        changes: vec![change],
    };
    assert_eq!(
        serde_json::to_value(&request).unwrap(),
        json!({"protocol": 1, "epoch": null, "since": "1152921504606846976", "limit": 1000, "changes": [
            {"entity": "particle", "id": "an id", "fields": {"task": "Write"},
             "stamps": {"task": "000000000009000000000007"}}]})
    );
}

#[test]
fn a_bad_row_is_told_and_the_others_are_read() {
    let good = json!({"entity": "project", "id": "018f0000-0000-7000-8000-000000000001", "version": "3",
        "fields": {"name": "Book", "brightness": 0.5, "archived": false, "deleted": false, "later": 1},
        "stamps": {"*": stamp(1), "deleted": stamp(2), "later": stamp(3)}});
    let changed = |change: fn(&mut Value)| {
        let mut row = good.clone();
        change(&mut row);
        row
    };
    let rows = parsed(&json!([
        good,
        changed(|row| row["fields"]["name"] = json!("x".repeat(51))),
        changed(|row| row["stamps"] = json!({"*": stamp(1)})),
        changed(|row| row["id"] = json!("nothing")),
        changed(|row| row["entity"] = json!("mood")),
        changed(|row| row["stamps"]["deleted"] = json!("soon")),
        null_row(),
    ]));
    let Row::Known(Incoming::Project(project)) = &rows[0] else {
        panic!("{rows:?}");
    };
    assert_eq!(project.stamps[&ProjectField::Name], stamp(1));
    assert_eq!(project.stamps[&ProjectField::Deleted], stamp(2));
    let is_malformed = |row: &Row| matches!(row, Row::Malformed { .. });
    let malformed: Vec<bool> = rows.iter().map(is_malformed).collect();
    assert_eq!(malformed, [false, true, true, true, false, true, true]);
    assert_eq!(rows[4], Row::Unknown);
}

fn null_row() -> Value {
    Value::Null
}

#[test]
fn an_answer_of_another_protocol_or_form_is_none() {
    let mut other = answer(&json!([]));
    assert!(Response::parse(other.to_string().as_bytes()).is_ok());
    other["protocol"] = json!(2);
    let mut impossible = answer(&json!([]));
    impossible["server_time"] = json!(i64::MAX);
    for body in [
        &*other.to_string(),
        &*impossible.to_string(),
        "<html>Sign in to this network</html>",
        "{}",
        "",
        "[]",
    ] {
        assert!(Response::parse(body.as_bytes()).is_err(), "{body}");
    }
}
