//! How a stretch begins.

use chrono::{DateTime, Utc};

use super::ending::Ending;
use super::{Begin, Moved, Occasion, Refused, Session, Stretch, Subject, Timer};
use crate::model::{Assignment, Kind};

impl Session {
    pub(super) fn start(&self, begin: Begin, occasion: &Occasion) -> Result<Moved, Refused> {
        let now = occasion.now;
        match &self.timer {
            Timer::Idle(offer) => {
                let kind = if begin.names_a_focus() {
                    Kind::Focus
                } else {
                    offer.next
                };
                Ok(Moved::to(self.begun(kind, begin, now, occasion)))
            }
            Timer::Overflow { stretch, .. } => {
                // It goes on with the same, whatever else is named.
                let project = stretch.project_id;
                let project = begin.project.or(project.map(Assignment::Project));
                Ok(self.end_and_begin(Ending::Finish, Begin { project, ..begin }, occasion))
            }
            Timer::Running { stretch, .. } | Timer::Paused { stretch, .. } => {
                if stretch.is_focus() || !begin.names_a_focus() {
                    return Err(Refused::Busy);
                }
                Ok(self.end_and_begin(Ending::Finish, begin, occasion))
            }
        }
    }

    fn end_and_begin(&self, ending: Ending, begin: Begin, occasion: &Occasion) -> Moved {
        let ended = self.end(ending, occasion);
        let session = ended
            .session
            .begun(Kind::Focus, begin, occasion.now, occasion);
        Moved { session, ..ended }.undoable(self, occasion.now)
    }

    /// A stretch of `kind` from `at` on.
    pub(super) fn begun(
        &self,
        kind: Kind,
        begin: Begin,
        at: DateTime<Utc>,
        occasion: &Occasion,
    ) -> Self {
        let rules = &occasion.rules;
        let planned = rules.plan(kind, begin.length.or(self.length));
        let subject = match kind {
            Kind::Focus => self.subject.renewed(begin),
            Kind::ShortBreak | Kind::LongBreak => Subject::default(),
        };
        let stretch = Stretch {
            id: occasion.fresh,
            kind,
            task: subject.task,
            project_id: subject.project_id,
            planned,
            preset: Some(rules.preset(kind, planned)),
            started_at: at,
            reached_at: None,
            vouched_millis: 0,
        };
        let ends_at = at + stretch.plan();
        self.with(Timer::Running { stretch, ends_at })
    }
}

impl Subject {
    /// What a focus that begins as `begin` is on. The project goes with the task.
    fn renewed(&self, begin: Begin) -> Self {
        let kept = begin.task.is_none().then_some(self);
        Self {
            project_id: begin.project.map_or_else(
                || kept.and_then(|subject| subject.project_id),
                Assignment::project_id,
            ),
            task: begin.task.unwrap_or_else(|| self.task.clone()),
        }
    }
}
