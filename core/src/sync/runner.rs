//! Runs the loop of the exchange on a task of its own: does what it says, and tells it what came of that.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::exchange::{Action, ExchangeLoop, Input, State, Trigger};
use super::session::Session;
use super::{Done, Setback, exchange_once};
use crate::change::Entity;
use crate::clock::Clock;
use crate::randomness::Randomness;
use crate::store::{Store, StoreError};

/// Requests that may wait while one is being done.
const REQUESTS_MAX: usize = 64;

/// The door to the loop. It ends when the last one is dropped.
#[derive(Debug, Clone)]
pub struct Syncing {
    requests: mpsc::Sender<Request>,
    report: watch::Receiver<Report>,
}

/// What the loop is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// In one word.
    pub state: State,
    /// When something was last exchanged.
    pub last_at: Option<DateTime<Utc>>,
    /// Why the last exchange did not work, if it did not.
    pub setback: Option<String>,
    /// When it is tried again, where something keeps it back.
    pub next_at: Option<DateTime<Utc>>,
}

/// What was exchanged until nothing waited, or the server could not be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// So many requests.
    pub requests: u32,
    /// So many changes are on the server now.
    pub pushed: usize,
    /// So many rows are new or different here.
    pub pulled: usize,
    /// So many changes were refused.
    pub refused: usize,
    /// Why it ended before everything was exchanged.
    pub setback: Option<Setback>,
}

/// Hears of rows that came from elsewhere, after they are stored.
pub type OnRows = Box<dyn Fn(&[(Entity, String)]) + Send + Sync>;

/// When the loop asks the server for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At once, if nothing keeps it back.
    AtOnce,
    /// When it is told to: then one request is enough.
    WhenAsked,
}

enum Request {
    Hear(Trigger),
    SyncNow(oneshot::Sender<Round>),
    Settle(oneshot::Sender<Round>),
    SignIn(Arc<Session>),
    SignOut(oneshot::Sender<()>),
    Pause(oneshot::Sender<()>),
    End(oneshot::Sender<()>),
}

/// What an exchange ends with: its number, and how.
type Ended = (u64, Result<Done, Setback>);

/// Alone speaks to the server.
struct Runner {
    store: Store,
    session: Option<Arc<Session>>,
    clock: Arc<dyn Clock>,
    randomness: Arc<Randomness>,
    exchange: ExchangeLoop,
    /// One at most, on a task of its own: it may hold the file that a wait is to be kept in.
    running: JoinSet<Ended>,
    on_rows: OnRows,
    report: watch::Sender<Report>,
    setback: Option<Setback>,
    last_at: Option<DateTime<Utc>>,
    /// Who waits until everything is exchanged, and what was since they asked.
    waiting: Vec<(oneshot::Sender<Round>, Round)>,
}

impl Syncing {
    /// Starts the loop over `store`, for whom `session` is.
    pub async fn start(
        store: Store,
        session: Option<Arc<Session>>,
        clock: Arc<dyn Clock>,
        randomness: Arc<Randomness>,
        on_rows: OnRows,
        start: Start,
    ) -> Result<Self, StoreError> {
        store.note_schema().await?;
        let (requests, receiver) = mpsc::channel(REQUESTS_MAX);
        let waits = store.waits().await?;
        let last_at = store.last_exchange().await?;
        let exchange = ExchangeLoop::new(session.is_some(), &waits, &clock.reading());
        let report = watch::Sender::new(Report {
            state: exchange.state(clock.reading().total),
            last_at,
            setback: None,
            next_at: None,
        });
        let syncing = Self {
            requests,
            report: report.subscribe(),
        };
        let runner = Runner {
            store,
            session,
            clock,
            randomness,
            exchange,
            running: JoinSet::new(),
            on_rows,
            report,
            setback: None,
            last_at,
            waiting: Vec::new(),
        };
        tokio::spawn(runner.run(receiver, start));
        Ok(syncing)
    }

    /// There is an occasion. Nobody waits for what comes of it.
    pub fn hear(&self, trigger: Trigger) {
        // A loop that is that busy exchanges anyway.
        drop(self.requests.try_send(Request::Hear(trigger)));
    }

    /// Exchanges until nothing waits, or the server cannot be asked.
    pub async fn sync_now(&self) -> Round {
        self.ask(Request::SyncNow).await
    }

    /// Waits until nothing can be exchanged any more at present. What keeps the exchange back is not overcome.
    pub async fn settle(&self) -> Round {
        self.ask(Request::Settle).await
    }

    async fn ask(&self, request: impl FnOnce(oneshot::Sender<Round>) -> Request) -> Round {
        let (reply, round) = oneshot::channel();
        drop(self.requests.send(request(reply)).await);
        round.await.unwrap_or_else(|_| Round {
            setback: Some(Setback::Local("The sync has ended.".into())),
            ..Round::default()
        })
    }

    /// Somebody signed in.
    pub async fn sign_in(&self, session: Arc<Session>) {
        drop(self.requests.send(Request::SignIn(session)).await);
    }

    /// Nobody is signed in any more: when this ends, nothing is sent.
    pub async fn sign_out(&self) {
        let (reply, done) = oneshot::channel();
        drop(self.requests.send(Request::SignOut(reply)).await);
        drop(done.await);
    }

    /// Nothing is exchanged until the person asks for it: when this ends, nothing is sent.
    pub async fn pause(&self) {
        let (reply, done) = oneshot::channel();
        drop(self.requests.send(Request::Pause(reply)).await);
        drop(done.await);
    }

    /// Ends the loop: when this returns, it neither sends nor stores. What keeps it back is kept.
    pub async fn end(&self) {
        let (reply, done) = oneshot::channel();
        drop(self.requests.send(Request::End(reply)).await);
        drop(done.await);
    }

    /// What the loop is doing.
    pub fn report(&self) -> Report {
        self.report.borrow().clone()
    }

    /// Changes of what the loop is doing.
    pub fn reports(&self) -> watch::Receiver<Report> {
        self.report.clone()
    }
}

impl Runner {
    async fn run(mut self, mut requests: mpsc::Receiver<Request>, start: Start) {
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
                (number, result) = ended(&mut self.running) => {
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
            next_at: is_kept_back.then(|| self.alarm()).flatten(),
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

async fn ended(running: &mut JoinSet<Ended>) -> Ended {
    match running.join_next().await {
        Some(Ok(ended)) => ended,
        // It panicked: the loop is told nothing it could believe, and a bug is to be seen.
        Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Some(Err(_)) | None => pending().await,
    }
}

async fn alarm_at(clock: &dyn Clock, moment: Option<DateTime<Utc>>) {
    match moment {
        Some(moment) => clock.wait_until(moment).await,
        None => pending().await,
    }
}
