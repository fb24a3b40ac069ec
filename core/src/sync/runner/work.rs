//! The loop itself: takes requests, changes, ends of exchanges and alarms one after the other.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::{OnRows, Report, Request, Round, Start};
use crate::clock::Clock;
use crate::randomness::Randomness;
use crate::store::Store;
use crate::sync::exchange::{Action, ExchangeLoop, Input, State, Trigger};
use crate::sync::session::Session;
use crate::sync::{Done, Setback, exchange_once};

/// What an exchange ends with: its number, and how.
type Ended = (u64, Result<Done, Setback>);

/// Alone speaks to the server.
pub(super) struct Runner {
    pub(super) store: Store,
    pub(super) session: Option<Arc<Session>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) randomness: Arc<Randomness>,
    pub(super) exchange: ExchangeLoop,
    /// One at most, on a task of its own: it may hold the file that a wait is to be kept in.
    pub(super) running: JoinSet<Ended>,
    /// Of the one that was begun last.
    pub(super) number: u64,
    pub(super) on_rows: OnRows,
    pub(super) report: watch::Sender<Report>,
    pub(super) setback: Option<Setback>,
    pub(super) last_at: Option<DateTime<Utc>>,
    /// Who waits until everything is exchanged, and what was since they asked.
    pub(super) waiting: Vec<(oneshot::Sender<Round>, Round)>,
}

impl Runner {
    /// Until the last door is dropped or it is asked to end.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>, start: Start) {
        let changes = self.store.changes();
        let mut asked = None;
        if start == Start::WhenAsked {
            asked = requests.recv().await;
        }
        match asked {
            None => self.step(Input::Alarm).await,
            Some(Request::End(reply)) => {
                reply.send(()).ok();
                return;
            }
            Some(request) => {
                if let Some(input) = self.take(request).await {
                    self.step(input).await;
                }
            }
        }
        loop {
            let alarm = self.alarm();
            let input = tokio::select! {
                biased;
                request = requests.recv() => match request {
                    None => return,
                    Some(Request::End(reply)) => {
                        self.running.shutdown().await;
                        // An error means that whoever asked is gone.
                        reply.send(()).ok();
                        return;
                    }
                    Some(request) => self.take(request).await,
                },
                (number, result) = ended(&mut self.running, self.number) => {
                    self.note(&result);
                    Some(Input::Exchanged(number, result))
                }
                () = changes.notified() => Some(Input::Trigger(Trigger::LocalChange)),
                () = alarm_at(&*self.clock, alarm) => Some(Input::Alarm),
            };
            if let Some(input) = input {
                self.step(input).await;
            }
        }
    }

    /// What a request is to the loop.
    async fn take(&mut self, request: Request) -> Option<Input> {
        match request {
            Request::Hear(trigger) => Some(Input::Trigger(trigger)),
            Request::SyncNow(reply) => {
                self.waiting.push((reply, Round::default()));
                Some(Input::Trigger(Trigger::SyncNow))
            }
            Request::Settle(reply) => {
                self.waiting.push((reply, Round::default()));
                // What is due is done, and whoever waits is answered where nothing is.
                Some(Input::Alarm)
            }
            Request::SignIn(session) => {
                self.session = Some(session);
                Some(Input::SignedIn)
            }
            Request::Pause(reply) => {
                self.step(Input::Pause).await;
                // An error means that whoever asked is gone.
                reply.send(()).ok();
                None
            }
            // The loop has ended on it.
            Request::End(_) => None,
            Request::SignOut(reply) => {
                self.session = None;
                self.step(Input::SignedOut).await;
                // An error means that whoever asked is gone.
                reply.send(()).ok();
                None
            }
        }
    }

    async fn step(&mut self, input: Input) {
        let now = self.clock.reading();
        for action in self.exchange.step(input, &now, &self.randomness) {
            match action {
                Action::Exchange {
                    number,
                    changes_max,
                    refuses,
                } => self.begin(number, changes_max, refuses),
                // When this ends, it neither sends nor stores.
                Action::Cancel => {
                    // What is stored already is told.
                    while let Some(Ok((_, result))) = self.running.try_join_next() {
                        self.note(&result);
                    }
                    self.running.shutdown().await;
                }
                // The next failure tells again what could not be kept.
                Action::KeepWaits(waits) => {
                    if let Err(error) = self.store.set_waits(&waits).await {
                        tracing::warn!(%error, "a wait could not be kept");
                    }
                }
            }
        }
        self.tell();
        if self.running.is_empty() {
            for (reply, mut round) in self.waiting.drain(..) {
                round.setback.clone_from(&self.setback);
                drop(reply.send(round));
            }
        }
    }

    fn begin(&mut self, number: u64, changes_max: usize, refuses: bool) {
        let Some(session) = self.session.clone() else {
            return;
        };
        let (store, clock) = (self.store.clone(), Arc::clone(&self.clock));
        self.number = number;
        self.running.spawn(async move {
            let result = exchange_once(&store, &session, changes_max, refuses, &*clock).await;
            (number, result)
        });
    }

    /// Remembers what came of an exchange.
    fn note(&mut self, result: &Result<Done, Setback>) {
        for (_, round) in &mut self.waiting {
            round.requests += 1;
        }
        match result {
            Ok(done) => {
                self.setback = None;
                self.last_at = Some(self.clock.now());
                for (_, round) in &mut self.waiting {
                    round.pushed += done.pushed;
                    round.pulled += done.changed.len();
                    round.refused += done.refused;
                }
                for skipped in &done.skipped {
                    tracing::warn!(row = %skipped, "a row of the server cannot be kept");
                }
                if !done.changed.is_empty() {
                    (self.on_rows)(&done.changed);
                }
            }
            Err(setback) => self.setback = Some(setback.clone()),
        }
    }

    fn tell(&self) {
        let state = self.exchange.state(self.clock.reading().total);
        let is_kept_back = matches!(
            state,
            State::Waiting(_) | State::Offline | State::Attention(_)
        );
        let report = Report {
            // Two clocks are read for it, which never agree to the microsecond.
            next_at: self
                .alarm()
                .filter(|_| is_kept_back)
                .map(|at| at.round_subsecs(2)),
            state,
            last_at: self.last_at,
            setback: self.setback.as_ref().map(ToString::to_string),
        };
        self.report.send_if_modified(|told| {
            let is_news = *told != report;
            *told = report;
            is_news
        });
    }

    /// When the loop wants to be woken, by the clock on the wall.
    fn alarm(&self) -> Option<DateTime<Utc>> {
        let now = self.clock.reading();
        let left: Duration = self.exchange.alarm(now.total)?.saturating_sub(now.total);
        Some(now.wall + TimeDelta::from_std(left).unwrap_or(TimeDelta::MAX))
    }
}

async fn ended(running: &mut JoinSet<Ended>, number: u64) -> Ended {
    match running.join_next().await {
        Some(Ok(ended)) => ended,
        // The hook of panics has told of it. What it would have stored was one transaction: it is tried again.
        Some(Err(error)) if error.is_panic() => {
            let why = "Particle met an error of its own during the exchange.";
            (number, Err(Setback::Local(why.into())))
        }
        Some(Err(_)) | None => pending().await,
    }
}

async fn alarm_at(clock: &dyn Clock, moment: Option<DateTime<Utc>>) {
    match moment {
        Some(moment) => clock.wait_until(moment).await,
        None => pending().await,
    }
}
