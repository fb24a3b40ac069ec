//! A good request, altered by chance: values exchanged, moved, doubled and left out, and bytes
//! turned over. The same seeds every time; a failure names its own.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rstest::rstest;
use serde_json::{Value, json};

use super::good_request;
use crate::attack::ground::{Ground, WRITTEN_MS};
use crate::chance::one_of;

/// Requests of each case.
const REQUESTS: u64 = 640;
/// Changes to a request, at most.
const MUTATIONS_MAX: usize = 4;

const VALUES: [&str; 20] = [
    "null",
    "true",
    "-1",
    "0",
    "1.5",
    "1e300",
    "18446744073709551616",
    r#""""#,
    r#""particle""#,
    r#""setting""#,
    r#""a.b""#,
    r#""2026-11-24""#,
    r#""00000000-0000-4000-8000-000000000014""#,
    r#""018bcfe56800000000000001""#,
    r#""ffffffffffffffffffffffff""#,
    r#"{"*":"x"}"#,
    "[]",
    "{}",
    r#"{"task": "x"}"#,
    r#"{"deleted": "018bcfe56800000000000001"}"#,
];

const NAMES: [&str; 12] = [
    "id", "entity", "fields", "stamps", "*", "deleted", "task", "value", "time", "request",
    "user_id", "changes",
];

/// Alters one value, chosen by walking down at random.
fn alter(rng: &mut StdRng, value: &mut Value) {
    match value {
        Value::Object(fields) if !fields.is_empty() && rng.random_bool(0.85) => {
            let index = rng.random_range(0..fields.len());
            let name = fields.keys().nth(index).expect("a name").clone();
            match rng.random_range(0..10) {
                0 => drop(fields.remove(&name)),
                1 => {
                    let value = fields.remove(&name).unwrap_or_default();
                    fields.insert(one_of(rng, &NAMES).to_owned(), value);
                }
                2 => drop(fields.insert(one_of(rng, &NAMES).to_owned(), any(rng))),
                3 => {
                    let other = fields.values().next().cloned().unwrap_or_default();
                    fields.insert(name, other);
                }
                _ => alter(rng, &mut fields[&name]),
            }
        }
        Value::Array(items) if !items.is_empty() && rng.random_bool(0.9) => {
            let index = rng.random_range(0..items.len());
            match rng.random_range(0..10) {
                0 => drop(items.remove(index)),
                1 => items.push(items[index].clone()),
                2 => items.insert(index, any(rng)),
                3 => items.swap(0, index),
                _ => alter(rng, &mut items[index]),
            }
        }
        Value::String(text) if rng.random_bool(0.5) => {
            let mut letters: Vec<char> = text.chars().collect();
            let letter = one_of(
                rng,
                &['0', 'f', 'F', ' ', '\u{7f}', '🌍', '"', '\\', '-', '\n'],
            );
            let place = rng.random_range(0..=letters.len());
            letters.insert(place, letter);
            if letters.len() > 1 && rng.random_bool(0.5) {
                letters.remove(rng.random_range(0..letters.len()));
            }
            *text = letters.into_iter().collect();
        }
        _ => *value = any(rng),
    }
}

fn any(rng: &mut StdRng) -> Value {
    serde_json::from_str(one_of(rng, &VALUES)).expect("values are JSON")
}

/// Turns over, leaves out or doubles a few bytes.
fn scramble(rng: &mut StdRng, body: &mut Vec<u8>) {
    for _ in 0..rng.random_range(1..=MUTATIONS_MAX) {
        let place = rng.random_range(0..body.len());
        match rng.random_range(0..4) {
            0 => body[place] ^= 1 << rng.random_range(0..8),
            1 => drop(body.remove(place)),
            2 => body.insert(place, rng.random_range(0..=u8::MAX)),
            _ => body.truncate(place.max(1)),
        }
    }
}

#[rstest]
#[case::values(1, false)]
#[case::more_values(2, false)]
#[case::still_more_values(3, false)]
#[case::bytes(4, true)]
#[tokio::test]
async fn an_altered_request_gets_verdicts_or_a_clean_error(
    #[case] first: u64,
    #[case] bytes: bool,
) {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let mut counts = [0; 2];
    for number in 0..REQUESTS {
        let seed = first * 1_000_000 + number;
        let mut rng = StdRng::seed_from_u64(seed);
        // Later each time, so that what is good is written, too.
        let mut request = good_request(WRITTEN_MS + i64::try_from(number).expect("a small number"));
        let mut body = if bytes {
            request.to_string().into_bytes()
        } else {
            for _ in 0..rng.random_range(1..=MUTATIONS_MAX) {
                alter(&mut rng, &mut request);
            }
            request.to_string().into_bytes()
        };
        if bytes {
            scramble(&mut rng, &mut body);
        }
        println!("seed {seed}");
        let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
        let answer = ground.hostile(body).await;
        counts[usize::from(answer.status == 200)] += 1;
        if answer.status == 200 {
            let changes = sent["request"]
                .get("changes")
                .cloned()
                .unwrap_or_else(|| json!([]));
            let verdicts = answer.json()["verdicts"].as_array().map_or(0, Vec::len);
            assert_eq!(
                changes.as_array().map_or(0, Vec::len),
                verdicts,
                "one verdict each"
            );
        }
    }
    assert!(
        counts.iter().all(|count| *count > 10),
        "refused and answered: {counts:?}"
    );
    ground.assert_answers().await;
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
}
