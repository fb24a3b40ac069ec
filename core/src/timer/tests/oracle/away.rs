//! What passes while nobody is there: the computer sleeps, or no process runs.

use super::{HOUR, Halt, Now, Oracle, What};

const LONGEST_COUNTDOWN: i64 = 10_000;

impl Oracle {
    pub(super) fn sleep(&mut self, millis: i64) {
        self.undo = None;
        match &mut self.now {
            Now::Rest { countdown, .. } => *countdown = None,
            Now::Doing {
                what: What { is_focus: true, .. },
                halt: halt @ Halt::No,
                ..
            } => *halt = Halt::Slept(0, HOUR),
            Now::Doing { .. } => {}
        }
        if let Now::Doing {
            halt: Halt::Slept(gap, left),
            ..
        } = &mut self.now
        {
            // What passed between two sleeps belongs to the gap.
            (*gap, *left) = (*gap + HOUR - *left + millis, HOUR);
            return;
        }
        self.pass_unattended(millis);
    }

    /// Everything goes on. When the person comes back and finds the same focus going on, it is as if it had slept.
    pub(super) fn leave(&mut self, millis: i64) {
        let before = self.clone();
        self.pass(millis);
        let goes_on = |oracle: &Self| {
            matches!(
                oracle.now,
                Now::Doing {
                    what: What { is_focus: true, .. },
                    halt: Halt::No,
                    ..
                }
            )
        };
        let is_the_same = self.kept.len() == before.kept.len();
        if millis >= super::SLEEP && goes_on(&before) && goes_on(self) && is_the_same {
            *self = before;
            self.sleep(millis);
        }
    }

    pub(super) fn down(&mut self, millis: i64) {
        if let Now::Rest { countdown, .. } = &mut self.now {
            *countdown = countdown.filter(|left| *left > millis);
        }
        self.pass_unattended(millis);
    }

    /// As far back as the clock can be believed: to where the present state began.
    pub(super) fn back(&mut self) {
        let overflow = self.settings.overflow;
        let mut countdown_in_full = self.countdown();
        // The hour of a break and an ending tell when it was; a countdown alone may have been any.
        if self.undo.take().is_none() && !matches!(self.now, Now::Rest { due: Some(_), .. }) {
            countdown_in_full = LONGEST_COUNTDOWN;
        }
        match &mut self.now {
            Now::Rest { due, countdown } => {
                *due = due.map(|_| HOUR);
                *countdown = countdown.map(|_| countdown_in_full);
            }
            Now::Doing {
                what,
                spent,
                sure,
                halt,
            } => match halt {
                Halt::No if what.is_focus && overflow && *spent >= what.plan => *spent = *sure,
                Halt::No => *spent = 0,
                Halt::Paused(left) | Halt::Slept(_, left) => *left = HOUR,
            },
        }
    }

    /// Nobody is there: nothing begins, and what is over is over at its plan.
    fn pass_unattended(&mut self, millis: i64) {
        let Now::Doing {
            what,
            spent,
            halt: Halt::No,
            ..
        } = self.now
        else {
            return self.pass(millis);
        };
        if spent >= what.plan || spent + millis < what.plan {
            return self.pass(millis);
        }
        let left = what.plan - spent;
        self.let_pass(left);
        self.keep(what.plan);
        self.rest(what, true, false);
        self.pass(millis - left);
    }
}
