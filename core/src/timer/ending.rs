//! How a stretch ends, and what comes next.

use chrono::{DateTime, Utc};

use super::{
    ABANDONED_AFTER, Moved, Occasion, Offer, Recorded, Refused, Round, Rules, Session, Stretch,
    Subject, Timer,
};
use crate::model::Kind;

/// How a stretch ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is done, and what comes next is offered.
    Finish,
    /// It is done, and nothing comes next.
    Stop,
    /// A break is left out.
    Skip,
}

impl Session {
    pub(super) fn finish(&self, occasion: &Occasion) -> Result<Moved, Refused> {
        self.timer.stretch().ok_or(Refused::Idle)?;
        let ended = self.end(Ending::Finish, occasion);
        Ok(ended.undoable(self, occasion.now))
    }

    pub(super) fn stop(&self, occasion: &Occasion) -> Result<Moved, Refused> {
        match &self.timer {
            Timer::Idle(offer) if offer.begins_at.is_some() => {
                let waiting = Timer::Idle(offer.without_countdown());
                Ok(Moved::to(self.undoable_with(waiting)))
            }
            Timer::Idle(_) => Err(Refused::Idle),
            _ => Ok(self
                .end(Ending::Stop, occasion)
                .undoable(self, occasion.now)),
        }
    }

    pub(super) fn skip(&self, occasion: &Occasion) -> Result<Moved, Refused> {
        let kind = match &self.timer {
            Timer::Idle(offer) => offer.next,
            timer => timer.stretch().map_or(Kind::Focus, |stretch| stretch.kind),
        };
        if kind == Kind::Focus {
            return Err(Refused::NoBreak);
        }
        let skipped = self.concluded(kind, Ending::Skip, None, occasion.now, &occasion.rules);
        Ok(skipped.undoable(self, occasion.now))
    }

    /// Ends the stretch now. A paused one ended when it was interrupted.
    pub(super) fn end(&self, ending: Ending, occasion: &Occasion) -> Moved {
        let now = occasion.now;
        let spent = self.timer.spent(now);
        let (kind, recorded) = match &self.timer {
            Timer::Idle(_) => return Moved::to(self.clone()),
            Timer::Paused { stretch, since, .. } => (stretch.kind, stretch.end(*since, spent)),
            Timer::Running { stretch, .. } | Timer::Overflow { stretch, .. } => {
                (stretch.kind, stretch.end(now, spent))
            }
        };
        self.concluded(kind, ending, recorded, now, &occasion.rules)
    }

    /// Ends `stretch`, whose plan was reached at `at`.
    pub(super) fn reach(&self, stretch: &Stretch, at: DateTime<Utc>, rules: &Rules) -> Moved {
        self.concluded(stretch.kind, Ending::Finish, stretch.at_plan(at), at, rules)
    }

    /// Ends a pause or an overflow of which nobody knows any more. What is certain is kept.
    pub(super) fn abandon(&self, rules: &Rules) -> Moved {
        let (kind, at, recorded) = match &self.timer {
            Timer::Paused { stretch, since, .. } => {
                let recorded = stretch.end(*since, self.timer.spent(*since));
                (stretch.kind, *since, recorded)
            }
            Timer::Overflow { stretch, since } => {
                (stretch.kind, *since, stretch.as_vouched(*since))
            }
            Timer::Idle(_) | Timer::Running { .. } => return Moved::to(self.clone()),
        };
        self.concluded(kind, Ending::Stop, recorded, at, rules)
    }

    /// What comes after a stretch of `kind` that ended at `at` and of which `recorded` is kept.
    fn concluded(
        &self,
        kind: Kind,
        ending: Ending,
        recorded: Option<Recorded>,
        at: DateTime<Utc>,
        rules: &Rules,
    ) -> Moved {
        let round = match (kind, &recorded) {
            (Kind::Focus, Some(recorded)) => self.round.with(recorded, rules),
            (Kind::LongBreak, _) => Round::default(),
            (Kind::Focus, None) | (Kind::ShortBreak, _) => self.round,
        };
        let offer = match (kind, ending) {
            (_, Ending::Stop) => Offer::default(),
            // What is not kept never was: it earns no break.
            (Kind::Focus, _) if recorded.is_none() => Offer::default(),
            (Kind::Focus, _) => Offer::of_break(round.due(rules), at, rules),
            (Kind::ShortBreak | Kind::LongBreak, _) => Offer::of_focus(at, rules),
        };
        let subject = match (kind, ending) {
            (_, Ending::Stop) => Subject::default(),
            (Kind::Focus, _) => self.timer.stretch().map(Subject::of).unwrap_or_default(),
            (Kind::ShortBreak | Kind::LongBreak, _) => self.subject.clone(),
        };
        let session = Self {
            round,
            subject,
            ..self.with(Timer::Idle(offer))
        };
        Moved {
            recorded,
            ..Moved::to(session)
        }
    }
}

impl Offer {
    fn of_break(next: Kind, at: DateTime<Utc>, rules: &Rules) -> Self {
        Self {
            next,
            begins_at: rules.begins_at(next, at),
            lapses_at: Some(at + ABANDONED_AFTER),
        }
    }

    fn of_focus(at: DateTime<Utc>, rules: &Rules) -> Self {
        Self {
            begins_at: rules.begins_at(Kind::Focus, at),
            ..Self::default()
        }
    }

    pub(super) fn without_countdown(self) -> Self {
        Self {
            begins_at: None,
            ..self
        }
    }
}

impl Subject {
    fn of(stretch: &Stretch) -> Self {
        Self {
            task: stretch.task.clone(),
            project_id: stretch.project_id,
        }
    }
}
