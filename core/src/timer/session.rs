//! The timer with what belongs to it, and how it moves.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Begin, Cause, MISSED_AFTER, Offer, Recorded, Refused, Round, Rules, Step, Stretch, Timer,
    UNDO_FOR,
};
use crate::model::{FocusLength, Kind, ParticleId, ProjectId, Task};

/// The timer with what belongs to it. In JSON one object, of which the first release knew the timer
/// only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Session {
    /// What the timer is doing.
    #[serde(flatten)]
    pub timer: Timer,
    /// How long the next focuses take, if not as long as the preset says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<FocusLength>,
    /// The focuses since the last long break.
    #[serde(default)]
    pub round: Round,
    /// What the focus after the break goes on with.
    #[serde(default)]
    pub subject: Subject,
    /// What the last ending was, while it can be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
}

/// What a focus is on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Subject {
    /// The task; may be empty.
    pub task: Task,
    /// The project.
    pub project_id: Option<ProjectId>,
}

/// An ending that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    pub(super) until: DateTime<Utc>,
    /// The timer as it would have gone on.
    pub(super) timer: Timer,
    pub(super) round: Round,
    pub(super) subject: Subject,
    /// What was kept, and is not if it is taken back.
    pub(super) particle: Option<ParticleId>,
}

/// When and by which rules something happens.
#[derive(Debug, Clone, Copy)]
pub struct Occasion {
    /// The present moment.
    pub now: DateTime<Utc>,
    /// What the person chose.
    pub rules: Rules,
    /// The id of the stretch that begins, if one does.
    pub fresh: ParticleId,
}

/// What a transition leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Moved {
    /// The timer from now on.
    pub session: Session,
    /// The stretch that it ended, if one is kept.
    pub recorded: Option<Recorded>,
    /// What was kept and is not any more.
    pub undone: Option<ParticleId>,
}

impl Session {
    /// Does `step`. Deadlines that have passed must have been settled before.
    pub fn step(&self, step: Step, occasion: &Occasion) -> Result<Moved, Refused> {
        Ok(self.stepped(step, occasion)?.vouched(occasion.now))
    }

    fn stepped(&self, step: Step, occasion: &Occasion) -> Result<Moved, Refused> {
        let now = occasion.now;
        let moved = match step {
            Step::Start(begin) => return self.start(begin, occasion),
            Step::Toggle(begin) => return self.toggle(begin, occasion),
            Step::Finish => return self.finish(occasion),
            Step::Stop => return self.stop(occasion),
            Step::Skip => return self.skip(occasion),
            Step::AnswerSleep(answer) => return self.answer(answer, occasion),
            Step::Undo => return self.take_back(occasion),
            Step::Rename(task) => return self.rename(task),
            Step::Pause => self.pause(now)?,
            Step::Resume => self.resume(now)?,
        };
        Ok(Moved::to(self.with(moved)))
    }

    /// Lets every deadline up to now take effect. `None` when none has passed. At most one stretch
    /// ends in it: what begins by itself takes longer than it may be late.
    #[must_use]
    pub fn settle(&self, occasion: &Occasion) -> Option<Moved> {
        let mut settled: Option<Moved> = None;
        loop {
            let session = settled.as_ref().map_or(self, |moved| &moved.session);
            match session.timer.deadline() {
                Some(deadline) if deadline <= occasion.now => {
                    let next = session.expire(deadline, occasion);
                    settled = Some(match settled {
                        Some(before) => before.then(next),
                        None => next,
                    });
                }
                _ => return settled,
            }
        }
    }

    /// With another length of the next focuses, chosen at `now`; `None` for that of the preset.
    #[must_use]
    pub fn with_length(&self, length: Option<FocusLength>, now: DateTime<Utc>) -> Self {
        Self {
            length,
            timer: self.timer.clone().vouched(now),
            ..self.clone()
        }
    }

    /// By these rules. A countdown to what does not begin by itself any more is over; it is still offered.
    pub fn following(&self, rules: &Rules) -> Moved {
        Moved::to(match &self.timer {
            Timer::Idle(offer) if !rules.begins_by_itself(offer.next) => {
                self.undoable_with(Timer::Idle(offer.without_countdown()))
            }
            _ => self.clone(),
        })
    }

    /// What was kept of the ending that can be taken back.
    pub fn kept_of_undo(&self) -> Option<ParticleId> {
        self.undo.as_ref()?.particle
    }

    /// If the ending is taken back, what goes on is on this.
    #[must_use]
    pub fn with_correction(mut self, task: Task, project_id: Option<ProjectId>) -> Self {
        let undo = self.undo.as_mut();
        if let Some(stretch) = undo.and_then(|undo| undo.timer.stretch_mut()) {
            stretch.task = task;
            stretch.project_id = project_id;
        }
        self
    }

