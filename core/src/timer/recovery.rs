//! What a process makes of a timer that another one left, and of a wall clock that was set.

use chrono::{DateTime, Duration, Utc};

use super::{Moved, Occasion, Session, Timer, UNDO_FOR, Undo};
use crate::clock::JUMP_BEYOND;

impl Session {
    /// What a process that just started makes of the timer that it found. A plan that was reached
    /// while no process ran is recorded without overflow: nobody is known to have gone on. Nothing
    /// begins by itself.
    #[must_use]
    pub fn recover(&self, occasion: &Occasion) -> Option<Moved> {
        let occasion = &Occasion {
            rules: occasion.rules.unseen(),
            ..*occasion
        };
        let ahead = self.ahead_of(occasion.now);
        if ahead > Duration::zero() {
            return Some(Moved::to(self.set_back(ahead)).settled(occasion));
        }
        let is_due = self.timer.deadline()? <= occasion.now;
        match &self.timer {
            Timer::Idle(offer) if is_due && offer.begins_at.is_some() => {
                let waiting = Moved::to(self.undoable_with(Timer::Idle(offer.without_countdown())));
                Some(waiting.settled(occasion))
            }
            _ => self.settle(occasion),
        }
    }

    /// How far the present state began after now: by so much at least the wall clock was put back.
    fn ahead_of(&self, now: DateTime<Utc>) -> Duration {
        let ended = self.undo.as_ref().map(|undo| undo.until - UNDO_FOR);
        let began = self.timer.began().max(ended);
        began.map_or(Duration::zero(), |began| began - now)
    }

    /// The same by a clock that was put back while no process ran, by at least `ahead`.
    fn set_back(&self, ahead: Duration) -> Self {
        let shifted = self.shifted(-ahead);
        if ahead <= JUMP_BEYOND {
            return shifted;
        }
        // By how much more is not known, so neither is how long ago it was that something ended.
        Self {
            undo: None,
            ..shifted
        }
    }

    /// The same by a clock that was put forward by `jump`.
    #[must_use]
    pub fn shifted(&self, jump: Duration) -> Self {
        let undo = self.undo.as_ref().map(|undo| Undo {
            until: undo.until + jump,
            timer: undo.timer.shifted(jump),
            ..undo.clone()
        });
        Self {
            timer: self.timer.shifted(jump),
            undo,
            ..self.clone()
        }
    }
}
