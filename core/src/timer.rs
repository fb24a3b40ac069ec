//! The timer as a value. Pure: a command or a deadline and the present moment in, the next timer and
//! perhaps a recorded stretch out. Who waits, stores and tells others is the engine.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::{FocusLength, Kind, Particle, ParticleId, ParticleTime, ProjectId, Task};

#[cfg(test)]
mod tests;

/// The shortest stretch that is kept. Below it nothing happened.
pub const KEPT_FROM: Duration = Duration::seconds(60);

/// How long a pause or an overflow may last before the timer takes the person to have left.
pub const ABANDONED_AFTER: Duration = Duration::minutes(60);

/// What the timer is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Timer {
    /// Nothing runs.
    Idle,
    /// Time is being spent.
    Running {
        /// What on.
        stretch: Stretch,
        /// When it reaches its plan.
        ends_at: DateTime<Utc>,
    },
    /// The person interrupted it.
    Paused {
        /// What on.
        stretch: Stretch,
        /// What was left of the plan, in milliseconds.
        remaining_millis: i64,
        /// When it was interrupted.
        since: DateTime<Utc>,
    },
    /// The plan is reached and time is still being spent.
    Overflow {
        /// What on.
        stretch: Stretch,
        /// When the plan was reached.
        since: DateTime<Utc>,
    },
}

/// The stretch of time that the timer is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The id of the particle that it will become: recording it twice changes nothing.
    pub id: ParticleId,
    /// Focus or a break.
    pub kind: Kind,
    /// What it is spent on.
    pub task: Task,
    /// The project it belongs to.
    pub project_id: Option<ProjectId>,
    /// What was planned.
    pub planned: FocusLength,
    /// When it began.
    pub started_at: DateTime<Utc>,
}

/// What a person, or the end of a stretch, asks of the timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Begin this stretch; out of an overflow, finish that first.
    Start(Stretch),
    /// Interrupt.
    Pause,
    /// Go on.
    Resume,
    /// End it and keep the true time.
    Finish,
    /// Give the running stretch another task.
    Rename(Task),
}

/// A stretch that ended and is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    stretch: Stretch,
    ended_at: DateTime<Utc>,
    duration_seconds: u32,
    overflow_seconds: u32,
}

/// What a transition leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Transition {
    /// The timer from now on.
    pub timer: Timer,
    /// The stretch that it ended, if one is kept.
    pub recorded: Option<Recorded>,
}

/// A step that means nothing in the present state. The timer is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// Nothing runs.
    #[error("No focus is running. Start one with a task and a length.")]
    Idle,
    /// Something runs already.
    #[error("A focus is already under way. Finish or stop it first.")]
    Busy,
    /// Only a running focus can be paused.
    #[error("Only a running focus can be paused.")]
    NotRunning,
    /// Only a paused focus can go on.
    #[error("Only a paused focus can be resumed.")]
    NotPaused,
}

impl Timer {
    /// Does `step` at `now`. Deadlines that have passed must have been settled before.
    pub fn step(self, step: Step, now: DateTime<Utc>) -> Result<Transition, Refused> {
        match step {
            Step::Start(next) => self.start(next, now),
            Step::Pause => self.pause(now).map(Transition::to),
            Step::Resume => self.resume(now).map(Transition::to),
            Step::Finish => self.finish(now),
            Step::Rename(task) => self.rename(task).map(Transition::to),
        }
    }

