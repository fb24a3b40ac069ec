//! Sign-up, exchange, merge, paging, policies and deletion over nothing but an address and a
//! publishable key. By default before the local server; before a real project with
//! `PARTICLE_SUPABASE_URL=… PARTICLE_SUPABASE_KEY=… cargo test -p local-supabase --test schema black_box`
//! (migrations pushed, sign-up by e-mail without confirmation; seven accounts are made, and deleted
//! again). That was never done yet: "compatible as documented", not "tested against Supabase".

mod project;

use std::collections::BTreeSet;

use chrono::Utc;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::wire::{Request, cursor, epoch, particle, patch, setting, stamp, whole};
use project::{PASSWORD, Project};

/// An id for a row that no other run has used.
fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// A whole particle with an id.
fn particle_with(id: &str, task: &str, stamp: &str) -> Value {
    let mut change = particle(1, task, stamp);
    change["id"] = json!(id);
    change
}

fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}

fn statuses(answer: &Value) -> Vec<&str> {
    let verdicts = answer["verdicts"].as_array().expect("verdicts");
    verdicts
        .iter()
        .map(|verdict| verdict["status"].as_str().expect("a status"))
        .collect()
}

#[tokio::test]
async fn two_devices_of_a_person_come_to_the_same_rows() {
    let project = Project::open().await;
    let person = project.sign_up().await;
    let (id, born) = (new_id(), stamp(now_ms() - 5000, 0));
    let day = json!({"text": "Grüße 🌍", "status": "open", "project_id": null, "deleted": false});
    let book = json!({"name": "Book", "brightness": 0.5, "archived": false, "deleted": false});
    let changes = vec![
        particle_with(&id, "Write", &born),
        whole("intention", "2026-11-23", &day, &born),
        whole("project", &id, &book, &born),
        setting(
            "timer.minutes",
            &json!({"focus": 25, "exact": 9_007_199_254_740_993_i64}),
            &born,
        ),
    ];
    let first = project.exchange(&person, &Request::first(changes)).await;
    assert_eq!(statuses(&first), ["applied"; 4]);
    assert_eq!(first["rows"], json!([]), "no echo");

    let other = project.exchange(&person, &Request::first(vec![])).await;
    assert_eq!(other["rows"].as_array().map(Vec::len), Some(4), "{other}");
    assert_eq!(other["cursor"], first["cursor"]);
    assert!(
        other.to_string().contains("9007199254740993"),
        "numbers pass exactly"
    );

    // Different fields of one row, at the same time; then the same field, the later one first.
    let (early, late) = (stamp(now_ms() - 3000, 0), stamp(now_ms() - 2000, 0));
    let next = |changes| Request {
        epoch: epoch(&first),
        since: cursor(&first),
        limit: 1000,
        changes,
    };
    let task = patch("particle", &id, &json!({"task": "Read"}), &late);
    let kind = patch("particle", &id, &json!({"kind": "short_break"}), &early);
    let stale = patch("particle", &id, &json!({"task": "Sleep"}), &early);
    assert_eq!(
        statuses(&project.exchange(&person, &next(vec![task])).await),
        ["applied"]
    );
    assert_eq!(
        statuses(&project.exchange(&person, &next(vec![kind, stale])).await),
        ["applied"; 2]
    );
    let merged = project.exchange(&person, &next(vec![])).await;
    let fields = &merged["rows"][0]["fields"];
    assert_eq!(
        (&fields["task"], &fields["kind"]),
        (&json!("Read"), &json!("short_break"))
    );
    project.delete_account(&person).await;
}

#[tokio::test]
async fn verdicts_name_what_is_wrong_and_the_rest_is_applied() {
    let project = Project::open().await;
    let person = project.sign_up().await;
    let (born, ahead) = (stamp(now_ms() - 5000, 0), stamp(now_ms() + 3_600_000, 0));
    let long = "x".repeat(201);
    let changes = vec![
        particle_with(&new_id(), "good", &born),
        particle_with(&new_id(), &long, &born),
        particle_with(&new_id(), "ahead", &ahead),
        patch("particle", &new_id(), &json!({"task": "half"}), &born),
        json!({"entity": "mood", "id": "x", "fields": {}, "stamps": {}}),
        json!(null),
    ];
    let answer = project.exchange(&person, &Request::first(changes)).await;
    let expected = [
        "applied",
        "refused",
        "clock",
        "incomplete",
        "refused",
        "refused",
    ];
    assert_eq!(statuses(&answer), expected);
    assert_eq!(answer["verdicts"][1]["code"], "particles_task_length");
    let seen = project.exchange(&person, &Request::first(vec![])).await;
    assert_eq!(seen["rows"].as_array().map(Vec::len), Some(1), "{seen}");

    let path = "/rest/v1/rpc/sync_exchange";
    let old = json!({"request": {"protocol": 2, "since": "0"}});
    let (status, error) = project.post(path, Some(&person.token), &old).await;
    assert_eq!(
        (status, &error["message"]),
        (426, &json!("protocol_unsupported")),
        "{error}"
    );
    project.delete_account(&person).await;
}

