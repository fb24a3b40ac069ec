//! Rows of somebody else asked for, and written, at the tables themselves.

use reqwest::Method;
use serde_json::{Value, json};

use super::ground::{Answer, Ground, SECRET, Sender, TABLES, answer};
use crate::wire::uuid;

/// Queries that would show rows, or at least that there are some.
const READS: [&str; 22] = [
    "",
    "select=*",
    "select=count",
    "select=count()",
    "select=version.max()",
    "select=*,profiles(*)",
    "select=*,particles(*)",
    "select=stamps->>task",
    "user_id=eq.OWNER",
    "user_id=neq.OTHER",
    "user_id=in.(OWNER)",
    "user_id=not.eq.OTHER",
    "or=(user_id.eq.OWNER,version.gt.0)",
    "version=gte.0&order=version.desc&limit=100000",
    "version=gt.0&user_id=eq.OWNER&limit=1&offset=0",
    "user_id=gt.00000000-0000-0000-0000-000000000000",
    "select=%00",
    "order=%00.desc",
    "%00=eq.1",
    "user_id=eq.%00",
    "user_id=is.not.null",
    "user_id=eq.OTHER' or '1'='1",
];

/// Headers that would lend another role, another user or another schema.
const HEADERS: [(&str, &str); 13] = [
    ("Prefer", "count=exact"),
    ("Prefer", "count=planned, return=representation, tx=commit"),
    (
        "Prefer",
        "params=single-object, resolution=merge-duplicates, missing=default",
    ),
    (
        "request.jwt.claims",
        r#"{"sub": "OWNER", "role": "service_role"}"#,
    ),
    (
        "X-Request-Jwt-Claims",
        r#"{"sub": "OWNER", "role": "service_role"}"#,
    ),
    ("request.jwt.claim.sub", "OWNER"),
    ("X-Supabase-User-Id", "OWNER"),
    ("X-Forwarded-User", "OWNER"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Role", "service_role"),
    ("Range", "0-100000"),
    ("Cookie", "sb-access-token=OWNER; role=service_role"),
    ("Accept", "application/vnd.pgrst.plan+json"),
];

const SCHEMAS: [&str; 7] = [
    "private",
    "auth",
    "extensions",
    "pg_catalog",
    "information_schema",
    "storage",
    "PUBLIC",
];

impl Ground {
    fn named(&self, text: &str) -> String {
        text.replace("OWNER", &self.owner.id)
            .replace("OTHER", &self.other.id)
    }

    /// Nothing of the owner's in it, and no fault of the server.
    fn assert_nothing_shown(&self, answer: &Answer, attempt: &str) {
        assert!(answer.status < 500, "{attempt}: {answer:?}");
        assert!(!answer.text.contains(SECRET), "{attempt}: {answer:?}");
        assert!(
            !answer.text.contains(&self.owner_epoch),
            "{attempt}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn a_query_of_somebody_else_finds_only_rows_of_his_own() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    for table in TABLES {
        let own = usize::from(table == "profiles" || table == "particles");
        for query in READS {
            let query = ground.named(query).replace(' ', "%20");
            let path = format!("/rest/v1/{table}?{query}");
            let request = ground.request(Sender::Bearer(&ground.other.token), Method::GET, &path);
            let answer = answer(request.header("Prefer", "count=exact")).await;
            ground.assert_nothing_shown(&answer, &path);
            if answer.status >= 400 {
                continue;
            }
            let rows = answer.json();
            let rows = rows.as_array().expect("rows");
            let total = answer.headers["content-range"]
                .to_str()
                .expect("a header is text");
            let total = total.rsplit('/').next().expect("a total");
            let seen = if query.contains("eq.") {
                rows.len()
            } else {
                own
            };
            assert!(
                rows.len() <= own && total == seen.to_string(),
                "{path}: {answer:?}"
            );
            let is_own =
                |row: &Value| row["user_id"].is_null() || row["user_id"] == ground.other.id;
            assert!(rows.iter().all(is_own), "{path}: {answer:?}");
        }
    }
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn a_query_of_nobody_is_refused() {
    let ground = Ground::start().await;
    for table in TABLES {
        for query in READS {
            let query = ground.named(query).replace(' ', "%20");
            let path = format!("/rest/v1/{table}?{query}");
            for method in [Method::GET, Method::HEAD] {
                let answer = answer(ground.request(Sender::Anonymous, method, &path)).await;
                ground.assert_nothing_shown(&answer, &path);
                assert!(matches!(answer.status, 400 | 401), "{path}: {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_header_lends_no_other_user_role_or_schema() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let bearer = Sender::Bearer(&ground.other.token);
    let filter = format!("/rest/v1/particles?user_id=eq.{}", ground.owner.id);
    for (name, value) in HEADERS {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT] {
            let request = ground.request(bearer, method.clone(), &filter);
            let answer = answer(request.header(name, ground.named(value))).await;
            let attempt = format!("{method} {name}: {value}");
            ground.assert_nothing_shown(&answer, &attempt);
            if method == Method::GET && answer.status == 200 {
                assert_eq!(answer.json(), json!([]), "{attempt}: {answer:?}");
            }
        }
    }
    for schema in SCHEMAS {
        for table in ["users", "entities", "pg_authid", "pg_shadow", "particles"] {
            let path = format!("/rest/v1/{table}");
            for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE] {
                let request = ground.request(bearer, method, &path).body("{}");
                let request = request.header("Accept-Profile", schema);
                let answer = answer(request.header("Content-Profile", schema)).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (406, "PGRST106"),
                    "{answer:?}"
                );
            }
        }
    }
    for path in [
        "auth.users",
        "private.entities",
        "pg_catalog.pg_authid",
        "..%2Fauth%2Fusers",
        "particles%22%3B%20drop%20table%20public.particles%3B--",
        "pg_authid",
        "users",
        "%00",
    ] {
        let path = format!("/rest/v1/{path}");
        let answer = answer(ground.request(bearer, Method::GET, &path)).await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {answer:?}");
    }
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn nobody_writes_at_a_table_neither_in_rows_of_others_nor_in_his_own() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    for (table, body) in writes(&ground) {
        let filters = [
            String::new(),
            format!("?user_id=eq.{}", ground.owner.id),
            format!("?user_id=eq.{}", ground.other.id),
            format!("?id=eq.{}", uuid(1)),
            "?on_conflict=user_id,id".to_owned(),
        ];
        for filter in filters {
            let path = format!("/rest/v1/{table}{filter}");
            for method in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
                for sender in [Sender::Anonymous, Sender::Bearer(&ground.other.token)] {
                    let request = ground.request(sender, method.clone(), &path);
                    let request = request.header("Prefer", "return=representation, count=exact");
                    let request = request.header("Prefer", "resolution=merge-duplicates");
                    let answer = answer(request.body(body.to_string())).await;
                    let attempt = format!("{method} {path} {body}");
                    ground.assert_nothing_shown(&answer, &attempt);
                    assert!(answer.status >= 400, "{attempt}: {answer:?}");
                }
            }
        }
    }
    assert_eq!(ground.dump(None).await, before, "not even a lock was taken");
}

/// What one would write: his own tier and counter, other people's rows, stamps, a profile for
/// somebody else.
fn writes(ground: &Ground) -> Vec<(&'static str, Value)> {
    let (owner, other) = (&ground.owner.id, &ground.other.id);
    vec![
        ("profiles", json!({"tier": "flow"})),
        ("profiles", json!({"version": 1_000_000})),
        ("profiles", json!({"epoch": uuid(7)})),
        ("profiles", json!({"latest_stamp": "f".repeat(24)})),
        ("profiles", json!({"user_id": owner, "tier": "flow"})),
        ("profiles", json!([{"user_id": uuid(8)}])),
        ("particles", json!({"task": "overwritten"})),
        ("particles", json!({"stamps": {"task": "f".repeat(24)}})),
        ("particles", json!({"user_id": other, "version": 0})),
        (
            "particles",
            json!({"user_id": owner, "id": uuid(3), "kind": "focus", "started_at": 0,
            "ended_at": 1, "planned_seconds": 0, "duration_seconds": 0, "overflow_seconds": 0,
            "utc_offset_minutes": 0}),
        ),
        (
            "projects",
            json!({"user_id": owner, "id": uuid(3), "name": "theirs"}),
        ),
        (
            "projects",
            json!({"user_id": other, "id": uuid(3), "name": "mine"}),
        ),
        (
            "intentions",
            json!({"user_id": owner, "id": "2026-01-01", "text": "theirs"}),
        ),
        ("settings", json!({"user_id": owner, "id": "a", "value": 1})),
        ("settings", json!({"value": {"a": [1, 2]}})),
    ]
}

#[tokio::test]
async fn an_answer_tells_nothing_about_the_existence_of_a_row() {
    let ground = Ground::start().await;
    let ask = async |id: String, user: &str| {
        let path = format!("/rest/v1/particles?id=eq.{id}&user_id=eq.{user}");
        let request = ground.request(Sender::Bearer(&ground.other.token), Method::GET, &path);
        let answer = answer(request.header("Prefer", "count=exact")).await;
        let range = answer.headers["content-range"]
            .to_str()
            .expect("text")
            .to_owned();
        (answer.status, range, answer.text)
    };
    let of_the_owner = ask(uuid(2), &ground.owner.id).await;
    assert_eq!(
        of_the_owner,
        ask(uuid(99), &ground.owner.id).await,
        "no such id"
    );
    assert_eq!(of_the_owner, ask(uuid(2), &uuid(99)).await, "no such user");
}
