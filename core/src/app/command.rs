//! What shells ask, in texts and numbers as people give them; invariants are checked on the way in.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

use super::{AccountRequest, AccountStatus, IntentionRequest, Status, SyncReport};
use crate::model::{
    Assignment, Brightness, Correction, FocusLength, Intention, InvalidValue, Particle, ParticleId,
    ParticleLength, Project, ProjectKey, ProjectName, SettingChange, SettingKey, Settings, Task,
};
use crate::timer::{Begin, SleepAnswer, Step};
use crate::transfer::ImportReport;

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
    /// Correct a particle.
    EditParticle(ParticleRequest),
    /// Delete a particle.
    DeleteParticle(ParticleId),
    /// Bring a deleted particle back.
    RestoreParticle(ParticleId),
    /// Make or change a project.
    Project(ProjectRequest),
    /// Make or change the intention of a day.
    Intention(IntentionRequest),
    /// Take in everything that the file at this absolute path has and that is newer.
    Import(String),
    /// Give a setting that follows the person this value.
    Set(SettingChange),
    /// Give a setting its default back.
    Reset(SettingKey),
    /// Sign in or out, or say who is.
    Account(AccountRequest),
    /// Exchange with the server until nothing waits.
    Sync,
    /// Send what waits, as far as nothing keeps it back. Nobody waits for what comes of it.
    Push,
}

/// What a [`Command`] leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The timer after the command.
    Status(Status),
    /// The particle as it is kept.
    Particle(Particle),
    /// The project as it is kept.
    Project(Project),
    /// The intention as it is kept.
    Intention(Intention),
    /// What was imported.
    Imported(ImportReport),
    /// All settings as they are now.
    Settings(Settings),
    /// Who is signed in now.
    Account(AccountStatus),
    /// What was exchanged.
    Synced(SyncReport),
}

/// A step of the timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerRequest {
    /// Begin what comes next, or a focus if one is named; out of an overflow, finish that first.
    Start(StartRequest),
    /// Interrupt.
    Pause,
    /// Go on; after a sleep of the computer, from where it was before.
    Resume,
    /// Idle: start. Running: pause. Paused: resume. Overflow: finish and start the next focus.
    Toggle(StartRequest),
    /// End it, keep the true time and go on to what comes next.
    Finish,
    /// End it and keep the true time, without going to a break. Idle: cancel the countdown.
    Stop,
    /// Leave a break out.
    Skip,
    /// Take the last ending back.
    Undo,
    /// What to make of a sleep of the computer during a focus.
    AnswerSleep(SleepAnswer),
    /// Give the running focus another task.
    Rename(String),
}

/// How a focus begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct StartRequest {
    /// What on, at most 200 characters; nothing keeps the task of the focus before, if one flows over
    /// or had its break.
    pub task: Option<String>,
    /// How long, 1 to 180; nothing for the chosen length.
    pub minutes: Option<i32>,
    /// The id or exact name of its project, or `none`; nothing keeps that of a focus that flows over, also
    /// for another task, and after a break that of the focus before along with its task.
    pub project: Option<ProjectKey>,
}

/// A particle told afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct NewParticle {
    /// What on, at most 200 characters.
    pub task: String,
    /// How long, 1 to 1440.
    pub minutes: i32,
    /// When it ended; nothing for now.
    pub ended_at: Option<DateTime<Utc>>,
    /// The id or exact name of its project, or `none`, as is nothing.
    pub project: Option<ProjectKey>,
    /// Its id, if the caller wants to repeat the command safely.
    pub id: Option<ParticleId>,
}

/// What to change about a particle; nothing leaves a part as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ParticleRequest {
    /// Which.
    pub id: ParticleId,
    /// What it was spent on, at most 200 characters.
    pub task: Option<String>,
    /// When it began; it moves as a whole.
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    /// How long it took, 1 to 1440.
    pub minutes: Option<i32>,
    /// The id or exact name of its project, or `none`.
    pub project: Option<ProjectKey>,
}

/// What to do with projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ProjectRequest {
    /// Make one.
    Add {
        /// Its name, 1 to 50 characters.
        name: String,
        /// The grey of its dots; nothing for white.
        brightness: Option<Brightness>,
    },
    /// Give the one with this id or exact name another name.
    Rename(ProjectKey, String),
    /// Give its dots another grey.
    SetBrightness(ProjectKey, Brightness),
    /// Give it another name, its dots another grey, or both as one change.
    Edit {
        /// Its id or exact name.
        key: ProjectKey,
        /// Its name, 1 to 50 characters; nothing leaves it.
        name: Option<String>,
        /// The grey of its dots; nothing leaves it.
        brightness: Option<Brightness>,
    },
    /// Put it away.
    Archive(ProjectKey),
    /// Take it out again.
    Unarchive(ProjectKey),
    /// Delete it; its particles stay.
    Delete(ProjectKey),
    /// Bring it back, with what it lost when it was merged; the name is looked for among the deleted ones.
    Restore(ProjectKey),
    /// Give everything of one to another, which it ends in. [`ProjectRequest::Restore`] takes that back.
    Merge {
        /// The one that ends.
        from: ProjectKey,
        /// The one that stays.
        into: ProjectKey,
    },
}

