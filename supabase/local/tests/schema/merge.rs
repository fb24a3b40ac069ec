//! Random histories against the model: after each request the verdicts, rows, cursor and `more` are the
//! model's, after each history the tables are, and devices that pull have all the same rows.
//!
//! `PARTICLE_LONG=1` tries 25 times as many. A failure names its seed; `PARTICLE_SEED` repeats it.

use std::env;

use local_supabase::Database;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng, make_rng};
use serde_json::Value;
use uuid::Uuid;

use crate::chance::{one_of, random_change};
use crate::compare::{Tables, check_answer};
use crate::devices::Device;
use crate::model::Person;
use crate::spoilt::bad_change;
use crate::support::{Session, database, sign_up, stop_the_clock, superuser};
use crate::wire::{NOW_MS, Request, epoch};

/// Requests that are tried at least.
const CASES: u32 = 20_000;
/// Times as many, when there is time.
const LONG: u32 = 25;
/// Sessions at once, each with people of its own.
const SESSIONS: u64 = 2;
/// Requests of one person.
const STEPS: u32 = 40;
/// Exchanges in which devices that edit no more have to become equal.
const ROUNDS_MAX: u32 = 500;

#[tokio::test(flavor = "multi_thread")]
async fn random_requests_do_what_the_model_does() {
    let database = database().await;
    stop_the_clock(&superuser(&database).await).await;
    let cases = if env::var_os("PARTICLE_LONG").is_some() {
        CASES * LONG
    } else {
        CASES
    };
    let seed: u64 = match env::var("PARTICLE_SEED") {
        Ok(seed) => seed.parse().expect("a seed is a number"),
        Err(_) => make_rng::<StdRng>().random::<u32>().into(),
    };
    println!("PARTICLE_SEED={seed}");
    let each = u32::try_from(u64::from(cases) / SESSIONS).unwrap();
    let sessions =
        (0..SESSIONS).map(|session| try_many(&database, seed + session * 1_000_000, each));
    let tried: u32 = join_all(sessions).await.into_iter().sum();
    println!("{tried} requests");
    assert!(tried >= cases);
}

async fn join_all<F: Future<Output = u32>>(futures: impl Iterator<Item = F>) -> Vec<u32> {
    let mut futures: Vec<_> = futures.collect();
    let (second, first) = (futures.pop().unwrap(), futures.pop().unwrap());
    let (first, second) = tokio::join!(first, second);
    vec![first, second]
}

async fn try_many(database: &Database, seed: u64, cases: u32) -> u32 {
    let mut session = Session::open(database).await;
    let tables = Tables::new(superuser(database).await).await;
    let admin = superuser(database).await;
    let mut tried = 0;
    let mut seed = seed;
    while tried < cases {
        println!("history {seed}");
        let person = sign_up(&admin).await;
        let mut history = History::new(person, seed);
        if seed.is_multiple_of(2) {
            history.of_anything(&mut session).await;
        } else {
            history.of_devices(&mut session).await;
        }
        tables
            .check(person, &history.model, history.epoch.as_deref())
            .await;
        tried += history.tried;
        seed += 1;
    }
    tried
}

/// What one person's devices send, and what should become of it.
struct History {
    person: Uuid,
    rng: StdRng,
    model: Person,
    epoch: Option<String>,
    now_ms: i64,
    sent: Vec<Request>,
    tried: u32,
}

impl History {
    fn new(person: Uuid, seed: u64) -> Self {
        Self {
            person,
            rng: StdRng::seed_from_u64(seed),
            model: Person::default(),
            epoch: None,
            now_ms: NOW_MS,
            sent: Vec::new(),
            tried: 0,
        }
    }

    /// Whatever a client may send, by a server whose clock is set back and forth.
    async fn of_anything(&mut self, session: &mut Session) {
        for _ in 0..STEPS {
            let offset_ms = one_of(&mut self.rng, &[0, 0, 0, 600_000, 290_000, -600_000]);
            self.now_ms = NOW_MS + offset_ms;
            let request = self.random_request(NOW_MS + 310_000);
            self.send(session, request).await;
        }
    }

