//! A device: the real store and the real loop, one input at a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use particle_core::change::wire::Request;
use particle_core::clock::Reading;
use particle_core::randomness::Randomness;
use particle_core::store::{Account, Prepared, Store};
use particle_core::sync::exchange::{Action, ExchangeLoop, Input};

/// Where the time of a simulation begins.
const BEGINNING: i64 = 1_800_000_000;

/// A request that waits for its answer.
pub(crate) struct InFlight {
    pub(crate) number: u64,
    pub(crate) prepared: Prepared,
    /// As [`Action::Exchange`] said.
    pub(crate) refuses: bool,
    pub(crate) asked: Duration,
}

pub(crate) struct Device {
    path: PathBuf,
    pub(crate) store: Store,
    pub(crate) randomness: Randomness,
    exchange: ExchangeLoop,
    /// How wrong its clock is.
    pub(crate) skew: TimeDelta,
    pub(crate) is_online: bool,
    pub(crate) is_signed_in: bool,
    pub(crate) in_flight: Option<InFlight>,
    /// The alarm that is in the queue of the world.
    pub(crate) alarm_at: Option<Duration>,
    /// While it sleeps.
    pub(crate) asleep_until: Option<Duration>,
    /// Since when it sleeps, and how long it slept before.
    fell_asleep: Duration,
    slept: Duration,
}

/// The moment after `passed` by a clock that is right.
pub(crate) fn right_time(passed: Duration) -> DateTime<Utc> {
    let beginning = Utc.timestamp_opt(BEGINNING, 0).single().expect("a moment");
    beginning + TimeDelta::from_std(passed).expect("a short time")
}

impl Device {
    /// A new machine that nobody signed in on.
    pub(crate) async fn new(path: PathBuf, seed: u64) -> Self {
        let randomness = Randomness::seeded(seed);
        let store = open(&path, right_time(Duration::ZERO), &randomness).await;
        Self {
            exchange: ExchangeLoop::new(false, "{}", &reading(Duration::ZERO, TimeDelta::zero())),
            path,
            store,
            randomness,
            skew: TimeDelta::zero(),
            is_online: true,
            is_signed_in: false,
            in_flight: None,
            alarm_at: None,
            asleep_until: None,
            fell_asleep: Duration::ZERO,
            slept: Duration::ZERO,
        }
    }

    /// What its clocks show.
    pub(crate) fn reading(&self, passed: Duration) -> Reading {
        Reading {
            awake: passed.saturating_sub(self.slept),
            ..reading(passed, self.skew)
        }
    }

    pub(crate) fn fall_asleep(&mut self, passed: Duration, until: Duration) {
        (self.fell_asleep, self.asleep_until) = (passed, Some(until));
    }

    pub(crate) fn wake(&mut self, passed: Duration) {
        self.asleep_until = None;
        self.slept += passed.saturating_sub(self.fell_asleep);
    }

    /// Another device with all that this one has.
    pub(crate) async fn copy_to(&mut self, path: PathBuf, seed: u64, passed: Duration) -> Self {
        self.save_to(&path, passed).await;
        let mut copy = Self::new(path, seed).await;
        copy.is_signed_in = self.is_signed_in;
        copy.restart(passed).await;
        copy
    }

    /// Its file as it is, once it is closed.
    pub(crate) async fn save_to(&mut self, path: &Path, passed: Duration) {
        self.close_whole().await;
        fs::copy(&self.path, path).expect("a copy");
        self.restart(passed).await;
    }

    /// The file that was saved takes the place of its own.
    pub(crate) async fn restore(&mut self, path: &Path, passed: Duration) {
        self.close_whole().await;
        fs::copy(path, &self.path).expect("a copy");
        self.restart(passed).await;
        // It may be of a time before anybody signed in.
        let account = self.store.account().await.expect("read");
        if account.is_none() && self.is_signed_in {
            self.is_signed_in = false;
            self.restart(passed).await;
        }
    }

    /// Closes the file with all of it in it: connections that close at the same moment may leave a log, which
    /// would come into whatever takes the file's place.
    async fn close_whole(&self) {
        self.store.close_whole().await.expect("nobody reads");
    }

    /// What its clock on the wall shows.
    pub(crate) fn now(&self, passed: Duration) -> DateTime<Utc> {
        self.reading(passed).wall
    }

    /// Takes one input, and does what the loop says. Gives back what is to be sent, with its number.
    pub(crate) async fn tell(&mut self, input: Input, passed: Duration) -> Option<(u64, Request)> {
        let now = self.reading(passed);
        let mut sent = None;
        for action in self.exchange.step(input, &now, &self.randomness) {
            match action {
                Action::KeepWaits(waits) => self.store.set_waits(&waits).await.expect("kept"),
                Action::Cancel => self.in_flight = None,
                Action::Exchange {
                    number,
                    changes_max,
                    refuses,
                } => {
                    assert!(
                        self.is_signed_in,
                        "nobody is signed in, and nothing is sent"
                    );
                    let prepared = self.store.prepare(changes_max).await.expect("prepared");
                    let prepared = prepared.expect("an account");
                    sent = Some((number, prepared.request.clone()));
                    self.in_flight = Some(InFlight {
                        number,
                        prepared,
                        refuses,
                        asked: passed,
                    });
                }
            }
        }
        sent
    }

    /// When it wants to be woken.
    pub(crate) fn alarm(&self, passed: Duration) -> Option<Duration> {
        self.exchange.alarm(passed)
    }

    pub(crate) async fn sign_in(&mut self, account: &Account) {
        let is_theirs = self.store.become_account(account).await.expect("stored");
        assert!(is_theirs, "one account a profile");
        self.is_signed_in = true;
    }

    /// The process dies and another one starts.
    pub(crate) async fn restart(&mut self, passed: Duration) {
        self.in_flight = None;
        self.alarm_at = None;
        self.store.close().await;
        self.store = open(&self.path, self.now(passed), &self.randomness).await;
        let waits = self.store.waits().await.expect("read");
        self.exchange = ExchangeLoop::new(self.is_signed_in, &waits, &self.reading(passed));
    }
}

fn reading(passed: Duration, skew: TimeDelta) -> Reading {
    Reading {
        wall: right_time(passed) + skew,
        awake: passed,
        total: passed,
    }
}

async fn open(path: &Path, now: DateTime<Utc>, randomness: &Randomness) -> Store {
    let opened = Store::open(path, now, randomness).await.expect("a profile");
    assert_eq!(opened.moved_aside, None, "the profile is whole");
    opened.store
}
