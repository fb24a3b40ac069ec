//! Every function that the database has, called by name over HTTP.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ground::{Ground, SECRET, Sender};

/// All that can be called; by those who are signed in, and what tells the version by everybody.
const OFFERED: [&str; 3] = ["delete_account", "sync_about", "sync_exchange"];
/// Calls that are under way at a time.
const CALLS_AT_ONCE: usize = 8;

/// Functions that read or change what is no row of one's own, with arguments that they would take.
fn dangerous(ground: &Ground) -> Vec<(&'static str, Value)> {
    let owner = &ground.owner.id;
    let select = "select * from public.particles";
    vec![
        ("pg_read_file", json!({"filename": "/etc/passwd"})),
        ("pg_read_binary_file", json!({"filename": "/etc/passwd"})),
        ("pg_ls_dir", json!({"dirname": "/"})),
        ("pg_stat_file", json!({"filename": "/etc/passwd"})),
        ("lo_import", json!({"": "/etc/passwd"})),
        ("lo_export", json!({"oid": 1, "path": "/tmp/out"})),
        ("lo_from_bytea", json!({"loid": 0, "data": "x"})),
        (
            "dblink",
            json!({"connstr": "dbname=postgres", "sql": select}),
        ),
        ("dblink_connect", json!({"": "dbname=postgres"})),
        (
            "set_config",
            json!({"setting_name": "role", "new_value": "postgres", "is_local": true}),
        ),
        (
            "current_setting",
            json!({"setting_name": "request.jwt.claims"}),
        ),
        ("pg_sleep", json!({"": 30})),
        ("pg_sleep", json!({"seconds": 30})),
        (
            "query_to_xml",
            json!({"query": select, "nulls": true, "tableforest": true, "targetns": ""}),
        ),
        (
            "table_to_xml",
            json!({"tbl": "public.particles", "nulls": true, "tableforest": true,
            "targetns": ""}),
        ),
        (
            "database_to_xml",
            json!({"nulls": true, "tableforest": true, "targetns": ""}),
        ),
        ("pg_terminate_backend", json!({"pid": 1, "timeout": 0})),
        ("pg_reload_conf", json!({})),
        ("pg_advisory_lock", json!({"": 1})),
        ("version", json!({})),
        ("private.lock_counter", json!({"the_user": owner})),
        ("lock_counter", json!({"the_user": owner})),
        ("last_version", json!({"the_user": owner})),
        (
            "page",
            json!({"the_user": owner, "since": 0, "until": 99, "known": [], "size": 99,
            "bytes": 9999}),
        ),
        (
            "merge",
            json!({"the_user": owner, "the_entity": "particle", "changes": [], "since": 0,
            "base": 0, "clock_limit": "f"}),
        ),
        ("begin_new_epoch", json!({})),
        ("make_merge", json!({"the_entity": "particle"})),
        ("uid", json!({})),
        ("jwt", json!({})),
        ("gen_random_uuid", json!({})),
        ("crypt", json!({"": "a"})),
        (
            "sync_exchange\"(request => null); drop table public.particles; --",
            json!({}),
        ),
        ("public.sync_exchange", json!({"request": {}})),
    ]
}

#[tokio::test]
async fn no_function_can_be_called_but_those_that_are_offered() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let rows = ground
        .superuser
        .query("select distinct proname::text from pg_catalog.pg_proc", &[]);
    let rows = rows.await.expect("functions have names");
    let names: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(names.len() > 2000, "the functions of every schema");
    let found = names
        .iter()
        .filter(|name| OFFERED.contains(&name.as_str()))
        .count();
    assert_eq!(found, OFFERED.len());

    let others: Vec<_> = names
        .iter()
        .filter(|name| !OFFERED.contains(&name.as_str()))
        .collect();
    for some in others.chunks(CALLS_AT_ONCE) {
        let mut calls = tokio::task::JoinSet::new();
        for name in some {
            let url = format!("{}/rest/v1/rpc/{name}", ground.server.url());
            let call = ground
                .http
                .post(url)
                .header("apikey", ground.server.publishable_key());
            let call = call.bearer_auth(&ground.other.token).json(&json!({}));
            calls.spawn(super::ground::answer(call));
        }
        for answer in calls.join_all().await {
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (404, "PGRST202"),
                "{answer:?}"
            );
        }
    }
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn dangerous_functions_are_not_there_whatever_the_arguments_and_the_schema() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let schemas = ["public", "private", "auth", "extensions", "pg_catalog"];
    for (name, arguments) in dangerous(&ground) {
        let name = name
            .replace(' ', "%20")
            .replace('"', "%22")
            .replace('>', "%3E");
        for sender in [Sender::Anonymous, Sender::Bearer(&ground.other.token)] {
            for schema in schemas {
                let path = format!("/rest/v1/rpc/{name}");
                let request = ground.request(sender, reqwest::Method::POST, &path);
                let request = request.header("Content-Profile", schema).json(&arguments);
                let answer = super::ground::answer(request).await;
                let expected = if schema == "public" {
                    (404, "PGRST202")
                } else {
                    (406, "PGRST106")
                };
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    expected,
                    "{name}: {answer:?}"
                );
                assert!(!answer.text.contains(SECRET), "{name}: {answer:?}");
            }
        }
    }
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn the_offered_functions_take_their_own_arguments_only() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let owner = &ground.owner.id;
    let request = json!({"protocol": 1, "since": "0", "changes": []});
    let bodies = [
        json!({"request": request, "the_user": owner}),
        json!({"request": request, "search_path": "pg_temp"}),
        json!({"Request": request}),
        json!({"": request}),
        json!({"request\"": request}),
        json!([{"request": request, "me": owner}]),
        request.clone(),
    ];
    for body in bodies {
        let bearer = Sender::Bearer(&ground.other.token);
        let answer = ground
            .post(bearer, super::ground::EXCHANGE, body.to_string())
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "PGRST202"),
            "{body}: {answer:?}"
        );
    }
    assert_eq!(ground.dump(None).await, before);
}
