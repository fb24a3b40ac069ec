//! What the timer is doing, in the words that windows, scripts and status bars rely on.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{DailyGoal, Kind, Preset, ProjectId, Task};
use crate::statistics::Tally;
use crate::store::{TimerRow, Upload};
use crate::sync::exchange::State;
use crate::timer::{Absence, Question, Rules, Stretch, Timer};

/// The timer, the day and the sync, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Status {
    /// Grows when the timer moves to another state; a command can name the one it was meant for.
    pub version: u32,
    /// What the timer is doing.
    pub state: TimerState,
    /// Focus or a break; when idle, what comes next.
    pub kind: Kind,
    /// What it is spent on; may be empty.
    pub task: Task,
    /// The project it belongs to.
    pub project: Option<ProjectId>,
    /// What the next focus goes on with if nobody names anything; may be empty.
    pub next_task: Task,
    /// The project that it would belong to.
    pub next_project: Option<ProjectId>,
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
    /// What this stretch was started with; when idle, the chosen preset.
    pub preset: Preset,
    /// When what comes next begins by itself, if it does.
    pub countdown_ends_at: Option<DateTime<Utc>>,
    /// The sleep of the computer of which the person has not said yet what to make of it.
    pub sleep: Option<SleepStatus>,
    /// Until when the last ending can be taken back.
    pub undo_until: Option<DateTime<Utc>>,
    /// The focuses until a long break.
    pub round: RoundStatus,
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
    /// How many the day is to have, if the person wants that.
    pub goal: Option<u32>,
}

/// A gap in a focus, because the computer slept or nobody was at it: go on from before, count it, or finish
/// without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SleepStatus {
    /// What the gap comes from.
    pub absence: Absence,
    /// When it began, and the focus was frozen.
    pub slept_at: DateTime<Utc>,
    /// When it was over.
    pub woke_at: DateTime<Utc>,
    /// How long it was, rounded down.
    pub gap_seconds: u32,
    /// Whether the gap can be counted as focus: within an hour beyond the plan.
    pub can_count: bool,
}

/// How far the way to a long break is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RoundStatus {
    /// Focuses that are done.
    pub done: u32,
    /// Focuses that a round has.
    pub of: u32,
}

/// How this machine stands with the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Why it did not work, a sentence, if it did not. In English.
    pub reason: Option<String>,
    /// When it is tried again, where something keeps it back.
    pub next_at: Option<DateTime<Utc>>,
    /// The person paused it: nothing is sent until they ask for it.
    pub is_paused: bool,
    /// The first upload of a history, while it is not complete.
    pub upload: Option<Upload>,
}

/// How this machine stands with the others, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Nobody is signed in; nothing is sent.
    Local,
    /// Everything is on the server, and nothing new is there.
    Synced,
    /// An exchange runs.
    Syncing,
    /// Something waits: for the next exchange, or for a server that could not answer.
    Waiting,
    /// The server cannot be reached.
    Offline,
    /// Somebody has to do something.
    Attention,
}

impl SyncStatus {
    /// Nobody is signed in.
    pub(super) const LOCAL: Self = Self {
        state: SyncState::Local,
        pending: 0,
        refused: 0,
        last_at: None,
        reason: None,
        next_at: None,
        is_paused: false,
        upload: None,
    };
}

impl SyncState {
    /// What the loop is doing, while `pending` changes wait.
    pub(super) fn of(state: &State, pending: u32) -> Self {
        match state {
            State::Local => Self::Local,
            State::Running => Self::Syncing,
            State::Offline => Self::Offline,
            State::Waiting(_) | State::Paused => Self::Waiting,
            State::Attention(_) | State::SignedOut { .. } => Self::Attention,
            State::Ready if pending > 0 => Self::Waiting,
            State::Ready => Self::Synced,
        }
    }
}

impl Status {
    /// The status of `row` at `now`.
    pub fn new(
        row: &TimerRow,
        rules: &Rules,
        today: Tally,
        sync: SyncStatus,
        now: DateTime<Utc>,
    ) -> Self {
        let session = &row.session;
        let timer = &session.timer;
        let stretch = timer.stretch();
        let (kind, countdown_ends_at) = match timer {
            Timer::Idle(offer) => (offer.next, offer.begins_at),
            _ => (stretch.map_or(Kind::Focus, |stretch| stretch.kind), None),
        };
        let plan = stretch.map_or_else(
            || rules.plan(kind, session.length),
            |stretch| stretch.planned,
        );
        let left = plan.as_span() - timer.spent(now);
        Self {
            version: row.version,
            state: TimerState::of(timer),
            kind,
            task: stretch
                .map(|stretch| stretch.task.clone())
                .unwrap_or_default(),
            project: stretch.and_then(|stretch| stretch.project_id),
            next_task: session.subject.task.clone(),
            next_project: session.subject.project_id,
            planned_seconds: plan.as_seconds(),
            started_at: stretch.map(|stretch| stretch.started_at),
            ends_at: match timer {
                Timer::Running { ends_at: at, .. } | Timer::Overflow { since: at, .. } => Some(*at),
                Timer::Idle(_) | Timer::Paused { .. } => None,
            },
            remaining_seconds: seconds((left + Duration::milliseconds(999)).num_seconds()),
            overflow_seconds: seconds((-left).num_seconds()),
            preset: stretch.map_or(rules.settings.preset, Stretch::preset),
            countdown_ends_at,
            sleep: timer.question().map(SleepStatus::of),
            undo_until: session.undo_until(now),
            round: RoundStatus {
                done: session.round.done(rules, now),
                of: rules.focuses(),
            },
            today: TodayStatus {
                particles: today.particles,
                focus_seconds: today.focus_seconds,
                goal: rules.settings.daily_goal.map(DailyGoal::as_focuses),
            },
            sync,
        }
    }
}

impl TimerState {
    fn of(timer: &Timer) -> Self {
        match timer {
            Timer::Idle(_) => Self::Idle,
            Timer::Running { .. } => Self::Running,
            Timer::Paused { .. } => Self::Paused,
            Timer::Overflow { .. } => Self::Overflow,
        }
    }
}

impl SleepStatus {
    fn of(question: Question) -> Self {
        Self {
            absence: question.absence,
            slept_at: question.slept_at,
            woke_at: question.woke_at,
            gap_seconds: seconds((question.woke_at - question.slept_at).num_seconds()),
            can_count: question.can_count,
        }
    }
}

fn seconds(seconds: i64) -> u32 {
    u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
}
