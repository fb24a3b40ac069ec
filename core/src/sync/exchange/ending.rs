//! What the end of an exchange means for the next one.

use std::time::Duration;

use super::{Blame, ExchangeLoop, Link, Running, TICK, Wish};
use crate::change::wire::CHANGES_MAX;
use crate::randomness::Randomness;
use crate::remote::Failure;
use crate::sync::backoff::Scope;
use crate::sync::once::{Done, Setback};

/// Where somebody has to do something first, it is looked so often whether it was done.
pub(super) const ATTENTION_PROBE: Duration = Duration::from_mins(16);
/// So many exchanges in a row may move nothing of what they sent.
pub(super) const FRUITLESS_MAX: u32 = 3;

impl ExchangeLoop {
    pub(super) fn end(
        &mut self,
        result: Result<Done, Setback>,
        now: Duration,
        randomness: &Randomness,
    ) {
        let Some(running) = self.running.take() else {
            return;
        };
        match result {
            Ok(done) => self.succeed(running, &done, now, randomness),
            Err(Setback::Local(_)) => self.unable_until = Some(now + TICK),
            Err(Setback::Remote { failure, sent }) => {
                self.fail(failure, sent, now, randomness);
                if running.is_outdated {
                    self.draw_reset(now, randomness);
                    self.wish = self.wish.max(Some(Wish::Pull));
                }
            }
        }
    }

    fn succeed(&mut self, running: Running, done: &Done, now: Duration, randomness: &Randomness) {
        self.link = Link::Up;
        self.blame = match self.blame {
            // The server can do without the change what it refused with it.
            Blame::Unknown | Blame::Change if running.changes_max == 0 => Blame::Change,
            _ => Blame::Nobody,
        };
        // Whoever refuses one request of one change after the other is to blame itself.
        let is_fruitless = done.is_stale
            || (done.sent > 0 && !done.has_moved())
            || (done.more && !done.has_advanced)
            || (running.refuses && done.pushed == 0);
        self.fruitless = match running.changes_max {
            _ if is_fruitless => self.fruitless + 1,
            // It says nothing about what was to be sent.
            0 => self.fruitless,
            _ => 0,
        };
        if self.fruitless >= FRUITLESS_MAX {
            self.fruitless = 0;
            let scope = if done.sent > 0 {
                Scope::Pushes
            } else {
                Scope::Everything
            };
            self.waits.climb(scope, now, randomness);
            return;
        }
        match self.waits.ladder() {
            // The ladder goes on from where it was.
            _ if is_fruitless => {}
            // It was a pull only.
            Some((Scope::Everything, _)) if running.changes_max == 0 && done.sendable > 0 => {
                self.waits.narrow(now);
            }
            Some((Scope::Pushes, _)) if running.changes_max == 0 => {}
            _ => self.waits.clear(),
        }
        if running.changes_max > 0 {
            self.batch = (self.batch * 2).min(CHANGES_MAX);
        }
        let may_push = running.changes_max > 0 || self.blame == Blame::Change;
        let rows_wait = done.sendable > 0 && may_push;
        if done.more {
            self.wish = self.wish.max(Some(Wish::Pull));
        } else if rows_wait || done.is_stale {
            self.wish = self.wish.max(Some(Wish::Push));
        }
    }

    fn fail(&mut self, failure: Failure, sent: usize, now: Duration, randomness: &Randomness) {
        // What was wished for while it ran is a part of what failed.
        let wish = self.wish.take().filter(|wish| *wish == Wish::Now);
        self.blame = Blame::Nobody;
        match failure {
            Failure::Unreachable(_) => {
                self.link = Link::Down;
                self.waits.reset();
            }
            Failure::Rejected { .. } if sent > 0 => {
                self.link = Link::Up;
                self.batch = (sent / 2).max(1);
                if sent == 1 {
                    self.blame = Blame::Unknown;
                }
                self.wish = Some(Wish::Push);
            }
            Failure::Unavailable { .. }
            | Failure::Unauthorized { .. }
            | Failure::Rejected { .. } => {
                self.link = Link::Up;
                // It may have been too much at once.
                if sent > 1 {
                    self.batch = sent / 2;
                }
                self.wait(sent, now, randomness);
                if let Failure::Unavailable {
                    retry_after: Some(asked),
                    ..
                } = failure
                {
                    self.waits.be_silent(asked, now);
                }
                self.wish = wish;
            }
            Failure::Local(_) => self.unable_until = Some(now + TICK),
            Failure::Attention(attention) => {
                self.link = Link::Attention(attention, now + ATTENTION_PROBE);
                self.waits.reset();
            }
            Failure::SignedOut { code } => {
                self.is_signed_in = false;
                self.ended_session = Some(code);
            }
        }
    }

    /// A failed pull keeps everything back, a failed push only pushes.
    fn wait(&mut self, sent: usize, now: Duration, randomness: &Randomness) {
        match self.waits.ladder() {
            Some((Scope::Pushes, _)) if sent == 0 => self.waits.widen(),
            Some((Scope::Everything, _)) => self.waits.climb(Scope::Everything, now, randomness),
            None if sent == 0 => self.waits.climb(Scope::Everything, now, randomness),
            _ => self.waits.climb(Scope::Pushes, now, randomness),
        }
    }
}
