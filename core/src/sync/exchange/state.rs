//! What a person is told of the exchange.

use std::time::Duration;

use super::{ExchangeLoop, Link};
use crate::remote::Attention;

/// What the exchange is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody is signed in: nothing is sent.
    Local,
    /// The server ended the session of this device.
    SignedOut {
        /// What it said.
        code: String,
    },
    /// Nothing keeps it back.
    Ready,
    /// The person wants nothing to be exchanged until they ask for it.
    Paused,
    /// It runs.
    Running,
    /// No connection could be made.
    Offline,
    /// The server could not answer; it is asked again after this wait.
    Waiting(Duration),
    /// Somebody has to do something.
    Attention(Attention),
}

impl ExchangeLoop {
    /// What the exchange is doing.
    pub fn state(&self, now: Duration) -> State {
        if !self.is_signed_in {
            let ended = self.ended_session.clone();
            return ended.map_or(State::Local, |code| State::SignedOut { code });
        }
        if self.running.is_some() {
            return State::Running;
        }
        if self.waits.is_paused() {
            return State::Paused;
        }
        let ladder = self.waits.ladder().map(|(_, until)| until);
        match (&self.link, ladder.max(self.waits.silence(now))) {
            (Link::Attention(attention, _), _) => State::Attention(attention.clone()),
            (Link::Down, _) => State::Offline,
            (Link::Up, Some(until)) => State::Waiting(until.saturating_sub(now)),
            (Link::Up, None) => State::Ready,
        }
    }
}
