//! When an exchange runs. Pure: `step` takes one input at one moment and says what to do; whoever runs
//! it does that and gives back what came of it.

mod ending;
mod state;

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::backoff::{Scope, Waits};
use super::once::{Done, Setback};
use crate::change::wire::CHANGES_MAX;
use crate::clock::Reading;
use crate::randomness::Randomness;
use crate::remote::Attention;

pub use state::State;

/// How often the server is asked without an occasion.
pub const TICK: Duration = Duration::from_secs(30);
/// A window that regains the focus asks at most so often.
const FOCUS_AT_MOST_EVERY: Duration = Duration::from_secs(2);
/// A focus this long after the last attempt is a new occasion.
const FOCUS_RESETS_AFTER: Duration = Duration::from_mins(1);
/// The ladder is left by an occasion at most so often.
const RESET_AT_MOST_EVERY: Duration = Duration::from_secs(30);
/// Devices that hear of the same occasion do not come back together.
const RESET_SPREAD: Duration = Duration::from_secs(3);
/// Why the server might be asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// Something was changed on this machine.
    LocalChange,
    /// The window has the focus again.
    Focus,
    /// There is a network again.
    NetworkBack,
    /// The computer woke up.
    Woke,
    /// The person asks for it.
    SyncNow,
}

/// What the loop is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Somebody signed in.
    SignedIn,
    /// Nobody is signed in any more.
    SignedOut,
    /// The person wants nothing to be exchanged until they ask for it.
    Pause,
    /// An occasion.
    Trigger(Trigger),
    /// Time passed.
    Alarm,
    /// The exchange with this number ended.
    Exchanged(u64, Result<Done, Setback>),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Exchange once, with at most so many changes, and tell how it ended.
    Exchange {
        /// Its number.
        number: u64,
        /// At most so many changes.
        changes_max: usize,
        /// The server answers without changes: a request of one change that it refuses is to blame.
        refuses: bool,
    },
    /// Let the running exchange go: nobody waits for it.
    Cancel,
    /// Keep this over a restart, see [`Waits::keep`].
    KeepWaits(String),
}

/// Whether the server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Link {
    Up,
    /// No connection could be made: it is tried on each occasion.
    Down,
    /// Somebody has to do something first.
    Attention(Attention, Duration),
}

/// How urgent an exchange is wanted. Later ones include those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wish {
    /// Rows wait, or may wait.
    Push,
    /// Something may be new on the server.
    Pull,
    /// The person asks.
    Now,
}

/// Who is to blame for a request of one change that was refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blame {
    Nobody,
    /// The change or the server: it is asked without changes.
    Unknown,
    /// The change, if it is refused again.
    Change,
}

/// An exchange that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Running {
    number: u64,
    changes_max: usize,
    /// A request of one change is to blame itself if it is refused.
    refuses: bool,
    /// The network or the machine came back meanwhile: what fails may have been begun before.
    is_outdated: bool,
}

/// The loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeLoop {
    is_signed_in: bool,
    ended_session: Option<String>,
    link: Link,
    waits: Waits,
    running: Option<Running>,
    /// How many were begun.
    begun: u64,
    wish: Option<Wish>,
    next_tick: Duration,
    last_attempt: Option<Duration>,
    last_push: Option<Duration>,
    last_reset: Option<Duration>,
    /// A reset that was drawn a moment for.
    reset_at: Option<Duration>,
    /// This machine could not do its part: until then only the person can ask.
    unable_until: Option<Duration>,
    /// How many changes the next request may have.
    batch: usize,
    blame: Blame,
    fruitless: u32,
}

impl ExchangeLoop {
    /// The loop of a process that starts. `waits` is what [`Action::KeepWaits`] kept: a restart is no
    /// reason to ask a server that could not answer.
    pub fn new(is_signed_in: bool, waits: &str, now: &Reading) -> Self {
        Self {
            is_signed_in,
            ended_session: None,
            link: Link::Up,
            waits: Waits::restore(waits, now),
            running: None,
            begun: 0,
            wish: None,
            next_tick: now.total,
            last_attempt: None,
            last_push: None,
            last_reset: None,
            reset_at: None,
            unable_until: None,
            batch: CHANGES_MAX,
            blame: Blame::Nobody,
            fruitless: 0,
        }
    }

    /// Takes one input, and says what is to be done.
    pub fn step(&mut self, input: Input, now: &Reading, randomness: &Randomness) -> Vec<Action> {
        let waits_before = self.waits.clone();
        let mut actions = Vec::new();
        match input {
            Input::SignedIn => actions.extend(self.sign_in()),
            Input::SignedOut => actions.extend(self.sign_out()),
            Input::Pause => actions.extend(self.pause()),
            Input::Trigger(trigger) if self.is_signed_in => {
                self.hear_of(trigger, now.total, randomness);
            }
            Input::Exchanged(number, result)
                if self.running.is_some_and(|running| running.number == number) =>
            {
                self.end(result, now.total, randomness);
            }
            // Time passed; or an answer that nobody waits for.
            Input::Alarm | Input::Trigger(_) | Input::Exchanged(..) => {}
        }
        self.leave_ladder_if_due(now.total);
        if let Some(changes_max) = self.due(now.total) {
            actions.push(self.begin(changes_max, now.total));
        }
        if self.waits != waits_before {
            actions.push(Action::KeepWaits(self.waits.keep(now)));
        }
        actions
    }

