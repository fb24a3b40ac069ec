//! What was answered: a bounded log that can be awaited, so that no test has to sleep.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

/// How many answers are remembered.
pub(crate) const REQUESTS_REMEMBERED_MAX: usize = 10_000;

/// One request and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Counts up from 1 over all requests of the server.
    pub number: u64,
    /// `GET`, `POST` …
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The user that the token names.
    pub user_id: Option<String>,
    /// The status sent; none when the connection was closed without an answer.
    pub status: Option<u16>,
    /// Bytes of the request's body.
    pub request_bytes: u64,
    /// Bytes of the answer's body, packed if it was.
    pub response_bytes: u64,
    /// When the request had arrived.
    pub started: Instant,
    /// When its answer was ready.
    pub finished: Instant,
}

/// The log of one server. Clones look into the same log.
#[derive(Debug, Clone)]
pub struct Requests(Arc<Log>);

#[derive(Debug)]
struct Log {
    answered: Mutex<VecDeque<Answered>>,
    newest: watch::Sender<u64>,
}

impl Default for Requests {
    fn default() -> Self {
        Self(Arc::new(Log {
            answered: Mutex::default(),
            newest: watch::Sender::new(0),
        }))
    }
}

impl Requests {
    /// Every remembered request, in the order of the answers.
    pub fn all(&self) -> Vec<Answered> {
        self.answered().iter().cloned().collect()
    }

    /// How many remembered requests meet `wanted`.
    pub fn count(&self, wanted: impl Fn(&Answered) -> bool) -> usize {
        self.answered()
            .iter()
            .filter(|answered| wanted(answered))
            .count()
    }

    /// A view that begins now: what was answered before is not in it.
    pub fn from_now(&self) -> RequestsFromNow {
        RequestsFromNow {
            seen: *self.0.newest.borrow(),
            newest: self.0.newest.subscribe(),
            log: self.clone(),
        }
    }

    /// Notes an answer; its number is given here.
    pub(crate) fn record(&self, mut answered: Answered) {
        let mut log = self.answered();
        self.0.newest.send_modify(|newest| {
            *newest += 1;
            answered.number = *newest;
            if log.len() == REQUESTS_REMEMBERED_MAX {
                log.pop_front();
            }
            log.push_back(answered);
        });
    }

    fn answered(&self) -> MutexGuard<'_, VecDeque<Answered>> {
        self.0
            .answered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Requests answered after a moment, one after the other.
#[derive(Debug)]
pub struct RequestsFromNow {
    seen: u64,
    newest: watch::Receiver<u64>,
    log: Requests,
}

impl RequestsFromNow {
    /// Waits for the next answer that meets `wanted`. It and those before it are passed by.
    /// Waits for ever when none comes: the limit of a test is the test's own.
    pub async fn next(&mut self, wanted: impl Fn(&Answered) -> bool) -> Answered {
        loop {
            self.newest.borrow_and_update();
            let unseen: Vec<Answered> = {
                let log = self.log.answered();
                log.iter()
                    .filter(|answered| answered.number > self.seen)
                    .cloned()
                    .collect()
            };
            for answered in unseen {
                self.seen = answered.number;
                if wanted(&answered) {
                    return answered;
                }
            }
            if self.newest.changed().await.is_err() {
                // Not reached while `log` holds the sender.
                std::future::pending::<()>().await;
            }
        }
    }
}
