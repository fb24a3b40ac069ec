//! What is sent, and what an answer changes: on a real file, with answers as a server writes them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;
use crate::change::Entity;
use crate::change::wire::{CHANGES_MAX, Response};
use crate::model::{Correction, Setting};
use crate::store::{Account, Applied, Arrival, Outcome, Prepared};

pub(super) fn account(user: &str) -> Account {
    Account {
        server_url: "https://example.com".into(),
        user_id: user.into(),
        email: format!("{user}@example.com"),
    }
}

/// A profile that somebody signed in to.
async fn signed_in(profile: &Profile) -> Store {
    let store = profile.open().await.store;
    assert!(store.become_account(&account("ann")).await.unwrap());
    store
}

async fn prepared(store: &Store) -> Prepared {
    store.prepare(CHANGES_MAX).await.unwrap().unwrap()
}

/// An answer with a verdict on each change of `prepared`, and these rows.
pub(super) fn answer(prepared: &Prepared, statuses: &[&str], rows: &Value) -> Response {
    assert_eq!(statuses.len(), prepared.request.changes.len());
    let verdicts: Vec<Value> = statuses
        .iter()
        .map(|status| json!({"status": status, "code": "a_check", "message": "It is too long."}))
        .collect();
    let body = json!({
        "protocol": 1, "schema": 1, "epoch": "first", "server_time": at(0).timestamp_millis(),
        "reset": false, "verdicts": verdicts, "rows": rows, "cursor": "7", "more": false,
    });
    Response::parse(body.to_string().as_bytes()).unwrap()
}

fn arrived(at: DateTime<Utc>) -> Arrival {
    let took = TimeDelta::zero();
    Arrival { at, took }
}

pub(super) async fn apply(store: &Store, prepared: &Prepared, response: &Response) -> Outcome {
    match store
        .apply(prepared, response, arrived(at(0)))
        .await
        .unwrap()
    {
        Applied::Stored(outcome) => outcome,
        Applied::Stale => panic!("nothing overtook it"),
    }
}

/// A particle as the server sends it, edited there at `stamp`.
fn row(particle: &Particle, task: &str, stamps: &Value) -> Value {
    json!([{"entity": "particle", "id": particle.id, "version": "7", "stamps": stamps, "fields": {
        "kind": "focus", "task": task, "project_id": null, "preset": "classic", "deleted": false,
        "time": {"started_at": at(0).timestamp_millis(), "ended_at": at(1500).timestamp_millis(),
                 "planned_seconds": 1500, "duration_seconds": 1500, "overflow_seconds": 0,
                 "utc_offset_minutes": 60}}}])
}

async fn write_task(store: &Store, particle: &Particle, task: &str) {
    let correction = Correction {
        task: Some(Task::new(task).unwrap()),
        ..Correction::default()
    };
    store
        .correct_particle(particle.id, &correction, at(2000))
        .await
        .unwrap();
}

async fn task(store: &Store) -> String {
    let all = store
        .list_particles(&ParticleFilter::default())
        .await
        .unwrap();
    all[0].task.to_string()
}

/// The fields that wait, by entity.
async fn waiting(store: &Store) -> Vec<(String, Vec<String>)> {
    let waiting = store.list_waiting().await.unwrap().into_iter();
    waiting
        .map(|row| (row.entity.as_str().into(), row.fields))
        .collect()
}

#[tokio::test]
async fn a_profile_of_nobody_sends_nothing_and_one_that_becomes_somebodys_sends_all_of_it() {
    let profile = Profile::with_a_particle().await;
    let store = profile.open().await.store;
    assert_eq!(store.prepare(CHANGES_MAX).await.unwrap(), None);
    store.execute("delete from outbox").await;
    assert!(store.become_account(&account("ann")).await.unwrap());

    let request = prepared(&store).await.request;
    assert_eq!((request.since, request.epoch), (0, None));
    let change = serde_json::to_value(&request.changes[0]).unwrap();
    let stamps: Vec<_> = change["stamps"].as_object().unwrap().keys().collect();
    assert_eq!(stamps, ["*", "deleted"], "one stamp for a whole row");
    assert_eq!(change["fields"].as_object().unwrap().len(), 6);
    assert!(
        !store.become_account(&account("bob")).await.unwrap(),
        "never another's"
    );
    assert_eq!(store.account().await.unwrap(), Some(account("ann")));
}