impl Command {
    /// Whether it asks for nothing but the end of the focus.
    pub fn ends_the_focus(&self) -> bool {
        matches!(self, Self::Timer(TimerRequest::Finish | TimerRequest::Stop))
    }

    /// Whether others should be answered meanwhile.
    pub fn may_take_long(&self) -> bool {
        matches!(
            self,
            Self::Import(_) | Self::Sync | Self::Push | Self::Account(_)
        )
    }

    /// Whether it may be left where it is: the rest follows when it is asked for again.
    pub fn can_be_left(&self) -> bool {
        matches!(self, Self::Import(_) | Self::Sync | Self::Push)
    }

    /// Whether every value in it can be kept; what cannot does not travel.
    pub(crate) fn check(&self) -> Result<(), InvalidValue> {
        match self {
            Self::Status
            | Self::DeleteParticle(_)
            | Self::RestoreParticle(_)
            | Self::Import(_)
            | Self::Set(_)
            | Self::Reset(_)
            | Self::Account(_)
            | Self::Sync
            | Self::Push => Ok(()),
            Self::Timer(request) => request.check(),
            Self::Add(new) => {
                Task::new(&new.task)?;
                check_key(new.project.as_ref())
            }
            Self::EditParticle(request) => request.check(),
            Self::Project(request) => request.check(),
            Self::Intention(request) => request.check(),
        }
    }
}

impl TimerRequest {
    /// The project that a focus is to begin with, if one is named.
    pub(super) fn project(&self) -> Option<&ProjectKey> {
        match self {
            Self::Start(start) | Self::Toggle(start) => start.project.as_ref(),
            _ => None,
        }
    }

    /// The step, with the project that was found for it.
    pub(super) fn parse(self, project: Option<Assignment>) -> Result<Step, InvalidValue> {
        Ok(match self {
            Self::Start(start) => Step::Start(start.parse(project)?),
            Self::Toggle(start) => Step::Toggle(start.parse(project)?),
            Self::Rename(task) => Step::Rename(Task::new(&task)?),
            Self::AnswerSleep(answer) => Step::AnswerSleep(answer),
            Self::Pause => Step::Pause,
            Self::Resume => Step::Resume,
            Self::Finish => Step::Finish,
            Self::Stop => Step::Stop,
            Self::Skip => Step::Skip,
            Self::Undo => Step::Undo,
        })
    }

    pub(super) fn check(&self) -> Result<(), InvalidValue> {
        check_key(self.project())?;
        self.clone().parse(None).map(drop)
    }
}

impl StartRequest {
    fn parse(self, project: Option<Assignment>) -> Result<Begin, InvalidValue> {
        Ok(Begin {
            task: self.task.as_deref().map(Task::new).transpose()?,
            length: self.minutes.map(FocusLength::minutes).transpose()?,
            project,
        })
    }
}

impl ParticleRequest {
    /// The correction, with the project that was found for it.
    pub(super) fn parse(&self, project: Option<Assignment>) -> Result<Correction, InvalidValue> {
        Ok(Correction {
            task: self.task.as_deref().map(Task::new).transpose()?,
            // What is kept has whole milliseconds.
            started_at: self.started_at.map(|start| start.trunc_subsecs(3)),
            length: self.minutes.map(ParticleLength::minutes).transpose()?,
            project,
        })
    }

    pub(super) fn check(&self) -> Result<(), InvalidValue> {
        check_key(self.project.as_ref())?;
        self.parse(None).map(drop)
    }
}

impl ProjectRequest {
    pub(super) fn check(&self) -> Result<(), InvalidValue> {
        match self {
            Self::Add { name, .. } => ProjectName::new(name).map(drop),
            Self::Rename(key, name) => {
                ProjectName::new(name)?;
                key.check()
            }
            Self::Edit { key, name, .. } => {
                name.as_deref().map(ProjectName::new).transpose()?;
                key.check()
            }
            Self::SetBrightness(key, _)
            | Self::Archive(key)
            | Self::Unarchive(key)
            | Self::Delete(key)
            | Self::Restore(key) => key.check(),
            Self::Merge { from, into } => from.check().and_then(|()| into.check()),
        }
    }
}

pub(super) fn check_key(key: Option<&ProjectKey>) -> Result<(), InvalidValue> {
    key.map_or(Ok(()), ProjectKey::check)
}
