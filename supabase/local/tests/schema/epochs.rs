//! A server restored from a backup, devices that knew more than it, and clocks that are wrong.

use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::{
    Session, ask, backend, be_patient, database, run, sign_up, superuser, until_blocked,
};
use crate::wire::{NOW_MS, Request, cursor, epoch, ids, particle, patch, stamp, statuses, uuid};

/// How far a stamp may be ahead.
const AHEAD_MS_MAX: i64 = 5 * 60 * 1000;

struct Ground {
    admin: Client,
    session: Session,
    person: Uuid,
    database: local_supabase::Database,
}

/// Somebody with three particles.
async fn ground() -> (Ground, Value) {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    let changes = (1..=3)
        .map(|number| particle(number, "", &stamp(5, 0)))
        .collect();
    let answer = session
        .answer(person, &Request::first(changes).to_json())
        .await;
    (
        Ground {
            admin,
            session,
            person,
            database,
        },
        answer,
    )
}

impl Ground {
    async fn pull(&self, epoch: Option<String>, since: u64) -> Value {
        let request = Request {
            epoch,
            since,
            limit: 1000,
            changes: Vec::new(),
        };
        self.session.answer(self.person, &request.to_json()).await
    }
}

#[tokio::test]
async fn the_first_contact_is_no_reset() {
    let (ground, first) = ground().await;
    assert_eq!(first["reset"], false);
    let other = ground.pull(None, 0).await;
    assert_eq!((&other["reset"], ids(&other).len()), (&json!(false), 3));
    assert_eq!(epoch(&other), epoch(&first));
}

#[tokio::test]
async fn a_device_beyond_the_counter_begins_one_new_epoch_for_all() {
    let (ground, first) = ground().await;
    let old = epoch(&first);

    let noticed = ground.pull(old.clone(), 4).await;
    assert_eq!(
        (&noticed["reset"], &noticed["cursor"]),
        (&json!(true), &json!("0"))
    );
    assert!(ids(&noticed).is_empty());
    assert_ne!(epoch(&noticed), old);

    for since in [0, 2, 9] {
        let other = ground.pull(old.clone(), since).await;
        assert_eq!(other["reset"], true, "its epoch is the old one");
        assert_eq!(epoch(&other), epoch(&noticed), "and it makes no other");
    }
    let again = ground.pull(epoch(&noticed), 0).await;
    assert_eq!((&again["reset"], ids(&again).len()), (&json!(false), 3));
}

#[tokio::test]
async fn changes_are_merged_even_when_the_answer_is_a_reset() {
    let (ground, first) = ground().await;
    let changes = vec![particle(9, "kept", &stamp(5, 0))];
    let request = Request {
        epoch: epoch(&first),
        since: 400,
        limit: 1000,
        changes,
    };
    let answer = ground
        .session
        .answer(ground.person, &request.to_json())
        .await;
    assert_eq!(
        (&answer["reset"], &answer["cursor"]),
        (&json!(true), &json!("0"))
    );
    assert_eq!(statuses(&answer), ["applied"]);
    assert!(ids(&answer).is_empty());
    assert_eq!(ids(&ground.pull(epoch(&answer), 0).await).len(), 4);
}

#[tokio::test]
async fn two_devices_that_notice_at_once_are_told_the_same_epoch() {
    let (ground, first) = ground().await;
    let second = Session::open(&ground.database).await;
    let request = Request {
        epoch: epoch(&first),
        since: 9,
        limit: 1000,
        changes: Vec::new(),
    }
    .to_json();
    let pids = (
        backend(second.client()).await,
        backend(ground.session.client()).await,
    );

    ground.session.begin(ground.person).await;
    let one = ground
        .session
        .call(&request)
        .await
        .expect("the first is answered");
    second.begin(ground.person).await;
    let (other, ()) = tokio::join!(second.call(&request), async {
        until_blocked(&ground.admin, pids.0, pids.1).await;
        ground.session.commit().await;
    });
    second.commit().await;
    let other = other.expect("the second is answered");
    assert_eq!(other["epoch"], one["epoch"]);
    assert_eq!(
        (&one["reset"], &other["reset"]),
        (&json!(true), &json!(true))
    );
}

