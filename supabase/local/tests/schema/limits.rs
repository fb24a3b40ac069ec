//! How long a request may take and wait; one that is ended leaves nothing partial.

use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::{
    Session, ask, backend, database, run, sign_up, sqlstate, superuser, until_blocked,
};
use crate::wire::{Request, cursor, particle, setting, stamp};

#[tokio::test]
async fn the_time_limits_stand_on_the_function() {
    let database = database().await;
    let admin = superuser(&database).await;
    let limits = "select array_to_string(array(select unnest(proconfig) order by 1), ', ')
                    from pg_proc where oid = 'public.sync_exchange(jsonb)'::regprocedure";
    let limits: String = ask(&admin, limits).await;
    assert!(limits.contains("lock_timeout=3s"), "{limits}");
    assert!(
        limits.contains("statement_timeout=5s"),
        "the REST door sets it before the call: {limits}"
    );
}

/// A person with a setting, which another session holds locked, and a request that changes a
/// particle first and then that setting.
struct Held {
    admin: Client,
    holder: Client,
    session: Session,
    person: Uuid,
    request: Value,
    _database: local_supabase::Database,
}

async fn held() -> Held {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    let first = Request::first(vec![setting("theme", &json!("dark"), &stamp(5, 0))]);
    session.answer(person, &first.to_json()).await;
    let holder = superuser(&database).await;
    run(
        &holder,
        "begin; select version from public.settings for update",
    )
    .await;
    let changes = vec![
        particle(1, "Write", &stamp(6, 0)),
        setting("theme", &json!("light"), &stamp(6, 0)),
    ];
    let request = Request::first(changes).to_json();
    Held {
        admin,
        holder,
        session,
        person,
        request,
        _database: database,
    }
}

impl Held {
    async fn check_nothing_partial(&self) {
        assert_eq!(
            ask::<i64>(&self.admin, "select count(*) from public.particles").await,
            0
        );
        assert_eq!(
            ask::<i64>(&self.admin, "select version from public.profiles").await,
            1
        );
        run(&self.holder, "commit").await;
        let answer = self.session.answer(self.person, &self.request).await;
        assert_eq!(cursor(&answer), 3, "sent again, it goes through");
    }
}

#[tokio::test]
async fn a_lock_that_is_not_given_up_ends_the_request_and_leaves_nothing_partial() {
    let held = held().await;
    run(
        &held.admin,
        "alter function public.sync_exchange(jsonb) set lock_timeout = '50ms'",
    )
    .await;
    let error = held
        .session
        .exchange(held.person, &held.request)
        .await
        .unwrap_err();
    assert_eq!(sqlstate(&error), "55P03");
    held.check_nothing_partial().await;
}

#[tokio::test]
async fn a_request_that_takes_too_long_ends_and_leaves_nothing_partial() {
    let held = held().await;
    held.session.begin(held.person).await;
    run(
        held.session.client(),
        "set local statement_timeout = '100ms'",
    )
    .await;
    let error = held.session.call(&held.request).await.unwrap_err();
    held.session.commit().await;
    assert_eq!(sqlstate(&error), "57014");
    held.check_nothing_partial().await;
}

#[tokio::test]
async fn who_waits_for_another_request_of_the_person_gives_up_after_the_lock_timeout() {
    let held = held().await;
    run(&held.holder, "commit").await;
    run(
        &held.admin,
        "alter function public.sync_exchange(jsonb) set lock_timeout = '50ms'",
    )
    .await;
    run(
        &held.holder,
        "begin; select version from public.profiles for update",
    )
    .await;
    let error = held
        .session
        .exchange(held.person, &held.request)
        .await
        .unwrap_err();
    assert_eq!(sqlstate(&error), "55P03");
    held.check_nothing_partial().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_ends_the_request_and_is_no_verdict() {
    let held = held().await;
    run(&held.holder, "commit; set deadlock_timeout = '1h'").await;
    let pids = (
        backend(&held.holder).await,
        backend(held.session.client()).await,
    );
    let other = Request::first(vec![particle(2, "", &stamp(6, 0))]).to_json();

    // Elsewhere a row is locked before the counter, here the counter before the row.
    held.session.begin(held.person).await;
    held.session
        .call(&other)
        .await
        .expect("it is merged, and holds the counter");
    let elsewhere = held
        .holder
        .batch_execute("update public.settings set value = '1'");
    let (elsewhere, error) = tokio::join!(elsewhere, async {
        until_blocked(&held.admin, pids.0, pids.1).await;
        let error = held.session.call(&held.request).await;
        held.session.commit().await;
        error.expect_err("both wait for each other")
    });
    assert_eq!(sqlstate(&error), "40P01");
    elsewhere.expect("the other one goes through");
    let left = "select count(*) from public.particles";
    assert_eq!(ask::<i64>(&held.admin, left).await, 0, "nothing partial");
    let answer = held.session.answer(held.person, &held.request).await;
    assert_eq!(
        answer["rows"][0]["fields"]["value"], 1,
        "retried, it knows of the other write"
    );
}
