//! One bad row among a thousand: the others are applied in the same request, and the verdict names it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Session, ask, database, sign_up, superuser};
use crate::wire::{Request, cursor, particle, particle_fields, patch, stamp, uuid, whole};

const CHANGES: usize = 1000;
const POISON: usize = 517;

fn altered(field: &str, value: Value) -> Value {
    let mut fields = particle_fields(POISON, "Write");
    fields[field] = value;
    whole("particle", &uuid(POISON), &fields, &stamp(5, 0))
}

fn time_with(part: &str, value: Value) -> Value {
    let mut time = particle_fields(POISON, "")["time"].clone();
    time[part] = value;
    altered("time", time)
}

#[rstest]
#[case::a_check(altered("kind", json!("nap")), "refused", Some("particles_kind_known"))]
#[case::a_check_across_time(time_with("ended_at", json!(0)), "refused", Some("particles_end_after_start"))]
#[case::too_long(altered("task", json!("x".repeat(201))), "refused", Some("particles_task_length"))]
#[case::text_for_a_number(time_with("planned_seconds", json!("abc")), "refused", Some("wrong_type"))]
#[case::a_number_too_great(time_with("planned_seconds", json!(3_000_000_000_i64)), "refused", Some("wrong_type"))]
#[case::a_number_for_a_truth(altered("deleted", json!(1)), "refused", Some("wrong_type"))]
#[case::a_bad_id(whole("particle", "x", &particle_fields(1, ""), &stamp(5, 0)), "refused", Some("particles_id_uuid"))]
#[case::a_bad_stamp(whole("particle", &uuid(POISON), &particle_fields(1, ""), "x"), "refused", Some("invalid_stamp"))]
#[case::half_a_row(patch("particle", &uuid(POISON), &json!({"task": "x"}), &stamp(5, 0)), "incomplete", None)]
#[case::a_stamp_ahead(particle(POISON, "", &"f".repeat(24)), "clock", None)]
#[tokio::test]
async fn one_bad_row_holds_up_no_other(
    #[case] poison: Value,
    #[case] status: &str,
    #[case] code: Option<&str>,
) {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    let mut changes: Vec<_> = (0..CHANGES)
        .map(|number| particle(number, "Write", &stamp(5, 0)))
        .collect();
    changes[POISON].clone_from(&poison);

    let request = Request {
        limit: 1,
        ..Request::first(changes)
    };
    let answer = session.answer(person, &request.to_json()).await;
    for (place, verdict) in answer["verdicts"].as_array().unwrap().iter().enumerate() {
        match place {
            POISON => {
                assert_eq!(verdict["status"], status);
                assert_eq!(verdict["code"].as_str(), code);
                assert_eq!(verdict["id"], poison["id"]);
            }
            _ => assert_eq!(verdict["status"], "applied"),
        }
    }
    let others = format!(
        "select count(*) from public.particles where id <> '{}'",
        uuid(POISON)
    );
    assert_eq!(ask::<i64>(&admin, &others).await, 999);
    assert_eq!(
        ask::<i64>(&admin, "select count(*) from public.particles").await,
        999
    );
    assert_eq!(
        cursor(&answer),
        1000,
        "own rows do not come back, the bad one does not count"
    );
}
