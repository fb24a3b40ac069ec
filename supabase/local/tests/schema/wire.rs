//! Requests, changes and rows as they stand on the wire.

use serde_json::{Map, Value, json};

/// The moment at which most tests take place.
pub(crate) const NOW_MS: i64 = 1_800_000_000_000;

/// A request; `epoch` is null at first contact.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) epoch: Option<String>,
    pub(crate) since: u64,
    pub(crate) limit: i64,
    pub(crate) changes: Vec<Value>,
}

impl Request {
    /// Of a device that was never here.
    pub(crate) fn first(changes: Vec<Value>) -> Self {
        Self {
            epoch: None,
            since: 0,
            limit: 1000,
            changes,
        }
    }

    /// As it is sent.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "protocol": 1,
            "epoch": self.epoch,
            "since": self.since.to_string(),
            "limit": self.limit,
            "changes": self.changes,
        })
    }
}

/// The stamp of a moment, by a clock with the tag 1.
pub(crate) fn stamp(moment_ms: i64, count: u16) -> String {
    format!("{moment_ms:012x}{count:04x}00000001")
}

/// The id of the `number`th row of an entity with UUIDs.
pub(crate) fn uuid(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// A change of all fields, with `"*"`.
pub(crate) fn whole(entity: &str, id: &str, fields: &Value, stamp: &str) -> Value {
    json!({
        "entity": entity, "id": id, "fields": fields, "stamps": {"*": stamp, "deleted": stamp},
    })
}

/// A change of some fields, each with its own stamp.
pub(crate) fn patch(entity: &str, id: &str, fields: &Value, stamp: &str) -> Value {
    let names = fields.as_object().expect("fields are an object").keys();
    let stamps: Map<_, _> = names.map(|name| (name.clone(), json!(stamp))).collect();
    json!({"entity": entity, "id": id, "fields": fields, "stamps": stamps})
}

/// A whole particle.
pub(crate) fn particle(number: usize, task: &str, stamp: &str) -> Value {
    whole(
        "particle",
        &uuid(number),
        &particle_fields(number, task),
        stamp,
    )
}

/// All fields of a particle.
pub(crate) fn particle_fields(number: usize, task: &str) -> Value {
    let ended_at = NOW_MS + i64::try_from(number).expect("a small number");
    json!({
        "kind": "focus",
        "time": {
            "started_at": ended_at - 1_500_000, "ended_at": ended_at, "planned_seconds": 1500,
            "duration_seconds": 1500, "overflow_seconds": 0, "utc_offset_minutes": 60,
        },
        "task": task,
        "project_id": null,
        "preset": "classic",
        "deleted": false,
    })
}

/// A whole project.
pub(crate) fn project(number: usize, name: &str, stamp: &str) -> Value {
    let fields = json!({"name": name, "brightness": 0.5, "archived": false, "deleted": false});
    whole("project", &uuid(number), &fields, stamp)
}

/// A whole setting.
pub(crate) fn setting(key: &str, value: &Value, stamp: &str) -> Value {
    whole(
        "setting",
        key,
        &json!({"value": value, "deleted": false}),
        stamp,
    )
}

/// The cursor of an answer.
pub(crate) fn cursor(answer: &Value) -> u64 {
    answer["cursor"].as_str().unwrap().parse().unwrap()
}

/// The epoch of an answer, as the next request has it.
pub(crate) fn epoch(answer: &Value) -> Option<String> {
    let epoch = answer["epoch"].as_str().map(str::to_owned);
    assert!(epoch.is_some(), "every answer has an epoch");
    epoch
}

/// The rows of an answer.
pub(crate) fn rows(answer: &Value) -> &[Value] {
    answer["rows"].as_array().expect("rows are a list")
}

/// The ids of an answer's rows, in its order.
pub(crate) fn ids(answer: &Value) -> Vec<&str> {
    rows(answer)
        .iter()
        .map(|row| row["id"].as_str().expect("an id is a text"))
        .collect()
}

/// The statuses of an answer's verdicts.
pub(crate) fn statuses(answer: &Value) -> Vec<&str> {
    let verdicts = answer["verdicts"].as_array().expect("verdicts are a list");
    verdicts
        .iter()
        .map(|verdict| verdict["status"].as_str().expect("a status is a text"))
        .collect()
}
