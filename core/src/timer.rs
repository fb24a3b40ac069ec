//! The timer as a value. Pure: a command, a deadline or a sleep of the computer and the present moment
//! in, the next timer and perhaps a recorded stretch out. Who waits, stores and tells others is the
//! engine.

mod ending;
mod recovery;
mod rules;
mod session;
mod sleep;
mod starting;
mod step;
mod stretch;

#[cfg(test)]
pub(crate) mod tests;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

pub use rules::{Round, Rules};
pub use session::{Moved, Occasion, Session, Subject, Undo};
pub use sleep::Question;
pub use step::{Begin, Refused, SleepAnswer, Step};
pub use stretch::{Plan, Recorded, Stretch};

use crate::model::{Countdown, Kind};

/// The shortest stretch that is kept. Below it nothing happened.
pub const KEPT_FROM: Duration = Duration::seconds(60);

/// How long a pause, an overflow, a question or an offered break may last before the timer takes the
/// person to have left.
pub const ABANDONED_AFTER: Duration = Duration::minutes(60);

/// How far a focus may flow beyond its plan, whatever is done meanwhile: nobody focuses for half a day.
pub const OVERFLOW_MAX: Duration = Duration::hours(8);

/// How long an ending can be taken back.
pub const UNDO_FOR: Duration = Duration::seconds(10);

/// A countdown that was seen so much too late begins nothing: nobody was there to cancel it.
const MISSED_AFTER: Duration = Duration::seconds(30);

/// What the timer is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Timer {
    /// Nothing runs.
    Idle(Offer),
    /// Time is being spent.
    Running {
        /// What on.
        stretch: Stretch,
        /// When it reaches its plan.
        ends_at: DateTime<Utc>,
    },
    /// It was interrupted.
    Paused {
        /// What on.
        stretch: Stretch,
        /// What was left of the plan, in milliseconds; below zero for what went beyond it.
        remaining_millis: i64,
        /// When it was interrupted.
        since: DateTime<Utc>,
        /// By whom.
        #[serde(default)]
        cause: Cause,
    },
    /// The plan of a focus is reached and time is still being spent.
    Overflow {
        /// What on.
        stretch: Stretch,
        /// When the plan would have been reached without the pauses since.
        since: DateTime<Utc>,
    },
}

/// What comes next while nothing runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Offer {
    /// Focus, or the break that is due.
    #[serde(default)]
    pub next: Kind,
    /// When it begins by itself, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins_at: Option<DateTime<Utc>>,
    /// When a break that nobody takes is no longer offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapses_at: Option<DateTime<Utc>>,
}

/// What interrupted a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The person did.
    #[default]
    Person,
    /// The computer slept, or nobody was at it, and the person has not said yet what to make of it.
    Sleep {
        /// When that was over, the last time if it slept again.
        woke_at: DateTime<Utc>,
        /// Which of the two it was. Older versions knew the sleep alone.
        #[serde(default)]
        absence: Absence,
    },
}

/// Why a focus may have stood still without anybody saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// The computer slept.
    #[default]
    Asleep,
    /// The computer was awake, and nobody touched it.
    Away,
}

impl Default for Timer {
    fn default() -> Self {
        Self::Idle(Offer::default())
    }
}

impl Timer {
    /// The next moment at which the timer moves by itself.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Idle(offer) => offer.begins_at.or(offer.lapses_at),
            Self::Running { ends_at, .. } => Some(*ends_at),
            Self::Paused {
                cause: Cause::Sleep { woke_at: since, .. },
                ..
            }
            | Self::Paused { since, .. } => Some(*since + ABANDONED_AFTER),
            Self::Overflow { stretch, since } => Some(*since + stretch.flows_for()),
        }
    }

    /// The end that it runs towards for the first time, and what ends there.
    pub fn end_ahead(&self) -> Option<(Kind, DateTime<Utc>)> {
        match self {
            Self::Running { stretch, ends_at } if stretch.reached_at.is_none() => {
                Some((stretch.kind, *ends_at))
            }
            _ => None,
        }
    }

    /// What was spent until `now`, overflow included.
    pub fn spent(&self, now: DateTime<Utc>) -> Duration {
        match self {
            Self::Idle(_) => Duration::zero(),
            Self::Running { stretch, ends_at } => {
                stretch.spent_with((*ends_at - now).max(Duration::zero()))
            }
            Self::Paused {
                stretch,
                remaining_millis,
                ..
            } => stretch.spent_with(Duration::milliseconds(*remaining_millis)),
            Self::Overflow { stretch, since } => {
                stretch.plan() + (now - *since).clamp(Duration::zero(), stretch.flows_for())
            }
        }
    }

    /// The stretch it is in.
    pub fn stretch(&self) -> Option<&Stretch> {
        match self {
            Self::Idle(_) => None,
            Self::Running { stretch, .. }
            | Self::Paused { stretch, .. }
            | Self::Overflow { stretch, .. } => Some(stretch),
        }
    }

    fn stretch_mut(&mut self) -> Option<&mut Stretch> {
        match self {
            Self::Idle(_) => None,
            Self::Running { stretch, .. }
            | Self::Paused { stretch, .. }
            | Self::Overflow { stretch, .. } => Some(stretch),
        }
    }

    /// Whether a person who saw the one may take it for the other: a click that was meant for the one
    /// does the same to both.
    pub fn looks_like(&self, other: &Self) -> bool {
        let face = |timer: &Self| match timer {
            Self::Idle(offer) => (0, Some(offer.next), None, offer.begins_at.is_some()),
            Self::Running { stretch, .. } => (1, None, Some(stretch.id), false),
            Self::Paused { stretch, cause, .. } => {
                (2, None, Some(stretch.id), *cause != Cause::Person)
            }
            Self::Overflow { stretch, .. } => (3, None, Some(stretch.id), false),
        };
        face(self) == face(other)
    }

    /// When its present state began at the latest, as what is left of it tells: nothing has more left than
    /// was planned.
    fn began(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Idle(offer) => {
                // It may have begun by another setting than that of today.
                let countdown = offer.begins_at.map(|at| at - Countdown::LONGEST.as_span());
                countdown.max(offer.lapses_at.map(|at| at - ABANDONED_AFTER))
            }
            Self::Running { stretch, ends_at } => Some(*ends_at - stretch.plan()),
            Self::Paused {
                cause: Cause::Sleep { woke_at: since, .. },
                ..
            }
            | Self::Paused { since, .. } => Some(*since),
            Self::Overflow { stretch, since } => Some(*since + stretch.vouched()),
        }
    }

    /// The same after the person did something at `now`: what flowed over until then is certain.
    #[must_use]
    fn vouched(mut self, now: DateTime<Utc>) -> Self {
        if let Self::Overflow { stretch, since } = &mut self {
            stretch.vouch(now - *since);
        }
        self
    }

    /// The same by a clock that was put forward by `jump`.
    #[must_use]
    fn shifted(&self, jump: Duration) -> Self {
        let mut shifted = self.clone();
        match &mut shifted {
            Self::Idle(offer) => {
                offer.begins_at = offer.begins_at.map(|moment| moment + jump);
                offer.lapses_at = offer.lapses_at.map(|moment| moment + jump);
            }
            Self::Running { ends_at: at, .. } | Self::Overflow { since: at, .. } => *at += jump,
            Self::Paused { since, cause, .. } => {
                *since += jump;
                if let Cause::Sleep { woke_at, .. } = cause {
                    *woke_at += jump;
                }
            }
        }
        if let Some(stretch) = shifted.stretch_mut() {
            stretch.shift(jump);
        }
        shifted
    }
}
