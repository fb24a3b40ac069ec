//! What becomes of the timer when the computer slept, or the person was away from it.

use chrono::{DateTime, Duration, Utc};

use super::{Absence, Cause, Moved, Occasion, Refused, Session, SleepAnswer, Step, Stretch, Timer};
use crate::clock::Sleep;

/// What a person is asked on waking or coming back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub absence: Absence,
    /// When the computer fell asleep, or the person left it.
    pub slept_at: DateTime<Utc>,
    /// When it woke, or they came back.
    pub woke_at: DateTime<Utc>,
    /// Whether the gap can still be counted as focus.
    pub can_count: bool,
}

impl Session {
    /// What becomes of it when the computer slept; deadlines up to then must have been settled before.
    /// A focus is frozen, a break passes, and nothing begins by itself.
    pub fn sleep(&self, sleep: Sleep, occasion: &Occasion) -> Moved {
        let asleep = Occasion {
            now: sleep.until,
            rules: occasion.rules.unattended(),
            ..*occasion
        };
        let frozen = self.undoable_with(self.timer.frozen(sleep));
        Moved::to(frozen).settled(&asleep)
    }

    /// What becomes of it when the person has just come back from `away`, and the timer has gone on meanwhile: a
    /// focus that went on all the time is frozen as by a sleep. Nothing else was touched by them either.
    pub fn away(&self, away: Sleep) -> Moved {
        match self.timer.left_at(away) {
            Some(timer) => Moved::to(self.undoable_with(timer)),
            None => Moved::to(self.clone()),
        }
    }

    pub(super) fn answer(
        &self,
        answer: SleepAnswer,
        occasion: &Occasion,
    ) -> Result<Moved, Refused> {
        let question = self.timer.question().ok_or(Refused::NoSleep)?;
        match answer {
            SleepAnswer::Continue => self.step(Step::Resume, occasion),
            SleepAnswer::Trim => self.step(Step::Finish, occasion),
            SleepAnswer::Count if !question.can_count => Err(Refused::GapTooLong),
            SleepAnswer::Count => self.count(question, occasion),
        }
    }

    /// As if it had gone on until the computer woke. From then to the answer it stood still.
    fn count(&self, question: Question, occasion: &Occasion) -> Result<Moved, Refused> {
        let unattended = |now| Occasion {
            now,
            rules: occasion.rules.unattended(),
            ..*occasion
        };
        let going_on = self.with(self.resume(question.slept_at)?);
        let counted = Moved::to(going_on).settled(&unattended(question.woke_at));
        let stood = (occasion.now - question.woke_at).max(Duration::zero());
        let session = Self {
            timer: counted.session.timer.delayed(stood),
            ..counted.session
        };
        Ok(Moved { session, ..counted }.settled(&unattended(occasion.now)))
    }
}

impl Timer {
    /// What to ask the person, if the computer slept.
    pub fn question(&self) -> Option<Question> {
        let Self::Paused {
            stretch,
            since,
            cause: Cause::Sleep { woke_at, absence },
            ..
        } = self
        else {
            return None;
        };
        let counted = self.spent(*since) + (*woke_at - *since);
        Some(Question {
            absence: *absence,
            slept_at: *since,
            woke_at: *woke_at,
            can_count: counted < stretch.plan() + stretch.flows_for(),
        })
    }

    /// The same after it stood still for `pause`.
    fn delayed(mut self, pause: Duration) -> Self {
        match &mut self {
            Self::Running { ends_at: at, .. } | Self::Overflow { since: at, .. } => *at += pause,
            Self::Idle(_) | Self::Paused { .. } => {}
        }
        self
    }

    fn frozen(&self, sleep: Sleep) -> Self {
        let (stretch, remaining) = match self {
            Self::Running { stretch, ends_at } if stretch.is_focus() => {
                (stretch, *ends_at - sleep.from)
            }
            Self::Overflow { stretch, since } => (stretch, *since - sleep.from),
            Self::Paused {
                stretch,
                remaining_millis,
                since,
                cause: Cause::Sleep { absence, .. },
            } => {
                return Self::Paused {
                    stretch: stretch.clone(),
                    remaining_millis: *remaining_millis,
                    since: *since,
                    cause: Cause::Sleep {
                        woke_at: sleep.until,
                        absence: *absence,
                    },
                };
            }
            Self::Idle(offer) => return Self::Idle(offer.without_countdown()),
            Self::Running { .. } | Self::Paused { .. } => return self.clone(),
        };
        Self::stood_since(stretch, remaining, sleep, Absence::Asleep)
    }

    /// As it was when the person left, if that is a focus that was going on and is not over by now.
    fn left_at(&self, away: Sleep) -> Option<Self> {
        let (stretch, remaining, back) = match self {
            Self::Running { stretch, ends_at } => (stretch, *ends_at - away.from, away),
            Self::Overflow { stretch, since } => (stretch, *since - away.from, away),
            // They left before the computer fell asleep: one question about both.
            Self::Paused {
                stretch,
                remaining_millis,
                since,
                cause: Cause::Sleep { woke_at, .. },
            } if away.from < *since => {
                let remaining = Duration::milliseconds(*remaining_millis) + (*since - away.from);
                let until = *woke_at;
                (stretch, remaining, Sleep { until, ..away })
            }
            Self::Paused { .. } | Self::Idle(_) => return None,
        };
        let went_on = stretch.is_focus() && stretch.started_at <= away.from;
        let as_it_was = Stretch {
            reached_at: stretch.reached_at.filter(|at| *at <= away.from),
            ..stretch.clone()
        };
        went_on.then(|| Self::stood_since(&as_it_was, remaining, back, Absence::Away))
    }

    fn stood_since(stretch: &Stretch, remaining: Duration, gap: Sleep, absence: Absence) -> Self {
        Self::Paused {
            stretch: stretch.clone(),
            remaining_millis: stretch.possible(remaining).num_milliseconds(),
            since: gap.from,
            cause: Cause::Sleep {
                woke_at: gap.until,
                absence,
            },
        }
    }
}
