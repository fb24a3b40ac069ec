//! What the timer is doing, in the words that windows, scripts and status bars rely on.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{Kind, ProjectId, Task};
use crate::store::{TimerRow, Today};
use crate::timer::Timer;

/// The timer, the day and the sync, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Status {
    /// Grows when the timer moves to another state; a command can name the one it was meant for.
    pub version: u32,
    /// What the timer is doing.
    pub state: TimerState,
    /// Focus or a break.
    pub kind: Kind,
    /// What it is spent on; may be empty.
    pub task: Task,
    /// The project it belongs to.
    pub project: Option<ProjectId>,
    /// The plan of this stretch; when idle, of the next.
    pub planned_seconds: u32,
    /// When this stretch began.
    pub started_at: Option<DateTime<Utc>>,
    /// When the plan will be reached, or, in overflow, was.
    pub ends_at: Option<DateTime<Utc>>,
    /// What is left of the plan, rounded up.
    pub remaining_seconds: u32,
    /// What was spent beyond the plan, rounded down.
    pub overflow_seconds: u32,
    /// What was done today.
    pub today: TodayStatus,
    /// How this machine stands with the others.
    pub sync: SyncStatus,
}

/// What the timer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum TimerState {
    /// Nothing runs.
    Idle,
    /// It counts down.
    Running,
    /// It stands.
    Paused,
    /// It counts up.
    Overflow,
}

/// What was done today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TodayStatus {
    /// How many focuses.
    pub particles: u32,
    /// Their durations together.
    pub focus_seconds: u32,
}

/// How this machine stands with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SyncStatus {
    /// In one word.
    pub state: SyncState,
    /// Changes that wait to be sent.
    pub pending: u32,
    /// Changes that the server refused.
    pub refused: u32,
    /// The last exchange.
    pub last_at: Option<DateTime<Utc>>,
}

/// How this machine stands with the others, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Nobody is signed in; nothing is sent.
    Local,
}

impl Status {
    /// The status of `row` at `now`.
    pub fn new(row: &TimerRow, today: Today, now: DateTime<Utc>) -> Self {
        let stretch = row.timer.stretch();
        let plan = stretch.map_or(row.length, |stretch| stretch.planned);
        let left = Duration::milliseconds(plan.as_millis()) - row.timer.spent(now);
        Self {
            version: row.version,
            state: TimerState::of(&row.timer),
            kind: stretch.map_or(Kind::Focus, |stretch| stretch.kind),
            task: stretch
                .map(|stretch| stretch.task.clone())
                .unwrap_or_default(),
            project: stretch.and_then(|stretch| stretch.project_id),
            planned_seconds: plan.as_seconds(),
            started_at: stretch.map(|stretch| stretch.started_at),
            ends_at: match &row.timer {
                Timer::Running { ends_at: at, .. } | Timer::Overflow { since: at, .. } => Some(*at),
                Timer::Idle | Timer::Paused { .. } => None,
            },
            remaining_seconds: seconds((left + Duration::milliseconds(999)).num_seconds()),
            overflow_seconds: seconds((-left).num_seconds()),
            today: TodayStatus {
                particles: today.particles,
                focus_seconds: today.focus_seconds,
            },
            sync: SyncStatus {
                state: SyncState::Local,
                pending: 0,
                refused: 0,
                last_at: None,
            },
        }
    }
}

impl TimerState {
    fn of(timer: &Timer) -> Self {
        match timer {
            Timer::Idle => Self::Idle,
            Timer::Running { .. } => Self::Running,
            Timer::Paused { .. } => Self::Paused,
            Timer::Overflow { .. } => Self::Overflow,
        }
    }
}

fn seconds(seconds: i64) -> u32 {
    u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
}