#[tokio::test]
async fn an_acknowledgement_takes_exactly_the_marks_that_were_sent() {
    let profile = Profile::with_a_particle().await;
    let store = signed_in(&profile).await;
    let first = prepared(&store).await;
    write_task(&store, &particle(1, ""), "Read").await;

    let outcome = apply(&store, &first, &answer(&first, &["applied"], &json!([]))).await;
    assert_eq!((outcome.pushed, outcome.sendable), (1, 1));
    assert_eq!(
        waiting(&store).await,
        [("particle".into(), vec!["task".into()])]
    );
    assert_eq!(
        task(&store).await,
        "Read",
        "an acknowledgement rewrites nothing"
    );

    let second = prepared(&store).await;
    assert_eq!(second.request.since, 7);
    let fields: Vec<_> = second.request.changes[0].fields.keys().collect();
    assert_eq!(fields, ["task"]);
    apply(&store, &second, &answer(&second, &["applied"], &json!([]))).await;
    assert_eq!(waiting(&store).await, []);
}

#[tokio::test]
async fn what_was_refused_waits_with_its_reason_until_it_is_edited() {
    let profile = Profile::with_a_particle().await;
    let store = signed_in(&profile).await;
    let first = prepared(&store).await;
    let outcome = apply(&store, &first, &answer(&first, &["refused"], &json!([]))).await;
    assert_eq!((outcome.refused, outcome.sendable), (1, 0));
    let refused = store.list_waiting().await.unwrap();
    let refusal = refused[0].refusal.as_ref().unwrap();
    assert_eq!(refusal.code.as_deref(), Some("a_check"));
    assert_eq!((refused[0].attempts, refused[0].fields.len()), (1, 6));
    assert_eq!(prepared(&store).await.request.changes, []);

    write_task(&store, &particle(1, ""), "Short").await;
    assert_eq!(prepared(&store).await.request.changes[0].fields.len(), 6);
}

#[tokio::test]
async fn an_edit_made_while_the_refusal_was_on_its_way_is_sent() {
    let profile = Profile::with_a_particle().await;
    let store = signed_in(&profile).await;
    let first = prepared(&store).await;
    write_task(&store, &particle(1, ""), "Short").await;
    let outcome = apply(&store, &first, &answer(&first, &["refused"], &json!([]))).await;
    assert_eq!(outcome.sendable, 1);
}

#[tokio::test]
async fn a_clean_field_takes_what_the_server_has_and_a_dirty_one_only_what_is_newer() {
    let profile = Profile::with_a_particle().await;
    let store = signed_in(&profile).await;
    let first = prepared(&store).await;
    apply(&store, &first, &answer(&first, &["applied"], &json!([]))).await;
    let born = Stamp::first_at(at(-9));
    let stamps = |task: Stamp| json!({"*": born, "deleted": born, "task": task});
    let mine = particle(1, "");

    let pull = prepared(&store).await;
    let older = row(&mine, "Theirs", &stamps(Stamp::first_at(at(-5))));
    let outcome = apply(&store, &pull, &answer(&pull, &[], &older)).await;
    assert_eq!(outcome.changed, [(Entity::Particle, mine.id.to_string())]);
    assert_eq!(
        task(&store).await,
        "Theirs",
        "nothing waits, so the server's word is the last"
    );

    write_task(&store, &mine, "Mine").await;
    let pull = prepared(&store).await;
    let older = row(&mine, "Older", &stamps(Stamp::first_at(at(1000))));
    let statuses = &["incomplete"];
    let outcome = apply(&store, &pull, &answer(&pull, statuses, &older)).await;
    assert_eq!(outcome.changed, [] as [(Entity, String); 0]);
    assert_eq!(task(&store).await, "Mine");

    let newer = row(&mine, "Newer", &stamps(Stamp::first_at(at(5000))));
    let pull = prepared(&store).await;
    apply(&store, &pull, &answer(&pull, statuses, &newer)).await;
    assert_eq!(task(&store).await, "Newer");
    let left = waiting(&store).await;
    assert!(
        left.iter()
            .all(|(_, fields)| !fields.contains(&"task".into())),
        "{left:?}"
    );

    write_task(&store, &mine, "After").await;
    let sent = prepared(&store).await.request.changes;
    let Some(stamp) = sent[0].stamps.get("task") else {
        panic!("{sent:?}");
    };
    assert!(
        *stamp > Stamp::first_at(at(5000)),
        "later than what was seen"
    );
}

