//! Runs the loop of the exchange on a task of its own: does what it says, and tells it what came of that.

mod work;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use work::Runner;

use super::Setback;
use super::exchange::{ExchangeLoop, State, Trigger};
use super::session::Session;
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
            number: 0,
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