    /// Three devices and somebody who sends anything; then all of them come to the same rows.
    async fn of_devices(&mut self, session: &mut Session) {
        let mut devices = [Device::new(1), Device::new(2), Device::new(3)];
        for _ in 0..STEPS {
            self.now_ms += self.rng.random_range(0..20_000);
            if self.rng.random_bool(0.2) {
                let request = self.random_request(self.now_ms);
                self.send(session, request).await;
                continue;
            }
            let device = &mut devices[self.rng.random_range(0..3)];
            for _ in 0..self.rng.random_range(0..4) {
                device.edit(&mut self.rng, self.now_ms);
            }
            self.exchange(session, device, 0.2).await;
        }
        for device in &mut devices {
            self.settle(session, device).await;
        }
        for device in &mut devices {
            self.settle(session, device).await;
            let rows = self.model.rows.iter();
            let rows = rows.map(|(key, row)| (key.clone(), row.fields.clone()));
            assert_eq!(
                device.rows,
                rows.collect(),
                "a device has the rows of the server"
            );
        }
    }

    async fn settle(&mut self, session: &mut Session, device: &mut Device) {
        for _ in 0..ROUNDS_MAX {
            let has_more = self.exchange(session, device, 0.0).await;
            if device.is_done() && !has_more {
                return;
            }
        }
        panic!("a device does not come to an end");
    }

    // Tells whether there is more to pull.
    async fn exchange(&mut self, session: &mut Session, device: &mut Device, lost: f64) -> bool {
        let request = device.request(&mut self.rng);
        let answer = self.send(session, request.clone()).await;
        if !self.rng.random_bool(lost) {
            device.receive(&request, &answer);
        }
        answer["more"] == true || answer["reset"] == true
    }

    fn random_request(&mut self, until_ms: i64) -> Request {
        let rng = &mut self.rng;
        if !self.sent.is_empty() && rng.random_bool(0.15) {
            // A late duplicate, its changes in another order at times.
            let mut request = self.sent[rng.random_range(0..self.sent.len())].clone();
            if rng.random_bool(0.5) {
                request.changes.reverse();
            }
            return request;
        }
        let bad = one_of(rng, &[0.0, 0.0, 0.2, 0.6]);
        let size = one_of(rng, &[0, 1, 1, 2, 3, 5, 12]);
        let now_ms = self.now_ms;
        let changes = (0..size).map(|_| {
            if rng.random_bool(bad) {
                bad_change(rng, now_ms)
            } else {
                random_change(rng, until_ms)
            }
        });
        let changes = changes.collect();
        let since = match rng.random_range(0..20) {
            0 => self.model.counter + rng.random_range(1..3),
            1..8 => 0,
            8..12 => self.model.counter,
            _ => rng.random_range(0..=self.model.counter),
        };
        let epoch = match rng.random_range(0..20) {
            0 => Some("not the epoch".to_owned()),
            1..5 if since == 0 => None,
            _ => self.epoch.clone(),
        };
        let limit = one_of(rng, &[0, 1, 2, 3, 7, 20, 1000, 5000]);
        Request {
            epoch,
            since,
            limit,
            changes,
        }
    }

    async fn send(&mut self, session: &mut Session, request: Request) -> Value {
        session.clock_ms = self.now_ms;
        let answer = session.answer(self.person, &request.to_json()).await;
        assert_eq!(answer["server_time"], self.now_ms, "the server's clock");

        let is_restored = request.epoch.is_some()
            && request.epoch == self.epoch
            && request.since > self.model.counter;
        if is_restored || self.epoch.is_none() {
            assert_ne!(self.epoch, epoch(&answer), "a new epoch");
            self.epoch = epoch(&answer);
        }
        assert_eq!(self.epoch, epoch(&answer), "the epoch stays");
        let is_first_contact = request.epoch.is_none() && request.since == 0;
        let is_reset = request.epoch != self.epoch && !is_first_contact;
        assert_eq!(answer["reset"], is_reset, "reset");

        let expected = self.model.exchange(&request, self.now_ms, is_reset);
        check_answer(&request, &expected, &answer);
        self.tried += 1;
        self.sent.push(request);
        answer
    }
}