#[tokio::test]
async fn a_part_of_a_row_that_the_server_lacks_is_sent_whole() {
    let profile = Profile::with_a_particle().await;
    let store = signed_in(&profile).await;
    let first = prepared(&store).await;
    apply(&store, &first, &answer(&first, &["applied"], &json!([]))).await;
    write_task(&store, &particle(1, ""), "Read").await;
    let part = prepared(&store).await;
    assert_eq!(part.request.changes[0].fields.len(), 1);
    apply(&store, &part, &answer(&part, &["incomplete"], &json!([]))).await;
    assert_eq!(prepared(&store).await.request.changes[0].fields.len(), 6);
}

#[tokio::test]
async fn an_answer_that_was_overtaken_changes_nothing() {
    let profile = Profile::with_a_particle().await;
    let store = signed_in(&profile).await;
    let slow = prepared(&store).await;
    apply(&store, &slow, &answer(&slow, &["applied"], &json!([]))).await;
    write_task(&store, &particle(1, ""), "Read").await;
    let late = answer(&slow, &["applied"], &json!([]));
    let applied = store.apply(&slow, &late, arrived(at(0))).await.unwrap();
    assert_eq!(applied, Applied::Stale);
    assert_eq!(waiting(&store).await.len(), 1);
}

#[tokio::test]
async fn a_server_that_started_over_gets_everything_again() {
    let profile = Profile::with_a_particle().await;
    let store = signed_in(&profile).await;
    let first = prepared(&store).await;
    apply(&store, &first, &answer(&first, &["applied"], &json!([]))).await;
    let pull = prepared(&store).await;
    let mut reset = answer(&pull, &[], &json!([]));
    (reset.reset, reset.epoch) = (true, "second".into());
    let outcome = apply(&store, &pull, &reset).await;
    assert!(outcome.more, "and is asked at once");
    let next = prepared(&store).await.request;
    assert_eq!((next.since, next.epoch.as_deref()), (0, Some("second")));
    assert_eq!(next.changes[0].fields.len(), 6);
}

#[tokio::test]
async fn edits_of_a_clock_that_ran_ahead_get_fresh_stamps_in_their_order() {
    let profile = Profile::new();
    let store = signed_in(&profile).await;
    let years = chrono::Duration::days(9000);
    let (first, second) = (particle(1, "First"), particle(2, "Second"));
    store.record_particle(first, at(0) + years).await.unwrap();
    store.record_particle(second, at(1) + years).await.unwrap();
    let ahead = prepared(&store).await;
    let verdicts = answer(&ahead, &["clock", "clock"], &json!([]));
    let arrival = arrived(at(2) + years);
    let applied = store.apply(&ahead, &verdicts, arrival).await.unwrap();
    assert!(matches!(applied, Applied::Stored(_)), "{applied:?}");

    let again = prepared(&store).await.request.changes;
    let stamps: Vec<Stamp> = again.iter().map(|change| change.stamps["*"]).collect();
    assert!(
        stamps[0] < stamps[1] && stamps[1] < Stamp::first_at(at(1)),
        "{stamps:?}"
    );
    store
        .record_particle(particle(3, "Third"), at(2) + years)
        .await
        .unwrap();
    let third = prepared(&store).await.request.changes[2].stamps["*"];
    assert!(
        third > stamps[1] && third < Stamp::first_at(at(600)),
        "the clock is set: {third}"
    );
}

