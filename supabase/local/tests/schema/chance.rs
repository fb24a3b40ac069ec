//! Random changes that are well formed: new ones, stale ones, whole ones and parts.

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

use crate::declared::{ENTITIES, Entity};
use crate::wire::{uuid, whole};

/// Few rows, so that changes meet.
const ROWS: usize = 5;
/// Few moments, so that stamps meet.
const MOMENTS: i64 = 60;

/// One of these.
pub(crate) fn one_of<T: Copy>(rng: &mut StdRng, choices: &[T]) -> T {
    choices[rng.random_range(0..choices.len())]
}

/// A stamp of the minute before `until_ms`.
pub(crate) fn random_stamp(rng: &mut StdRng, until_ms: i64) -> String {
    let moment_ms = until_ms - rng.random_range(0..MOMENTS) * 1000;
    let count = rng.random_range(0..2);
    let tag = one_of(rng, &["00000001", "9fffffff", "a0000000"]);
    format!("{moment_ms:012x}{count:04x}{tag}")
}

/// An entity.
pub(crate) fn random_entity(rng: &mut StdRng) -> &'static Entity {
    &ENTITIES[rng.random_range(0..ENTITIES.len())]
}

/// The id of one of the few rows.
pub(crate) fn random_id(rng: &mut StdRng, entity: &Entity) -> String {
    let number = rng.random_range(0..ROWS);
    match entity.name {
        "intention" => format!("2027-01-{:02}", number + 1),
        "setting" => format!("key.{number}"),
        _ => uuid(number),
    }
}

/// A value that the field takes.
pub(crate) fn random_value(rng: &mut StdRng, field: &str) -> Value {
    match field {
        "kind" => json!(one_of(rng, &["focus", "short_break", "long_break"])),
        "time" => random_time(rng),
        "task" | "text" | "name" => {
            json!(one_of(rng, &["", "Write", "Grüße 🌍", "a\\b\"c\n", "null"]))
        }
        "project_id" => one_of(
            rng,
            &[json!(null), json!(uuid(1)), json!(uuid(2))].each_ref(),
        )
        .clone(),
        "preset" => json!(one_of(
            rng,
            &["classic", "deep_work", "ultradian", "custom"]
        )),
        "status" => json!(one_of(rng, &["open", "done", "partly", "moved", "let_go"])),
        "brightness" => json!(f64::from(rng.random_range(30..=100)) / 100.0),
        "archived" | "deleted" => json!(rng.random_bool(0.4)),
        _ => {
            let values = [
                json!(null),
                json!("dark"),
                json!(25),
                json!({"a": [1, "x", null]}),
                json!(false),
                // As deep as it may be.
                (0..63).fold(json!(1), |inside, _| json!([inside])),
            ];
            one_of(rng, &values.each_ref()).clone()
        }
    }
}

fn random_time(rng: &mut StdRng) -> Value {
    let (started_at, duration) = (
        rng.random_range(0..10_000_000),
        rng.random_range(0..=86_400),
    );
    json!({
        "started_at": started_at,
        "ended_at": started_at + rng.random_range(0..2),
        "planned_seconds": rng.random_range(0..=86_400),
        "duration_seconds": duration,
        "overflow_seconds": rng.random_range(0..=duration),
        "utc_offset_minutes": rng.random_range(-1080..=1080),
    })
}

/// All fields of an entity.
pub(crate) fn random_fields(rng: &mut StdRng, entity: &Entity) -> Map<String, Value> {
    let named =
        |field: &crate::declared::Field| (field.name.to_owned(), random_value(rng, field.name));
    entity.fields.iter().map(named).collect()
}

/// A change that may be new, stale or partial, but is well formed. Its stamps lie before `until_ms`.
pub(crate) fn random_change(rng: &mut StdRng, until_ms: i64) -> Value {
    let entity = random_entity(rng);
    let id = random_id(rng, entity);
    let mut fields = random_fields(rng, entity);
    let mut change = if rng.random_bool(0.3) {
        whole(
            entity.name,
            &id,
            &json!(fields),
            &random_stamp(rng, until_ms),
        )
    } else {
        if rng.random_bool(0.6) {
            fields.retain(|_, _| rng.random_bool(0.5));
        }
        json!({"entity": entity.name, "id": id, "fields": fields, "stamps": {}})
    };
    let is_starred = change["stamps"].get("*").is_some();
    for name in fields.keys() {
        if !is_starred || rng.random_bool(0.2) {
            change["stamps"][name] = json!(random_stamp(rng, until_ms));
        }
    }
    change
}
