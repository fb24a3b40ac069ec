//! The stretch of time that the timer is in, and what is kept of it.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{ABANDONED_AFTER, KEPT_FROM, OVERFLOW_MAX};
use crate::model::{
    FocusLength, InvalidValue, Kind, LongBreakLength, Particle, ParticleId, ParticleTime, Preset,
    ProjectId, ShortBreakLength, Task,
};

/// The stretch of time that the timer is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The id of the particle that it will become: recording it twice changes nothing.
    pub id: ParticleId,
    /// Focus or a break.
    pub kind: Kind,
    /// What it is spent on; nothing for a break.
    pub task: Task,
    /// The project it belongs to.
    pub project_id: Option<ProjectId>,
    /// What was planned.
    pub planned: Plan,
    /// What it was started with. Nothing in a state that an older version kept.
    #[serde(default)]
    pub preset: Option<Preset>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When its plan was reached, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached_at: Option<DateTime<Utc>>,
    /// How far it had flowed over when the person last did something, in milliseconds. Nothing in a state
    /// that an older version kept.
    #[serde(default)]
    pub vouched_millis: i64,
}

/// The planned length of a focus or a break, 1 to 180 minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Plan {
    minutes: u32,
}

/// A stretch that ended and is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    stretch: Stretch,
    ended_at: DateTime<Utc>,
    duration_seconds: u32,
    overflow_seconds: u32,
}

impl Plan {
    /// The plan in seconds.
    pub fn as_seconds(self) -> u32 {
        self.minutes * 60
    }

    /// The plan as a span.
    pub fn as_span(self) -> Duration {
        Duration::minutes(self.minutes.into())
    }
}

impl From<FocusLength> for Plan {
    fn from(length: FocusLength) -> Self {
        let minutes = length.as_minutes();
        Self { minutes }
    }
}

impl From<ShortBreakLength> for Plan {
    fn from(length: ShortBreakLength) -> Self {
        let minutes = length.as_minutes();
        Self { minutes }
    }
}

impl From<LongBreakLength> for Plan {
    fn from(length: LongBreakLength) -> Self {
        let minutes = length.as_minutes();
        Self { minutes }
    }
}

impl TryFrom<i32> for Plan {
    type Error = InvalidValue;

    fn try_from(minutes: i32) -> Result<Self, InvalidValue> {
        // A focus may take as long as any break.
        FocusLength::minutes(minutes).map(Self::from)
    }
}

impl From<Plan> for i32 {
    fn from(plan: Plan) -> Self {
        plan.minutes.cast_signed()
    }
}

impl Stretch {
    pub(super) fn plan(&self) -> Duration {
        self.planned.as_span()
    }

    /// What it was started with. The first release told that by the length.
    pub fn preset(&self) -> Preset {
        let by_length = || FocusLength::minutes(self.planned.into()).map(FocusLength::preset);
        self.preset
            .or_else(|| by_length().ok())
            .unwrap_or(Preset::Custom)
    }

    pub(super) fn is_focus(&self) -> bool {
        self.kind == Kind::Focus
    }

    /// The part of the plan that is spent when `left` of it is left, and what went beyond it. A clock
    /// that was set back cannot make it negative.
    pub(super) fn spent_with(&self, left: Duration) -> Duration {
        self.plan() - self.possible(left)
    }

    /// `left` of the plan, or what went beyond it, within what can be.
    pub(super) fn possible(&self, left: Duration) -> Duration {
        left.clamp(-self.flows_for(), self.plan())
    }

    /// How far it flows over when the person does nothing more.
    pub(super) fn flows_for(&self) -> Duration {
        (self.vouched() + ABANDONED_AFTER).min(OVERFLOW_MAX)
    }

    pub(super) fn vouched(&self) -> Duration {
        Duration::milliseconds(self.vouched_millis)
    }

    pub(super) fn vouch(&mut self, beyond: Duration) {
        self.vouched_millis = self.vouched_millis.max(beyond.num_milliseconds());
    }

    pub(super) fn shift(&mut self, jump: Duration) {
        self.started_at += jump;
        self.reached_at = self.reached_at.map(|moment| moment + jump);
    }

    /// What is kept of it when its plan is all that is certain.
    pub(super) fn at_plan(&self, reached_at: DateTime<Utc>) -> Option<Recorded> {
        self.end(self.reached_at.unwrap_or(reached_at), self.plan())
    }

    /// What is kept of it when what flowed over since the person last did something is not certain.
    pub(super) fn as_vouched(&self, since: DateTime<Utc>) -> Option<Recorded> {
        if self.vouched() <= Duration::zero() {
            return self.at_plan(since);
        }
        self.end(since + self.vouched(), self.plan() + self.vouched())
    }

    /// What is kept of it when it ends at `ended_at` after `spent`.
    pub(super) fn end(&self, ended_at: DateTime<Utc>, spent: Duration) -> Option<Recorded> {
        (spent >= KEPT_FROM).then(|| Recorded {
            ended_at: ended_at.max(self.started_at + spent),
            duration_seconds: whole_seconds(spent),
            overflow_seconds: whole_seconds(spent - self.plan()),
            stretch: self.clone(),
        })
    }
}

impl Recorded {
    /// The particle that it becomes.
    pub fn id(&self) -> ParticleId {
        self.stretch.id
    }

    /// The moment it ended.
    pub fn ended_at(&self) -> DateTime<Utc> {
        self.ended_at
    }

    /// The particle to keep, of a person who was `utc_offset_minutes` east of UTC at its end.
    #[must_use]
    pub fn into_particle(self, utc_offset_minutes: i32) -> Particle {
        Particle {
            preset: self.stretch.preset(),
            id: self.stretch.id,
            kind: self.stretch.kind,
            task: self.stretch.task,
            project_id: self.stretch.project_id,
            time: ParticleTime {
                started_at: self.stretch.started_at,
                ended_at: self.ended_at,
                planned_seconds: self.stretch.planned.as_seconds(),
                duration_seconds: self.duration_seconds,
                overflow_seconds: self.overflow_seconds,
                utc_offset_minutes,
            },
            deleted: false,
        }
    }
}

fn whole_seconds(span: Duration) -> u32 {
    u32::try_from(span.num_seconds().max(0)).unwrap_or(u32::MAX)
}
