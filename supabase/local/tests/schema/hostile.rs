//! JSON that no client of ours sends, given to `sync_exchange` over HTTP: there is always a verdict
//! or a clean error, never half a write, and the next request is answered.

mod bodies;
mod mutations;
mod places;
mod raw;
mod values;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::attack::ground::{Answer, EXCHANGE, Ground, Sender, WRITTEN_MS};
use crate::support::reason;
use crate::wire::{particle, patch, project, setting, stamp, uuid, whole};

/// A row of one person: its table and id, and a mark that changes with everything in it.
type Rows = BTreeMap<(String, String), String>;

const ROWS: &str = "
    select 'particle', id, md5(kept::text) from public.particles as kept where user_id::text = $1
    union all
    select 'project', id, md5(kept::text) from public.projects as kept where user_id::text = $1
    union all
    select 'intention', id, md5(kept::text) from public.intentions as kept where user_id::text = $1
    union all
    select 'setting', id, md5(kept::text) from public.settings as kept where user_id::text = $1";

/// Codes of a verdict that refuses a change.
const REFUSALS: [&str; 6] = [
    "malformed",
    "unknown_entity",
    "unknown_field",
    "invalid_stamp",
    "stamps_mismatch",
    "wrong_type",
];

impl Ground {
    async fn rows_of_the_other(&self) -> Rows {
        let rows = self.superuser.query(ROWS, &[&self.other.id]).await;
        let rows = rows.unwrap_or_else(|error| panic!("{}", reason(&error)));
        rows.iter()
            .map(|row| ((row.get(0), row.get(1)), row.get(2)))
            .collect()
    }

    /// Sends a body and checks what has to hold whatever is in it. Gives the answer back.
    async fn hostile(&self, body: impl Into<Vec<u8>>) -> Answer {
        let body = body.into();
        let shown = String::from_utf8_lossy(&body[..body.len().min(2000)]).into_owned();
        let before = self.rows_of_the_other().await;
        let answer = self
            .post(Sender::Bearer(&self.other.token), EXCHANGE, body)
            .await;
        let after = self.rows_of_the_other().await;
        if answer.status == 200 {
            let verdicts = answer.json()["verdicts"]
                .as_array()
                .cloned()
                .expect("verdicts");
            verdicts.iter().for_each(assert_known);
            let applied = |key: &(String, String)| {
                verdicts.iter().any(|verdict| {
                    verdict["status"] == "applied"
                        && (verdict["entity"] == *key.0 && verdict["id"] == *key.1)
                })
            };
            for (key, row) in &after {
                let is_as_before = before.get(key) == Some(row);
                assert!(
                    is_as_before || applied(key),
                    "{key:?} changed: {shown}\n{answer:?}"
                );
            }
            assert!(
                before.keys().all(|key| after.contains_key(key)),
                "a row is gone: {shown}"
            );
        } else {
            assert_clean(&answer, &shown);
            assert_eq!(before, after, "half a write: {shown}");
        }
        answer
    }

    /// The server is well.
    async fn assert_answers(&self) {
        let bearer = Sender::Bearer(&self.other.token);
        let answer = self.exchange(bearer, &[]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

/// A verdict of a kind that clients know.
fn assert_known(verdict: &Value) {
    let (status, code) = (verdict["status"].as_str(), verdict["code"].as_str());
    match status.expect("a status") {
        "applied" | "clock" | "incomplete" => assert!(code.is_none(), "{verdict}"),
        "refused" => {
            let code = code.unwrap_or_else(|| panic!("no code: {verdict}"));
            let is_check = ["particles_", "projects_", "intentions_", "settings_"]
                .iter()
                .any(|table| code.starts_with(table));
            assert!(is_check || REFUSALS.contains(&code), "{verdict}");
        }
        _ => panic!("an unknown status: {verdict}"),
    }
}

/// An error that says what was wrong with the request, and that the request was wrong. Only what is
/// nested beyond PostgreSQL's stack is a 500, which PostgREST makes of 54001.
fn assert_clean(answer: &Answer, shown: &str) {
    let kind = answer.headers["content-type"].to_str();
    let kind = kind.expect("a header is text");
    assert!(kind.starts_with("application/json"), "{shown}\n{answer:?}");
    assert!(answer.json()["message"].is_string(), "{shown}\n{answer:?}");
    let is_too_deep = answer.status == 500 && answer.code() == "54001";
    let is_refusal = matches!(answer.status, 400 | 404 | 413 | 426);
    assert!(is_refusal || is_too_deep, "{shown}\n{answer:?}");
}

/// The code of each verdict, or its status where it has none.
fn outcomes(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = answer.json();
    let verdicts = answer["verdicts"].as_array().expect("verdicts");
    let outcome = |verdict: &Value| {
        let status = verdict["status"].as_str().expect("a status");
        verdict["code"].as_str().unwrap_or(status).to_owned()
    };
    verdicts.iter().map(outcome).collect()
}

/// A good request with a change of every entity and of every form, stamped at a moment.
fn good_request(moment_ms: i64) -> Value {
    let born = stamp(moment_ms, 0);
    let intention =
        json!({"text": "Write", "status": "open", "project_id": uuid(21), "deleted": false});
    let changes = [
        particle(20, "Write", &born),
        project(21, "Book", &born),
        whole("intention", "2026-11-23", &intention, &born),
        setting("timer.preset", &json!({"minutes": [25, 5]}), &born),
        patch(
            "particle",
            &uuid(20),
            &json!({"task": "Read"}),
            &stamp(moment_ms, 1),
        ),
    ];
    json!({"request": {
        "protocol": 1, "epoch": null, "since": "0", "limit": 1000, "changes": changes,
    }})
}

/// The body of a request with these changes.
fn body(changes: &[Value]) -> String {
    crate::attack::ground::exchange_body(changes)
}

/// A stamp that is good.
fn good_stamp() -> String {
    stamp(WRITTEN_MS + 5000, 0)
}
