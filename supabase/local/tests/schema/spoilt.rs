//! Random changes with one thing wrong.

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::chance::{one_of, random_entity, random_fields, random_id};
use crate::declared::Entity;
use crate::wire::whole;

/// A change with one thing wrong, and the newest stamp of all: nothing else may hold it up.
pub(crate) fn bad_change(rng: &mut StdRng, now_ms: i64) -> Value {
    let entity = random_entity(rng);
    let id = random_id(rng, entity);
    let stamp = format!("{:012x}ffff{:08x}", now_ms, rng.random::<u32>());
    let mut change = whole(entity.name, &id, &json!(random_fields(rng, entity)), &stamp);
    match rng.random_range(0..7) {
        0 => malformed(rng, change),
        1 => {
            change["entity"] = json!(one_of(rng, &["Particle", "", "focus", "particles"]));
            change
        }
        2 => {
            let part = one_of(rng, &["fields", "stamps"]);
            change[part][one_of(rng, &["colour", "", "Deleted"])] = json!(stamp);
            change
        }
        3 => {
            let name = one_of(rng, &["*", "deleted"]);
            change["stamps"][name] = bad_stamp(rng);
            change
        }
        4 => {
            let (part, name) = one_of(
                rng,
                &[
                    ("fields", "deleted"),
                    ("stamps", "deleted"),
                    ("stamps", "*"),
                    ("fields", entity.fields[0].name),
                ],
            );
            change[part].as_object_mut().unwrap().remove(name);
            change
        }
        5 => {
            let (field, value) = one_of(rng, &wrong_types(entity).each_ref()).clone();
            change["fields"][field] = value;
            change
        }
        _ => {
            out_of_range(rng, entity, &mut change);
            change
        }
    }
}

fn malformed(rng: &mut StdRng, mut change: Value) -> Value {
    let odd = [json!(5), json!("x"), json!(null), json!([]), json!([1])];
    let odd = one_of(rng, &odd.each_ref()).clone();
    match rng.random_range(0..3) {
        0 => odd,
        1 => {
            let part = one_of(rng, &["id", "fields", "stamps", "entity"]);
            let is_good = part == "id" && odd.is_string();
            change[part] = if is_good || (part == "entity" && odd.is_string()) {
                json!(7)
            } else {
                odd
            };
            change
        }
        _ => {
            let part = one_of(rng, &["id", "fields", "stamps", "entity"]);
            change.as_object_mut().unwrap().remove(part);
            change
        }
    }
}

fn bad_stamp(rng: &mut StdRng) -> Value {
    let texts = [
        json!(""),
        json!("0189f8a0c2000000000000A1"),
        json!("0189f8a0c20000000000001"),
        json!("0189f8a0c200000000000000 "),
        json!("0189f8a0c2000000000000001"),
        json!("0189f8a0c20000000000000g"),
        json!("0189f8a0c20000000000000\n"),
        json!(null),
        json!(5),
        json!(["0189f8a0c20000000000000a"]),
    ];
    one_of(rng, &texts.each_ref()).clone()
}

fn wrong_types(entity: &Entity) -> [(&'static str, Value); 4] {
    let time = |part: &str, value: Value| {
        let mut time = json!({"started_at": 1, "ended_at": 2, "planned_seconds": 3, "duration_seconds": 4, "overflow_seconds": 0, "utc_offset_minutes": 0});
        time[part] = value;
        time
    };
    match entity.name {
        "particle" => [
            ("kind", json!(null)),
            ("time", time("started_at", json!("1"))),
            ("time", time("seconds", json!(1))),
            ("time", time("planned_seconds", json!(2_147_483_648_i64))),
        ],
        "project" => [
            ("name", json!(1)),
            ("brightness", json!("0.5")),
            ("brightness", json!(null)),
            ("archived", json!(1)),
        ],
        "intention" => [
            ("text", json!(null)),
            ("status", json!(false)),
            ("project_id", json!(1)),
            ("deleted", json!("true")),
        ],
        _ => ["true", "false", "t", ""].map(|text| ("deleted", json!(text))),
    }
}

fn out_of_range(rng: &mut StdRng, entity: &Entity, change: &mut Value) {
    if rng.random_bool(0.2) {
        change["id"] = json!(one_of(
            rng,
            &[
                "",
                "X",
                "00000000-0000-4000-8000-00000000000A",
                "2027-13-01",
                "2027-01-1"
            ]
        ));
        return;
    }
    let long = |characters: usize| json!("ü".repeat(characters));
    let (field, value) = match entity.name {
        "particle" => match rng.random_range(0..4) {
            0 => ("kind", json!("Focus")),
            1 => ("task", long(201)),
            2 => ("preset", json!("")),
            _ => {
                let (part, number) = one_of(
                    rng,
                    &[
                        ("started_at", -1),
                        ("ended_at", 253_402_300_800_000_i64),
                        ("ended_at", -1),
                        ("planned_seconds", 86_401),
                        ("duration_seconds", 86_401),
                        ("overflow_seconds", 86_401),
                        ("utc_offset_minutes", -1081),
                        ("utc_offset_minutes", 1081),
                    ],
                );
                change["fields"]["time"][part] = json!(number);
                return;
            }
        },
        "project" => one_of(
            rng,
            &[
                ("name", long(51)),
                ("brightness", json!(0.29)),
                ("brightness", json!(1.01)),
            ]
            .each_ref(),
        )
        .clone(),
        "intention" => one_of(
            rng,
            &[
                ("text", long(201)),
                ("status", json!("")),
                ("project_id", json!("x")),
            ]
            .each_ref(),
        )
        .clone(),
        _ => {
            let deep = (0..64).fold(json!(1), |inside, _| json!([inside]));
            let values = [json!("x".repeat(4095)), deep, json!({"a": [-1e31]})];
            ("value", one_of(rng, &values.each_ref()).clone())
        }
    };
    change["fields"][field] = value;
}