    /// Until when the last ending can be taken back.
    pub fn undo_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = self.undo.as_ref()?.until;
        // A clock that was set back does not make it longer.
        (until - UNDO_FOR <= now && now < until).then_some(until)
    }

    fn toggle(&self, begin: Begin, occasion: &Occasion) -> Result<Moved, Refused> {
        match &self.timer {
            Timer::Running { .. } => self.step(Step::Pause, occasion),
            Timer::Paused { .. } => self.step(Step::Resume, occasion),
            Timer::Idle(_) | Timer::Overflow { .. } => self.start(begin, occasion),
        }
    }

    fn pause(&self, now: DateTime<Utc>) -> Result<Timer, Refused> {
        match &self.timer {
            Timer::Running { stretch, ends_at } => {
                let remaining = (*ends_at - now).clamp(Duration::zero(), stretch.plan());
                Ok(Timer::Paused {
                    stretch: stretch.clone(),
                    remaining_millis: remaining.num_milliseconds(),
                    since: now,
                    cause: Cause::Person,
                })
            }
            Timer::Idle(_) => Err(Refused::Idle),
            Timer::Paused { .. } | Timer::Overflow { .. } => Err(Refused::NotRunning),
        }
    }

    pub(super) fn resume(&self, now: DateTime<Utc>) -> Result<Timer, Refused> {
        match &self.timer {
            Timer::Paused {
                stretch,
                remaining_millis,
                ..
            } => Ok(Timer::going_on(
                stretch.clone(),
                now + Duration::milliseconds(*remaining_millis),
                now,
            )),
            Timer::Idle(_) => Err(Refused::Idle),
            Timer::Running { .. } | Timer::Overflow { .. } => Err(Refused::NotPaused),
        }
    }

    fn rename(&self, task: Task) -> Result<Moved, Refused> {
        let mut session = self.clone();
        match session.timer.stretch_mut() {
            Some(stretch) if stretch.is_focus() => stretch.task = task,
            _ => return Err(Refused::Idle),
        }
        Ok(Moved::to(session))
    }

    fn take_back(&self, occasion: &Occasion) -> Result<Moved, Refused> {
        self.undo_until(occasion.now)
            .ok_or(Refused::NothingToUndo)?;
        let undo = self.undo.clone().ok_or(Refused::NothingToUndo)?;
        let session = Self {
            timer: undo.timer,
            length: self.length,
            round: undo.round,
            subject: undo.subject,
            undo: None,
        };
        let moved = Moved {
            undone: undo.particle,
            ..session.following(&occasion.rules)
        };
        Ok(moved.settled(occasion))
    }

    /// The one transition that the present deadline stands for.
    fn expire(&self, at: DateTime<Utc>, occasion: &Occasion) -> Moved {
        match &self.timer {
            Timer::Idle(offer) if offer.begins_at.is_some() => {
                self.begin_by_itself(at, *offer, occasion)
            }
            Timer::Idle(offer) => self.lapse(*offer),
            Timer::Running { stretch, .. }
                if stretch.is_focus() && occasion.rules.settings.overflow =>
            {
                let stretch = Stretch {
                    reached_at: stretch.reached_at.or(Some(at)),
                    ..stretch.clone()
                };
                Moved::to(self.undoable_with(Timer::Overflow { stretch, since: at }))
            }
            Timer::Running { stretch, .. } => self.reach(stretch, at, &occasion.rules),
            Timer::Paused { .. } | Timer::Overflow { .. } => self.abandon(&occasion.rules),
        }
    }

    fn begin_by_itself(&self, at: DateTime<Utc>, offer: Offer, occasion: &Occasion) -> Moved {
        if occasion.now - at > MISSED_AFTER {
            let waiting = Timer::Idle(offer.without_countdown());
            return Moved::to(self.undoable_with(waiting));
        }
        let begun = self.begun(offer.next, Begin::default(), at, occasion);
        Moved::to(Self {
            undo: self.undo.clone(),
            ..begun
        })
    }

    /// A break that was offered and not taken is over.
    fn lapse(&self, offer: Offer) -> Moved {
        let round = match offer.next {
            Kind::LongBreak => Round::default(),
            Kind::ShortBreak | Kind::Focus => self.round,
        };
        Moved::to(Self {
            round,
            subject: Subject::default(),
            ..self.with(Timer::default())
        })
    }

    /// With `timer` after a step of the person: what came before cannot be taken back any more.
    pub(super) fn with(&self, timer: Timer) -> Self {
        Self {
            timer,
            undo: None,
            ..self.clone()
        }
    }

    /// With `timer`, into which it moved by itself, or because the person has prevented that: what came before
    /// can still be taken back.
    pub(super) fn undoable_with(&self, timer: Timer) -> Self {
        Self {
            timer,
            ..self.clone()
        }
    }
}

impl Moved {
    /// A transition that leaves the history as it is.
    pub fn to(session: Session) -> Self {
        Self {
            session,
            recorded: None,
            undone: None,
        }
    }

    /// This, and that it can be taken back to `before`.
    pub(super) fn undoable(self, before: &Session, now: DateTime<Utc>) -> Self {
        let undo = Undo {
            until: now + UNDO_FOR,
            timer: before.timer.clone().vouched(now),
            round: before.round,
            subject: before.subject.clone(),
            particle: self.recorded.as_ref().map(Recorded::id),
        };
        Self {
            session: Session {
                undo: Some(undo),
                ..self.session
            },
            ..self
        }
    }

    /// This, because the person wants it at `now`.
    fn vouched(self, now: DateTime<Utc>) -> Self {
        let session = Session {
            timer: self.session.timer.vouched(now),
            ..self.session
        };
        Self { session, ..self }
    }

    /// This, and every deadline that has passed.
    pub(super) fn settled(self, occasion: &Occasion) -> Self {
        match self.session.settle(occasion) {
            Some(next) => self.then(next),
            None => self,
        }
    }

    fn then(self, next: Self) -> Self {
        let recorded = next.recorded.or(self.recorded);
        let kept = recorded.as_ref().map(Recorded::id);
        Self {
            session: next.session,
            undone: self.undone.filter(|id| Some(*id) != kept),
            recorded,
        }
    }
}

impl Timer {
    /// Running until `ends_at`, or flowing over if that has passed.
    pub(super) fn going_on(stretch: Stretch, ends_at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        if ends_at < now {
            let since = ends_at;
            Self::Overflow { stretch, since }
        } else {
            Self::Running { stretch, ends_at }
        }
    }
}