    /// The next moment at which the timer moves by itself.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Idle => None,
            Self::Running { ends_at, .. } => Some(*ends_at),
            Self::Paused { since, .. } | Self::Overflow { since, .. } => {
                Some(*since + ABANDONED_AFTER)
            }
        }
    }

    /// Lets every deadline up to `now` take effect. `None` when none has passed.
    #[must_use]
    pub fn settle(&self, now: DateTime<Utc>) -> Option<Transition> {
        let mut settled: Option<Transition> = None;
        loop {
            let timer = settled
                .as_ref()
                .map_or(self, |transition| &transition.timer);
            match timer.deadline() {
                Some(deadline) if deadline <= now => settled = Some(timer.expire()),
                _ => return settled,
            }
        }
    }

    /// What a process that just started makes of the timer that it found. A plan that was reached
    /// while no process ran is recorded without overflow: nobody is known to have gone on.
    #[must_use]
    pub fn recover(&self, now: DateTime<Utc>) -> Option<Transition> {
        match self {
            Self::Running { stretch, ends_at } if *ends_at <= now => {
                Some(stretch.at_plan(*ends_at))
            }
            _ => self.settle(now),
        }
    }

    /// What was spent until `now`, overflow included.
    pub fn spent(&self, now: DateTime<Utc>) -> Duration {
        match self {
            Self::Idle => Duration::zero(),
            Self::Running { stretch, ends_at } => stretch.spent_with(*ends_at - now),
            Self::Paused {
                stretch,
                remaining_millis,
                ..
            } => stretch.spent_with(Duration::milliseconds(*remaining_millis)),
            Self::Overflow { stretch, since } => {
                stretch.plan() + (now - *since).max(Duration::zero())
            }
        }
    }

    /// The stretch it is in.
    pub fn stretch(&self) -> Option<&Stretch> {
        match self {
            Self::Idle => None,
            Self::Running { stretch, .. }
            | Self::Paused { stretch, .. }
            | Self::Overflow { stretch, .. } => Some(stretch),
        }
    }

    fn start(self, next: Stretch, now: DateTime<Utc>) -> Result<Transition, Refused> {
        let recorded = match self {
            Self::Idle => None,
            Self::Overflow { .. } => self.finish(now)?.recorded,
            Self::Running { .. } | Self::Paused { .. } => return Err(Refused::Busy),
        };
        let ends_at = now + next.plan();
        Ok(Transition {
            timer: Self::Running {
                stretch: next,
                ends_at,
            },
            recorded,
        })
    }

    fn pause(self, now: DateTime<Utc>) -> Result<Self, Refused> {
        match self {
            Self::Running { stretch, ends_at } => {
                let remaining = (ends_at - now).clamp(Duration::zero(), stretch.plan());
                Ok(Self::Paused {
                    stretch,
                    remaining_millis: remaining.num_milliseconds(),
                    since: now,
                })
            }
            Self::Idle => Err(Refused::Idle),
            Self::Paused { .. } | Self::Overflow { .. } => Err(Refused::NotRunning),
        }
    }

    fn resume(self, now: DateTime<Utc>) -> Result<Self, Refused> {
        match self {
            Self::Paused {
                stretch,
                remaining_millis,
                ..
            } => Ok(Self::Running {
                stretch,
                ends_at: now + Duration::milliseconds(remaining_millis),
            }),
            Self::Idle => Err(Refused::Idle),
            Self::Running { .. } | Self::Overflow { .. } => Err(Refused::NotPaused),
        }
    }

    fn finish(self, now: DateTime<Utc>) -> Result<Transition, Refused> {
        let spent = self.spent(now);
        match self {
            Self::Idle => Err(Refused::Idle),
            // A paused focus ended when it was interrupted.
            Self::Paused { stretch, since, .. } => Ok(stretch.end(since, spent)),
            Self::Running { stretch, .. } | Self::Overflow { stretch, .. } => {
                Ok(stretch.end(now, spent))
            }
        }
    }

    fn rename(mut self, task: Task) -> Result<Self, Refused> {
        match &mut self {
            Self::Idle => Err(Refused::Idle),
            Self::Running { stretch, .. }
            | Self::Paused { stretch, .. }
            | Self::Overflow { stretch, .. } => {
                stretch.task = task;
                Ok(self)
            }
        }
    }

    /// The one transition that the present deadline stands for.
    fn expire(&self) -> Transition {
        match self {
            Self::Idle => Transition::to(Self::Idle),
            Self::Running { stretch, ends_at } => Transition::to(Self::Overflow {
                stretch: stretch.clone(),
                since: *ends_at,
            }),
            Self::Paused { stretch, since, .. } => stretch.clone().end(*since, self.spent(*since)),
            Self::Overflow { stretch, since } => stretch.at_plan(*since),
        }
    }
}

impl Stretch {
    fn plan(&self) -> Duration {
        Duration::milliseconds(self.planned.as_millis())
    }

    /// The part of the plan that is spent when `left` of it is left. A clock that was set back
    /// cannot make it negative.
    fn spent_with(&self, left: Duration) -> Duration {
        self.plan() - left.clamp(Duration::zero(), self.plan())
    }

    fn at_plan(&self, reached_at: DateTime<Utc>) -> Transition {
        self.clone().end(reached_at, self.plan())
    }

    fn end(self, ended_at: DateTime<Utc>, spent: Duration) -> Transition {
        let recorded = (spent >= KEPT_FROM).then(|| Recorded {
            ended_at: ended_at.max(self.started_at + spent),
            duration_seconds: whole_seconds(spent),
            overflow_seconds: whole_seconds(spent - self.plan()),
            stretch: self,
        });
        Transition {
            timer: Timer::Idle,
            recorded,
        }
    }
}

impl Transition {
    fn to(timer: Timer) -> Self {
        Self {
            timer,
            recorded: None,
        }
    }
}

impl Recorded {
    /// The moment it ended.
    pub fn ended_at(&self) -> DateTime<Utc> {
        self.ended_at
    }

    /// The particle to keep, of a person who was `utc_offset_minutes` east of UTC at its end.
    #[must_use]
    pub fn into_particle(self, utc_offset_minutes: i32) -> Particle {
        Particle {
            id: self.stretch.id,
            kind: self.stretch.kind,
            task: self.stretch.task,
            project_id: self.stretch.project_id,
            preset: self.stretch.planned.preset(),
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
