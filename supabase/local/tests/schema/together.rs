//! Two sessions of one person at once, and people beside each other: the outcome is that of the
//! requests one after the other, in the order of the versions that they were given.

use std::sync::atomic::{AtomicBool, Ordering};

use local_supabase::Database;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use uuid::Uuid;

use crate::chance::{one_of, random_change};
use crate::compare::{Tables, check_answer};
use crate::devices::Device;
use crate::model::Person;
use crate::spoilt::bad_change;
use crate::support::{Session, ask, be_patient, database, sign_up, stop_the_clock, superuser};
use crate::wire::{NOW_MS, Request, cursor, epoch};

/// People, one after the other.
const PEOPLE: u64 = 8;
/// Requests of each of the two sessions.
const REQUESTS: usize = 40;

struct Exchanged {
    request: Request,
    answer: Value,
    /// Whether the counter was moved.
    has_altered: bool,
}

/// Asked inside of the transaction of a request.
const HAS_ALTERED: &str =
    "select exists (select from public.profiles where xmin = pg_current_xact_id()::xid)";

#[tokio::test(flavor = "multi_thread")]
async fn two_sessions_of_one_person_are_as_one_after_the_other() {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    stop_the_clock(&admin).await;
    let tables = Tables::new(superuser(&database).await).await;
    for seed in 0..PEOPLE {
        let person = sign_up(&admin).await;
        let are_done = AtomicBool::new(false);
        let sending = async {
            let sent = tokio::join!(
                send_many(&database, person, seed * 2),
                send_many(&database, person, seed * 2 + 1),
            );
            are_done.store(true, Ordering::SeqCst);
            sent
        };
        let ((one, other), puller) =
            tokio::join!(sending, pull_meanwhile(&database, person, &are_done));
        let model = replay(one.into_iter().chain(other).collect());
        tables.check(person, &model, None).await;
        let rows = model.rows.iter();
        let rows = rows.map(|(key, row)| (key.clone(), row.fields.clone()));
        assert_eq!(
            puller.rows,
            rows.collect(),
            "who pulled meanwhile has missed nothing"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_beside_each_other_do_not_meet() {
    let database = database().await;
    let admin = superuser(&database).await;
    be_patient(&admin).await;
    stop_the_clock(&admin).await;
    let tables = Tables::new(superuser(&database).await).await;
    for seed in 100..100 + PEOPLE {
        let (me, you) = (sign_up(&admin).await, sign_up(&admin).await);
        let (mine, yours) = tokio::join!(
            send_many(&database, me, seed * 2),
            send_many(&database, you, seed * 2 + 1),
        );
        tables.check(me, &replay(mine), None).await;
        tables.check(you, &replay(yours), None).await;
    }
}

async fn send_many(database: &Database, person: Uuid, seed: u64) -> Vec<Exchanged> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut session = Session::open(database).await;
    session.clock_ms = NOW_MS;
    let mut exchanged: Vec<Exchanged> = Vec::new();
    for _ in 0..REQUESTS {
        let last = exchanged.last();
        let size = one_of(&mut rng, &[1, 2, 4, 8]);
        let changes = (0..size).map(|_| {
            if rng.random_bool(0.1) {
                bad_change(&mut rng, NOW_MS)
            } else {
                random_change(&mut rng, NOW_MS)
            }
        });
        let request = Request {
            changes: changes.collect(),
            epoch: last.and_then(|last| epoch(&last.answer)),
            since: last.map_or(0, |last| cursor(&last.answer)),
            limit: 1000,
        };
        session.begin(person).await;
        let answer = session
            .call(&request.to_json())
            .await
            .expect("the request is answered");
        let has_altered = ask(session.client(), HAS_ALTERED).await;
        session.commit().await;
        assert_eq!(answer["more"], false, "a page holds all that there is here");
        exchanged.push(Exchanged {
            request,
            answer,
            has_altered,
        });
    }
    exchanged
}

/// A device that only pulls, until the others are done and it has the rest.
async fn pull_meanwhile(database: &Database, person: Uuid, are_done: &AtomicBool) -> Device {
    let mut rng = StdRng::seed_from_u64(0);
    let session = Session::open(database).await;
    let mut device = Device::new(9);
    loop {
        let is_last = are_done.load(Ordering::SeqCst);
        let request = device.request(&mut rng);
        let answer = session.answer(person, &request.to_json()).await;
        device.receive(&request, &answer);
        if is_last && answer["more"] == false && answer["reset"] == false {
            return device;
        }
    }
}

// The cursor of an answer is the counter as the request left it. Of several with the same cursor, one
// has moved the counter there, and the others have changed nothing after it.
fn replay(mut exchanged: Vec<Exchanged>) -> Person {
    exchanged.sort_by_key(|exchanged| (cursor(&exchanged.answer), !exchanged.has_altered));
    let mut model = Person::default();
    for Exchanged {
        request,
        answer,
        has_altered,
    } in exchanged
    {
        let before = model.counter;
        let expected = model.exchange(&request, NOW_MS, false);
        assert_eq!(
            model.counter > before,
            has_altered,
            "whether something was new"
        );
        check_answer(&request, &expected, &answer);
    }
    model
}