    /// When [`Input::Alarm`] is due; never while nobody is signed in, an exchange runs, or the person paused it.
    pub fn alarm(&self, now: Duration) -> Option<Duration> {
        if !self.is_signed_in || self.running.is_some() || self.waits.is_paused() {
            return None;
        }
        let next = match (&self.link, self.waits.ladder()) {
            (Link::Attention(_, probe_at), _) => *probe_at,
            (Link::Down, _) | (Link::Up, None) => self.next_tick,
            (Link::Up, Some((Scope::Pushes, until))) => self.next_tick.min(until.max(now)),
            (Link::Up, Some((Scope::Everything, until))) => until,
        };
        let next = self.reset_at.map_or(next, |reset| next.min(reset));
        Some(self.held_back(now).map_or(next, |end| next.max(end)))
    }

    /// Until when nothing is begun by itself, whatever else says.
    fn held_back(&self, now: Duration) -> Option<Duration> {
        let unable = self.unable_until.filter(|until| *until > now);
        unable.max(self.waits.silence(now))
    }

    /// What still runs is of a session before: how it ends says nothing about this one.
    fn sign_in(&mut self) -> Option<Action> {
        self.is_signed_in = true;
        self.ended_session = None;
        self.link = Link::Up;
        self.waits.reset();
        self.waits.go_on();
        self.wish = Some(Wish::Pull);
        self.running.take().map(|_| Action::Cancel)
    }

    fn sign_out(&mut self) -> Option<Action> {
        self.is_signed_in = false;
        self.wish = None;
        self.reset_at = None;
        self.waits.clear();
        self.waits.go_on();
        self.running.take().map(|_| Action::Cancel)
    }

    fn pause(&mut self) -> Option<Action> {
        self.waits.pause();
        self.wish = None;
        self.reset_at = None;
        self.running.take().map(|_| Action::Cancel)
    }

    fn hear_of(&mut self, trigger: Trigger, now: Duration, randomness: &Randomness) {
        let is_within =
            |limit, at: Option<Duration>| at.is_some_and(|at| now.saturating_sub(at) < limit);
        let (wish, resets) = match trigger {
            Trigger::LocalChange => (Wish::Push, false),
            Trigger::Focus if is_within(FOCUS_AT_MOST_EVERY, self.last_attempt) => {
                // Not now, and not as late as the next tick.
                let soon = self.last_attempt.map_or(now, |at| at + FOCUS_AT_MOST_EVERY);
                self.next_tick = self.next_tick.min(soon);
                return;
            }
            Trigger::Focus => {
                let last = match self.waits.ladder() {
                    // Pulls go on.
                    Some((Scope::Pushes, _)) => self.last_push,
                    _ => self.last_attempt,
                };
                (Wish::Pull, !is_within(FOCUS_RESETS_AFTER, last))
            }
            Trigger::NetworkBack | Trigger::Woke => (Wish::Pull, true),
            Trigger::SyncNow => {
                self.waits.go_on();
                (Wish::Now, false)
            }
        };
        self.wish = self.wish.max(Some(wish));
        if resets {
            self.draw_reset(now, randomness);
        }
        if let Some(running) = &mut self.running {
            running.is_outdated |= matches!(trigger, Trigger::NetworkBack | Trigger::Woke);
        }
    }

    fn draw_reset(&mut self, now: Duration, randomness: &Randomness) {
        let was_reset = self.last_reset.map(|at| now.saturating_sub(at));
        let may_reset = was_reset.is_none_or(|passed| passed >= RESET_AT_MOST_EVERY);
        if may_reset && self.waits.ladder().is_some() && self.reset_at.is_none() {
            let spread = u64::try_from(RESET_SPREAD.as_millis()).unwrap_or(0);
            let drawn = u64::from_be_bytes(randomness.bytes()) % (spread + 1);
            self.reset_at = Some(now + Duration::from_millis(drawn));
        }
    }

    fn leave_ladder_if_due(&mut self, now: Duration) {
        if self.reset_at.is_some_and(|at| at <= now) && self.waits.silence(now).is_none() {
            self.reset_at = None;
            self.last_reset = Some(now);
            self.waits.reset();
            self.wish = self.wish.max(Some(Wish::Pull));
        }
    }

    /// Whether an exchange is to begin now, and with how many changes at most.
    fn due(&self, now: Duration) -> Option<usize> {
        if !self.is_signed_in || self.running.is_some() {
            return None;
        }
        let most = match self.blame {
            Blame::Nobody => self.batch,
            Blame::Unknown => 0,
            Blame::Change => 1,
        };
        if self.wish == Some(Wish::Now) {
            return Some(most);
        }
        if self.waits.is_paused() || self.held_back(now).is_some() {
            return None;
        }
        let is_tick = self.next_tick <= now;
        let is_wanted = self.wish.is_some() || is_tick;
        match (&self.link, self.waits.ladder()) {
            (Link::Attention(_, probe_at), _) => (*probe_at <= now).then_some(most),
            (Link::Down, _) | (Link::Up, None) => is_wanted.then_some(most),
            // Whether the server answers at all is asked with the least.
            (Link::Up, Some((Scope::Everything, until))) => (until <= now).then_some(0),
            (Link::Up, Some((Scope::Pushes, until))) if until <= now => Some(most),
            (Link::Up, Some((Scope::Pushes, _))) => {
                (self.wish >= Some(Wish::Pull) || is_tick).then_some(0)
            }
        }
    }

    fn begin(&mut self, changes_max: usize, now: Duration) -> Action {
        self.begun += 1;
        self.wish = None;
        self.last_attempt = Some(now);
        if changes_max > 0 {
            self.last_push = Some(now);
        }
        self.next_tick = now + TICK;
        let refuses = self.blame == Blame::Change && changes_max == 1;
        self.running = Some(Running {
            number: self.begun,
            changes_max,
            refuses,
            is_outdated: false,
        });
        Action::Exchange {
            number: self.begun,
            changes_max,
            refuses,
        }
    }
}