#[tokio::test]
async fn an_idle_exchange_writes_nothing() {
    let profile = Profile::with_a_particle().await;
    let store = signed_in(&profile).await;
    let first = prepared(&store).await;
    apply(&store, &first, &answer(&first, &["applied"], &json!([]))).await;
    let idle = prepared(&store).await;
    let mut watcher = profile.sql().await;
    let before: i64 = sqlx::query_scalar("pragma data_version")
        .fetch_one(&mut watcher)
        .await
        .unwrap();
    apply(&store, &idle, &answer(&idle, &[], &json!([]))).await;
    let after: i64 = sqlx::query_scalar("pragma data_version")
        .fetch_one(&mut watcher)
        .await
        .unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_row_that_cannot_be_kept_is_told_and_the_others_are() {
    let profile = Profile::new();
    let store = signed_in(&profile).await;
    let pull = prepared(&store).await;
    let born = Stamp::first_at(at(0));
    let mut rows = row(
        &particle(1, ""),
        "Good",
        &json!({"*": born, "deleted": born}),
    );
    let mut bad = rows[0].clone();
    bad["fields"]["time"]["duration_seconds"] = json!(-1);
    rows.as_array_mut().unwrap().insert(0, bad);
    let outcome = apply(&store, &pull, &answer(&pull, &[], &rows)).await;
    assert_eq!((outcome.skipped.len(), outcome.changed.len()), (1, 1));
    assert_eq!(task(&store).await, "Good");
    assert_eq!(
        waiting(&store).await,
        [],
        "what came from there need not go back"
    );
}

#[tokio::test]
async fn a_request_has_at_most_so_many_changes_and_bytes_and_keeps_their_order() {
    let profile = Profile::new();
    let store = signed_in(&profile).await;
    let rows: Vec<Particle> = (0..20).map(|n| particle(n, "x")).collect();
    store.record_particles(&rows, at(0)).await.unwrap();
    let setting = |n: usize| Setting {
        id: format!("later.n{n}").parse().unwrap(),
        value: json!("y".repeat(4000)),
        deleted: false,
    };
    for n in 0..300 {
        store.set_setting(setting(n), at(0)).await.unwrap();
    }
    let all = prepared(&store).await.request.changes;
    assert!(all.len() < 300 && all.len() > 250, "{}", all.len());
    let few = store.prepare(5).await.unwrap().unwrap().request.changes;
    assert_eq!(few[..], all[..5]);
    let ids: Vec<String> = rows[..5].iter().map(|row| row.id.to_string()).collect();
    assert!(few.iter().map(|change| &change.id).eq(&ids));
}

#[tokio::test]
async fn an_answer_that_brings_nothing_still_sets_the_clock_by_the_servers() {
    let profile = Profile::new();
    let store = signed_in(&profile).await;
    let first = prepared(&store).await;
    apply(&store, &first, &answer(&first, &[], &json!([]))).await;
    let day = TimeDelta::days(1);
    let idle = prepared(&store).await;
    let nothing = answer(&idle, &[], &json!([]));
    let slow = Arrival {
        at: at(0) + day,
        took: day * 2,
    };
    store.apply(&idle, &nothing, slow).await.unwrap();
    let stamp = stamp_of_a_particle(&store, 1, at(0) + day).await;
    assert!(
        stamp > Stamp::last_at(at(0)),
        "who knows where the day went"
    );
    let soon = arrived(at(0) + day * 2);
    store.apply(&idle, &nothing, soon).await.unwrap();
    let stamp = stamp_of_a_particle(&store, 2, at(60) + day * 2).await;
    assert!(
        stamp < Stamp::first_at(at(0) + day * 2),
        "the server knows better"
    );
}

async fn stamp_of_a_particle(store: &Store, seed: u64, now: DateTime<Utc>) -> Stamp {
    let particle = particle(seed, "Write");
    store.record_particle(particle, now).await.unwrap();
    let changes = prepared(store).await.request.changes;
    changes.last().unwrap().stamps["*"]
}