#[tokio::test]
async fn many_rows_come_page_by_page_each_once() {
    let project = Project::open().await;
    let person = project.sign_up().await;
    let born = stamp(now_ms() - 5000, 0);
    let ids: BTreeSet<String> = (0..1200).map(|_| new_id()).collect();
    let all: Vec<Value> = ids.iter().map(|id| particle_with(id, "", &born)).collect();
    for changes in all.chunks(600) {
        let answer = project
            .exchange(&person, &Request::first(changes.to_vec()))
            .await;
        assert!(statuses(&answer).iter().all(|status| *status == "applied"));
    }
    let mut request = Request {
        limit: 500,
        ..Request::first(vec![])
    };
    let mut seen = Vec::new();
    let mut pages = 0;
    loop {
        let page = project.exchange(&person, &request).await;
        let rows = page["rows"].as_array().expect("rows");
        seen.extend(
            rows.iter()
                .map(|row| row["id"].as_str().expect("an id").to_owned()),
        );
        (request.since, request.epoch) = (cursor(&page), epoch(&page));
        pages += 1;
        if page["more"] == json!(false) {
            break;
        }
    }
    assert_eq!((pages, seen.len()), (3, ids.len()), "each once");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), ids);
    project.delete_account(&person).await;
}

#[tokio::test]
async fn a_person_reads_and_writes_no_row_of_another() {
    let project = Project::open().await;
    let (owner, other) = (project.sign_up().await, project.sign_up().await);
    let (id, born) = (new_id(), stamp(now_ms() - 5000, 0));
    project
        .exchange(
            &owner,
            &Request::first(vec![particle_with(&id, "hushhush", &born)]),
        )
        .await;
    let before = project.exchange(&owner, &Request::first(vec![])).await["rows"].clone();

    let over = particle_with(&id, "over", &stamp(now_ms(), 0));
    let answer = project.exchange(&other, &Request::first(vec![over])).await;
    assert_eq!(statuses(&answer), ["applied"], "a row of one's own");
    for table in [
        "profiles",
        "particles",
        "projects",
        "intentions",
        "settings",
    ] {
        let path = format!("/rest/v1/{table}?user_id=eq.{}", owner.id);
        let (status, rows) = project
            .send(Method::GET, &path, Some(&other.token), None)
            .await;
        assert_eq!((status, rows), (200, json!([])), "{table}");
        let (status, _) = project.send(Method::GET, &path, None, None).await;
        assert_eq!(status, 401, "{table} without an account");
        let own = format!("/rest/v1/{table}?user_id=eq.{}", other.id);
        for path in [path, own] {
            let body = json!({"version": 900});
            let token = Some(other.token.as_str());
            let (status, error) = project.send(Method::PATCH, &path, token, Some(&body)).await;
            assert_eq!((status, &error["code"]), (403, &json!("42501")), "{table}");
            let (status, error) = project.send(Method::DELETE, &path, token, None).await;
            assert_eq!((status, &error["code"]), (403, &json!("42501")), "{table}");
        }
        let row = json!({"user_id": owner.id});
        let path = format!("/rest/v1/{table}");
        let (status, error) = project.post(&path, Some(&other.token), &row).await;
        assert_eq!((status, &error["code"]), (403, &json!("42501")), "{table}");
    }
    let after = project.exchange(&owner, &Request::first(vec![])).await["rows"].clone();
    assert_eq!(after, before);
    project.delete_account(&owner).await;
    project.delete_account(&other).await;
}

#[tokio::test]
async fn whoever_is_not_signed_in_or_only_says_so_gets_nothing() {
    let project = Project::open().await;
    let person = project.sign_up().await;
    let path = "/rest/v1/rpc/sync_exchange";
    let body = json!({"request": Request::first(vec![]).to_json()});
    let (status, error) = project.post(path, None, &body).await;
    assert_eq!((status, &error["code"]), (401, &json!("42501")), "{error}");
    let (status, _) = project
        .post("/rest/v1/rpc/delete_account", None, &json!({}))
        .await;
    assert_eq!(status, 401);

    let (signed, _) = person.token.rsplit_once('.').expect("a signature");
    for token in [
        format!("{signed}.AAAA"),
        format!("{signed}."),
        "a.b.c".to_owned(),
    ] {
        let (status, error) = project.post(path, Some(&token), &body).await;
        let code = error["code"].as_str().unwrap_or_default();
        assert!(
            status == 401 && code.starts_with("PGRST30"),
            "{status} {error}"
        );
    }
    let wrong = json!({"email": person.email, "password": "wrong horse"});
    let (status, error) = project
        .post("/auth/v1/token?grant_type=password", None, &wrong)
        .await;
    assert_eq!(
        (status, &error["code"]),
        (400, &json!("invalid_credentials")),
        "{error}"
    );
    let right = json!({"email": person.email, "password": PASSWORD});
    let (status, session) = project
        .post("/auth/v1/token?grant_type=password", None, &right)
        .await;
    assert_eq!(
        (status, &session["user"]["id"]),
        (200, &json!(person.id)),
        "{session}"
    );
    project.delete_account(&person).await;
}

#[tokio::test]
async fn a_deleted_account_is_gone_with_all_that_it_had() {
    let project = Project::open().await;
    let person = project.sign_up().await;
    let change = particle_with(&new_id(), "gone", &stamp(now_ms() - 5000, 0));
    project
        .exchange(&person, &Request::first(vec![change]))
        .await;
    project.delete_account(&person).await;

    let body = json!({"request": Request::first(vec![]).to_json()});
    let (status, error) = project
        .post("/rest/v1/rpc/sync_exchange", Some(&person.token), &body)
        .await;
    assert_eq!(
        (status, &error["message"]),
        (401, &json!("account_gone")),
        "{error}"
    );
    let (_, rows) = project
        .send(Method::GET, "/rest/v1/particles", Some(&person.token), None)
        .await;
    assert_eq!(rows, json!([]), "a token that still holds shows nothing");
    let again = json!({"email": person.email, "password": PASSWORD});
    let (status, error) = project
        .post("/auth/v1/token?grant_type=password", None, &again)
        .await;
    assert_eq!(
        (status, &error["code"]),
        (400, &json!("invalid_credentials")),
        "{error}"
    );
}