#[tokio::test]
async fn a_profile_that_was_deleted_by_hand_comes_back_with_another_epoch() {
    let (ground, first) = ground().await;
    run(&ground.admin, "delete from public.profiles").await;
    let answer = ground.pull(epoch(&first), cursor(&first)).await;
    assert_eq!(answer["reset"], true);
    assert_ne!(epoch(&answer), epoch(&first));
    let all = ground.pull(epoch(&answer), 0).await;
    assert_eq!(
        (ids(&all).len(), cursor(&all)),
        (3, 3),
        "the rows were still there"
    );

    let edit = patch("particle", &uuid(1), &json!({"task": "x"}), &stamp(6, 0));
    let request = Request {
        epoch: epoch(&answer),
        since: 3,
        limit: 1000,
        changes: vec![edit],
    };
    let next = ground
        .session
        .answer(ground.person, &request.to_json())
        .await;
    assert_eq!(cursor(&next), 4, "versions go on and do not begin anew");
}

#[tokio::test]
async fn an_operator_begins_a_new_epoch_for_everybody() {
    let (ground, first) = ground().await;
    let operator = ground.database.connect_as("postgres").await.unwrap();
    run(&operator, "select private.begin_new_epoch()").await;
    let answer = ground.pull(epoch(&first), cursor(&first)).await;
    assert_eq!(answer["reset"], true);
    assert_ne!(epoch(&answer), epoch(&first));
    assert_eq!(ids(&ground.pull(epoch(&answer), 0).await).len(), 3);
}

/// Somebody without rows, by a clock that stands still.
async fn at(clock_ms: i64) -> Ground {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    crate::support::stop_the_clock(&admin).await;
    let person = sign_up(&admin).await;
    let mut session = Session::open(&database).await;
    session.clock_ms = clock_ms;
    Ground {
        admin,
        session,
        person,
        database,
    }
}

async fn status(ground: &Ground, change: Value) -> String {
    let answer = ground
        .session
        .answer(ground.person, &Request::first(vec![change]).to_json())
        .await;
    statuses(&answer)[0].to_owned()
}

#[tokio::test]
async fn a_stamp_may_be_five_minutes_ahead_and_no_millisecond_more() {
    let ground = at(NOW_MS).await;
    let ahead = |more_ms: i64| format!("{:012x}ffffffffffff", NOW_MS + AHEAD_MS_MAX + more_ms);
    let just_beyond = format!("{:012x}000000000000", NOW_MS + AHEAD_MS_MAX + 1);
    assert_eq!(
        status(&ground, particle(1, "", &just_beyond)).await,
        "clock"
    );
    assert_eq!(
        ask::<i64>(&ground.admin, "select count(*) from public.particles").await,
        0
    );
    assert_eq!(status(&ground, particle(1, "", &ahead(0))).await, "applied");
    assert_eq!(status(&ground, particle(2, "", &ahead(1))).await, "clock");
}

#[tokio::test]
async fn one_stamp_ahead_leaves_the_whole_change_out() {
    let ground = at(NOW_MS).await;
    let mut change = particle(1, "", &stamp(5, 0));
    change["stamps"]["deleted"] = json!(stamp(NOW_MS + AHEAD_MS_MAX + 1, 0));
    assert_eq!(status(&ground, change).await, "clock");
    assert_eq!(
        ask::<i64>(&ground.admin, "select count(*) from public.particles").await,
        0
    );
}

#[tokio::test]
async fn a_stamp_ahead_is_admitted_up_to_the_greatest_that_is_stored() {
    let mut ground = at(NOW_MS).await;
    let greatest = stamp(NOW_MS + AHEAD_MS_MAX, 7);
    assert_eq!(status(&ground, particle(1, "", &greatest)).await, "applied");
    // The server's clock was ahead and has been set right since.
    ground.session.clock_ms = NOW_MS - 3 * AHEAD_MS_MAX;
    assert_eq!(status(&ground, particle(2, "", &greatest)).await, "applied");
    assert_eq!(
        status(&ground, particle(3, "", &stamp(NOW_MS + AHEAD_MS_MAX, 8))).await,
        "clock"
    );
}

#[tokio::test]
async fn stamps_are_stored_and_shown_bit_for_bit() {
    let ground = at(NOW_MS).await;
    let (low, high) = (
        "000000000000000000000000",
        format!("{:012x}abcdef012345", NOW_MS + AHEAD_MS_MAX),
    );
    let mut change = particle(1, "", low);
    change["stamps"]["task"] = json!(high);
    assert_eq!(status(&ground, change.clone()).await, "applied");
    let shown = ground.pull(None, 0).await;
    assert_eq!(shown["rows"][0]["stamps"], change["stamps"]);
    let stored: Value = ask(&ground.admin, "select stamps from public.particles").await;
    assert_eq!(stored, change["stamps"]);
}
