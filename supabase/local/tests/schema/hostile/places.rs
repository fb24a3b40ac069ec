//! Every place of a request, and every place of a change, with values that do not belong there.

use serde_json::{Value, json};

use super::good_request;
use crate::attack::ground::{Ground, WRITTEN_MS};

/// Stands for what JSON values of a library cannot hold, until the text is made.
const BLANK: &str = "BLANK";

/// As they stand in the text.
const VALUES: [&str; 15] = [
    "null",
    "true",
    "-0",
    "0.5",
    "1e400",
    "0.1e-400",
    "1e131072",
    "9223372036854775808",
    "99999999999999999999",
    r#""""#,
    r#""x""#,
    r#""\u0000""#,
    r#""\ud800""#,
    "[[], {}]",
    r#"{"*": "x", "a": null}"#,
];

/// Those that no value of type `jsonb` can be: they refuse the request.
const NO_JSONB: [&str; 3] = ["1e131072", r#""\u0000""#, r#""\ud800""#];

/// The places of a value, as JSON pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                places(value, &format!("{at}/{name}"), all);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// `request` with a text of JSON at a place.
fn with(request: &Value, place: &str, text: &str) -> String {
    let mut request = request.clone();
    *request.pointer_mut(place).expect("a place of the request") = json!(BLANK);
    request.to_string().replace(&json!(BLANK).to_string(), text)
}

#[tokio::test]
async fn a_value_that_does_not_belong_where_it_stands_gets_a_verdict_or_a_clean_error() {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let request = good_request(WRITTEN_MS);
    let mut all = Vec::new();
    places(&request, "", &mut all);
    assert!(all.len() > 60, "{all:?}");
    for place in &all {
        for value in VALUES {
            let answer = ground.hostile(with(&request, place, value)).await;
            let is_part_of_a_change = place.starts_with("/request/changes/");
            if is_part_of_a_change && !NO_JSONB.contains(&value) {
                assert_eq!(
                    answer.status, 200,
                    "a change is refused by itself: {place} = {value}: {answer:?}"
                );
            }
        }
    }
    ground.assert_answers().await;
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
}

#[tokio::test]
async fn a_part_that_is_missing_or_too_many_gets_a_verdict_or_a_clean_error() {
    let ground = Ground::start().await;
    let request = good_request(WRITTEN_MS);
    let mut all = Vec::new();
    places(&request, "", &mut all);
    for place in all.iter().filter(|place| place.len() > 1) {
        let (parent, name) = place.rsplit_once('/').expect("a place below another");
        let mut without = request.clone();
        let mut beside = request.clone();
        let mut twice = request.clone();
        match without.pointer_mut(parent) {
            Some(Value::Object(fields)) => drop(fields.remove(name)),
            Some(Value::Array(items)) => drop(items.remove(name.parse().expect("an index"))),
            _ => unreachable!("a place stands in an object or in a list"),
        }
        if let Some(Value::Object(fields)) = beside.pointer_mut(parent) {
            fields.insert("unknown".to_owned(), json!(1));
        }
        if let Some(Value::Object(fields)) = twice.pointer_mut(parent) {
            fields.insert(BLANK.to_owned(), json!(null));
        }
        let doubled = twice.to_string().replace(BLANK, name);
        for body in [without.to_string(), beside.to_string(), doubled] {
            ground.hostile(body).await;
        }
    }
    ground.assert_answers().await;
}

/// A number of ten bytes can be a text of 131,072; a list of them must not be written out.
#[tokio::test]
async fn numbers_that_are_long_when_written_out_are_not_written_out() {
    let ground = Ground::start().await;
    let request = good_request(WRITTEN_MS);
    let changes = "/request/changes/0";
    let places = [
        "/request/since",
        "/request/limit",
        "/request/epoch",
        "/request/protocol",
        &format!("{changes}/entity"),
        &format!("{changes}/id"),
        &format!("{changes}/stamps"),
        &format!("{changes}/stamps/*"),
        &format!("{changes}/stamps/deleted"),
        &format!("{changes}/fields/task"),
        &format!("{changes}/fields/kind"),
        &format!("{changes}/fields/project_id"),
        &format!("{changes}/fields/deleted"),
        &format!("{changes}/fields/time"),
        &format!("{changes}/fields/time/started_at"),
        "/request/changes/1/fields/brightness",
        "/request/changes/4/stamps/task",
    ];
    for number in ["1e131071", "1e-16383", "0e-16383"] {
        let list = format!("[{}]", vec![number; 2000].join(","));
        for place in places {
            let body = with(&request, place, &list);
            let sent_bytes = body.len();
            let answer = ground.hostile(body).await;
            let limit = 3 * sent_bytes;
            assert!(
                answer.text.len() < limit,
                "{place}: an answer of {}",
                answer.text.len()
            );
        }
    }
    ground.assert_answers().await;
}
