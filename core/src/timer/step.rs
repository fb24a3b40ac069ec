//! What a person asks of the timer, and why it can be refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::{Assignment, FocusLength, Task};

/// What a person asks of the timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Begin what comes next, or a focus if one is named; out of an overflow, finish that first.
    Start(Begin),
    /// Interrupt.
    Pause,
    /// Go on; after a sleep, from where it was before.
    Resume,
    /// Idle: start. Running: pause. Paused: resume. Overflow: finish and start the next focus.
    Toggle(Begin),
    /// End it, keep the true time and go on to what comes next; after a sleep, without the gap.
    Finish,
    /// End it and keep the true time, without going to a break. Idle: cancel the countdown.
    Stop,
    /// Leave a break out: nothing is kept of it.
    Skip,
    /// Take the last ending back.
    Undo,
    /// What to make of a sleep of the computer.
    AnswerSleep(SleepAnswer),
    /// Give the running focus another task.
    Rename(Task),
}

/// How a focus begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Begin {
    /// What on; `None` keeps the task of the focus before, if one flows over or had its break.
    pub task: Option<Task>,
    /// How long; `None` for the chosen length.
    pub length: Option<FocusLength>,
    /// Which project it belongs to; `None` keeps that of a focus that flows over, also for another task,
    /// and after a break that of the focus before along with its task.
    pub project: Option<Assignment>,
}

/// What to make of a sleep of the computer during a focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SleepAnswer {
    /// Go on from where it was before.
    Continue,
    /// The gap was focus, too.
    Count,
    /// Finish as of the moment it slept.
    Trim,
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
    /// There is no break to skip.
    #[error("There is no break to skip. A focus is finished or stopped.")]
    NoBreak,
    /// Nothing ended in the last ten seconds, or something was done since.
    #[error("There is nothing to undo: an ending can be taken back for 10 seconds.")]
    NothingToUndo,
    /// The computer did not sleep, or the question was answered.
    #[error("The computer did not sleep during this focus. Nothing was changed.")]
    NoSleep,
    /// The gap is more than a focus can flow over.
    #[error(
        "The gap is too long to be counted: a focus lasts at most an hour beyond its plan. Continue or finish it without the gap."
    )]
    GapTooLong,
}

impl Begin {
    /// Whether it can only mean a focus, also when a break is offered.
    pub(super) fn names_a_focus(&self) -> bool {
        let has_task = self.task.as_ref().is_some_and(|t| !t.as_str().is_empty());
        has_task || self.length.is_some() || self.project.is_some()
    }
}
