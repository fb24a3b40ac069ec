//! Another account of the same day: it knows no moments and no clocks, only how long each thing has
//! lasted, and adds that up while it lasts.

mod away;

use super::world::Act;
use crate::model::Settings;
use crate::timer::SleepAnswer;

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;
/// A sleep that is noticed.
const SLEEP: i64 = 30_000;
const UNDO: i64 = 10_000;
/// No focus flows over for longer.
const MOST: i64 = 8 * HOUR;

/// What is to be kept, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) is_focus: bool,
    pub(crate) spent: i64,
    pub(crate) beyond: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Oracle {
    pub(crate) now: Now,
    pub(crate) kept: Vec<Kept>,
    settings: Settings,
    /// What would be if the last ending had not been, and how long it still can be so.
    undo: Option<(Box<Oracle>, i64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Now {
    /// Nothing; a break may be due for so long, and the next may begin in so long.
    Rest {
        due: Option<i64>,
        countdown: Option<i64>,
    },
    /// So much was spent, and, should nobody come back, so much is sure.
    Doing {
        what: What,
        spent: i64,
        sure: i64,
        halt: Halt,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct What {
    is_focus: bool,
    plan: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Halt {
    No,
    /// By the person, who has so long to come back.
    Paused(i64),
    /// The gap until it woke, and how long the question still stands.
    Slept(i64, i64),
}

const FREE: Now = Now::Rest {
    due: None,
    countdown: None,
};

impl Oracle {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            now: FREE,
            kept: Vec::new(),
            settings,
            undo: None,
        }
    }

    pub(crate) fn act(&mut self, act: Act) {
        match act {
            Act::Wait(millis) => self.pass(millis),
            Act::Sleep(before, millis) => {
                self.pass(before);
                if millis < SLEEP {
                    self.pass(millis);
                } else {
                    self.sleep(millis);
                }
            }
            Act::Leave(millis) => self.leave(millis),
            Act::Down(millis) => self.down(millis),
            Act::Jump(_) => {}
            Act::Back(_) => self.back(),
            Act::Start(minutes) => self.start(minutes),
            Act::Toggle => match self.now {
                Now::Doing { halt: Halt::No, .. } if !self.is_over() => self.pause(),
                Now::Doing { halt, .. } if halt != Halt::No => self.resume(),
                _ => self.start(None),
            },
            Act::Pause => self.pause(),
            Act::Resume => self.resume(),
            Act::Finish => self.end(true, true),
            Act::Stop => self.stop(),
            Act::Skip => self.skip(),
            Act::Undo => {
                if let Some((before, _)) = self.undo.take() {
                    *self = *before;
                    self.vouch();
                }
            }
            Act::Answer(answer) => self.answer(answer),
        }
    }

    /// Awake and watched: whatever comes first happens first.
    fn pass(&mut self, millis: i64) {
        let mut left = millis;
        loop {
            let step = self.until_next().map_or(left, |next| next.min(left));
            self.let_pass(step);
            left -= step;
            self.happen();
            if left == 0 && self.until_next() != Some(0) {
                return;
            }
        }
    }

    fn until_next(&self) -> Option<i64> {
        match self.now {
            Now::Rest { due, countdown } => countdown.or(due),
            Now::Doing {
                what, spent, halt, ..
            } => Some(match halt {
                Halt::Paused(left) | Halt::Slept(_, left) => left,
                Halt::No if what.is_focus && self.settings.overflow => self.flows_until() - spent,
                // Where overflow is off it is never over, so this is the same.
                Halt::No => what.plan - spent,
            }),
        }
    }

    fn let_pass(&mut self, millis: i64) {
        self.undo = self.undo.take().and_then(|(mut before, left)| {
            before.pass(millis);
            (left > millis).then_some((before, left - millis))
        });
        match &mut self.now {
            Now::Rest { due, countdown } => {
                *due = due.map(|left| left - millis);
                *countdown = countdown.map(|left| left - millis);
            }
            Now::Doing { spent, halt, .. } => match halt {
                Halt::No => *spent += millis,
                Halt::Paused(left) | Halt::Slept(_, left) => *left -= millis,
            },
        }
    }

    fn happen(&mut self) {
        if self.until_next().is_none_or(|next| next > 0) {
            return;
        }
        match self.now {
            Now::Rest {
                countdown: Some(_),
                due,
            } => self.begin(due.is_none(), None),
            Now::Rest { .. } => self.now = FREE,
            Now::Doing {
                what,
                sure,
                halt: Halt::No,
                ..
            } => {
                let abandoned = what.is_focus && self.settings.overflow;
                self.keep(sure);
                self.rest(what, !abandoned, true);
            }
            Now::Doing { what, spent, .. } => {
                self.keep(spent);
                self.rest(what, false, true);
            }
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.now, Now::Doing { what, spent, halt: Halt::No, .. } if spent >= what.plan)
    }

    /// How much is spent when nobody has come back and it is closed.
    fn flows_until(&self) -> i64 {
        match self.now {
            Now::Doing { what, sure, .. } => (sure + HOUR).min(what.plan + MOST),
            Now::Rest { .. } => 0,
        }
    }

    /// Somebody is there.
    fn vouch(&mut self) {
        if self.is_over()
            && let Now::Doing { spent, sure, .. } = &mut self.now
        {
            *sure = *spent;
        }
    }

    fn begin(&mut self, is_focus: bool, minutes: Option<i32>) {
        let cycle = self.settings.cycle();
        let chosen = if is_focus {
            cycle.focus.as_millis()
        } else {
            cycle.short_break.as_millis()
        };
        let plan = minutes.map_or(chosen, |minutes| i64::from(minutes) * MINUTE);
        self.now = Now::Doing {
            what: What { is_focus, plan },
            spent: 0,
            sure: plan,
            halt: Halt::No,
        };
    }

    fn start(&mut self, minutes: Option<i32>) {
        let is_break = matches!(self.now, Now::Doing { what, .. } if !what.is_focus);
        match self.now {
            Now::Rest { due, .. } => {
                self.undo = None;
                self.begin(minutes.is_some() || due.is_none(), minutes);
            }
            Now::Doing { .. } if self.is_over() || is_break && minutes.is_some() => {
                self.end(true, true);
                self.begin(true, minutes);
            }
            Now::Doing { .. } => {}
        }
    }

    fn pause(&mut self) {
        if self.is_over() {
            return;
        }
        if let Now::Doing {
            halt: halt @ Halt::No,
            ..
        } = &mut self.now
        {
            *halt = Halt::Paused(HOUR);
            self.undo = None;
        }
    }

    fn resume(&mut self) {
        if let Now::Doing { halt, .. } = &mut self.now
            && *halt != Halt::No
        {
            *halt = Halt::No;
            self.undo = None;
            self.vouch();
        }
    }

    fn answer(&mut self, answer: SleepAnswer) {
        let Now::Doing {
            what,
            spent,
            halt: Halt::Slept(gap, left),
            ..
        } = self.now
        else {
            return;
        };
        match answer {
            SleepAnswer::Continue => self.resume(),
            SleepAnswer::Trim => self.end(true, true),
            SleepAnswer::Count if spent + gap >= self.flows_until() => {}
            SleepAnswer::Count => {
                self.resume();
                if !self.settings.overflow && spent < what.plan && spent + gap >= what.plan {
                    self.keep(what.plan);
                    self.rest(what, true, false);
                    self.pass(spent + gap - what.plan + HOUR - left);
                } else if let Now::Doing { spent, .. } = &mut self.now {
                    *spent += gap;
                    self.vouch();
                }
            }
        }
    }

    fn stop(&mut self) {
        match &mut self.now {
            Now::Rest { countdown, .. } => *countdown = None,
            Now::Doing { .. } => self.end(false, true),
        }
    }

    fn skip(&mut self) {
        let is_break = match self.now {
            Now::Rest { due, .. } => due.is_some(),
            Now::Doing { what, .. } => !what.is_focus,
        };
        if is_break {
            let before = self.clone();
            let what = What {
                is_focus: false,
                plan: 0,
            };
            self.rest(what, true, true);
            self.remember(before);
        }
    }

    /// The person ends it.
    fn end(&mut self, goes_on: bool, attended: bool) {
        let Now::Doing { what, spent, .. } = self.now else {
            return;
        };
        let before = self.clone();
        self.keep(spent);
        let is_something = spent >= MINUTE || !what.is_focus;
        self.rest(what, goes_on && is_something, attended);
        self.remember(before);
    }

    fn remember(&mut self, mut before: Self) {
        before.undo = None;
        before.vouch();
        self.undo = Some((Box::new(before), UNDO));
    }

    fn keep(&mut self, spent: i64) {
        let Now::Doing { what, .. } = self.now else {
            return;
        };
        if spent >= MINUTE {
            self.kept.push(Kept {
                is_focus: what.is_focus,
                spent,
                beyond: (spent - what.plan).max(0),
            });
        }
    }

    fn rest(&mut self, after: What, goes_on: bool, attended: bool) {
        let begins = if after.is_focus {
            self.settings.auto_start_breaks
        } else {
            self.settings.auto_start_focus
        };
        let countdown = self.countdown();
        self.undo = None;
        self.now = Now::Rest {
            due: (goes_on && after.is_focus).then_some(HOUR),
            countdown: (goes_on && attended && begins).then_some(countdown),
        };
    }

    fn countdown(&self) -> i64 {
        i64::from(self.settings.countdown_seconds.as_seconds()) * 1000
    }

    /// The state in a word, what was spent, and the kind.
    pub(crate) fn face(&self) -> (&'static str, i64, bool) {
        match self.now {
            Now::Rest { due, .. } => ("idle", 0, due.is_none()),
            Now::Doing {
                what, spent, halt, ..
            } => {
                let word = match halt {
                    Halt::No if spent >= what.plan => "overflow",
                    Halt::No => "running",
                    Halt::Paused(_) => "paused",
                    Halt::Slept(..) => "asleep",
                };
                (word, spent, what.is_focus)
            }
        }
    }
}
