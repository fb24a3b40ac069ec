//! What shells ask, in texts and numbers as people give them; invariants are checked on the way in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Status;
use crate::engine::{Start, TimerCommand};
use crate::model::{FocusLength, InvalidValue, Particle, ParticleId, Task};

/// A command that may come from another process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// What the timer is doing.
    Status,
    /// Steer the timer.
    Timer(TimerRequest),
    /// Keep a particle that was not timed.
    Add(NewParticle),
}

/// What a [`Command`] leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The timer after the command.
    Status(Status),
    /// The particle that is kept.
    Particle(Particle),
}

/// A step of the timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerRequest {
    /// Begin a focus; out of an overflow, finish that first.
    Start(StartRequest),
    /// Interrupt.
    Pause,
    /// Go on.
    Resume,
    /// Idle: start. Running: pause. Paused: resume. Overflow: finish and start the next.
    Toggle(StartRequest),
    /// End it and keep the true time.
    Finish,
    /// End it and keep the true time, without going to a break.
    Stop,
    /// Give the running focus another task.
    Rename(String),
}

/// How a focus begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct StartRequest {
    /// What on, at most 200 characters; nothing keeps the task of a focus that flows over.
    pub task: Option<String>,
    /// How long, 1 to 180; nothing for the chosen length.
    pub minutes: Option<i32>,
}

/// A particle told afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewParticle {
    /// What on, at most 200 characters.
    pub task: String,
    /// How long, 1 to 1440.
    pub minutes: i32,
    /// When it ended; nothing for now.
    pub ended_at: Option<DateTime<Utc>>,
    /// Its id, if the caller wants to repeat the command safely.
    pub id: Option<ParticleId>,
}

impl Command {
    /// Whether it asks for nothing but the end of the focus.
    pub fn ends_the_focus(&self) -> bool {
        matches!(self, Self::Timer(TimerRequest::Finish | TimerRequest::Stop))
    }

    /// Whether every value in it can be kept; what cannot does not travel.
    pub(crate) fn check(&self) -> Result<(), InvalidValue> {
        match self {
            Self::Status => Ok(()),
            Self::Timer(request) => request.clone().parse().map(drop),
            Self::Add(new) => Task::new(&new.task).map(drop),
        }
    }
}

impl TimerRequest {
    pub(super) fn parse(self) -> Result<TimerCommand, InvalidValue> {
        Ok(match self {
            Self::Start(start) => TimerCommand::Start(start.parse()?),
            Self::Toggle(start) => TimerCommand::Toggle(start.parse()?),
            Self::Rename(task) => TimerCommand::Rename(Task::new(&task)?),
            Self::Pause => TimerCommand::Pause,
            Self::Resume => TimerCommand::Resume,
            Self::Finish => TimerCommand::Finish,
            Self::Stop => TimerCommand::Stop,
        })
    }
}

impl StartRequest {
    fn parse(self) -> Result<Start, InvalidValue> {
        Ok(Start {
            task: self.task.as_deref().map(Task::new).transpose()?,
            length: self.minutes.map(FocusLength::minutes).transpose()?,
        })
    }
}
