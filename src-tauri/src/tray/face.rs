//! What the tray shows, as a value: derived from a status and a moment.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use particle_core::app::{Status, SyncState, SyncStatus, TimerState};
use rust_i18n::t;

use super::picture::Percent;

/// Everything in the tray that can differ from one moment to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Face {
    /// Of the timer that is shown; what a click is meant for.
    pub(super) version: u32,
    /// Beside the icon; empty when nothing runs.
    pub(super) label: String,
    /// How far the stretch is; nothing while none runs.
    pub(super) progress: Option<Percent>,
    /// The entry that starts, pauses or resumes.
    pub(super) toggle: String,
    /// The entry that finishes.
    pub(super) finish: String,
    /// Whether there is something to finish.
    pub(super) can_finish: bool,
    /// What was done today.
    pub(super) today: String,
    /// How this machine stands with the others; nothing while nobody is signed in.
    pub(super) sync: Option<String>,
    /// The entry that brings the window to the front.
    pub(super) show: String,
    /// The entry that ends the app.
    pub(super) quit: String,
}

impl Face {
    /// The face of `status` at `now`.
    pub(super) fn of(status: &Status, now: DateTime<Utc>) -> Self {
        let count = status.today.particles;
        let toggle = match status.state {
            TimerState::Idle => t!("tray.start"),
            TimerState::Running => t!("tray.pause"),
            TimerState::Paused => t!("tray.resume"),
            TimerState::Overflow => t!("tray.finish_and_next"),
        };
        let today = if count == 1 {
            t!("tray.today_one", count = count)
        } else {
            t!("tray.today_other", count = count)
        };
        Self {
            version: status.version,
            label: label(status, now),
            progress: progress(status, now),
            toggle: toggle.into_owned(),
            finish: t!("tray.finish").into_owned(),
            can_finish: status.state != TimerState::Idle,
            today: today.into_owned(),
            sync: sync(&status.sync).map(Cow::into_owned),
            show: t!("tray.show").into_owned(),
            quit: t!("tray.quit").into_owned(),
        }
    }
}

fn sync(sync: &SyncStatus) -> Option<Cow<'static, str>> {
    let waiting = sync.pending;
    Some(match sync.state {
        SyncState::Local => return None,
        SyncState::Synced => t!("tray.sync_synced"),
        SyncState::Syncing => t!("tray.sync_syncing"),
        SyncState::Waiting if waiting == 1 => t!("tray.sync_waiting_one", count = waiting),
        SyncState::Waiting => t!("tray.sync_waiting_other", count = waiting),
        SyncState::Offline => t!("tray.sync_offline"),
        SyncState::Attention => t!("tray.sync_attention"),
    })
}

/// How long the label stays as it is at `now`; nothing when it does not move.
pub(super) fn until_next_second(status: &Status, now: DateTime<Utc>) -> Option<Duration> {
    let ends_at = status.ends_at?;
    // Seconds change when a whole number of them is left, or has gone by.
    let beyond = (ends_at - now).num_milliseconds().rem_euclid(1000);
    let millis = if beyond == 0 { 1000 } else { beyond };
    Some(Duration::from_millis(millis.unsigned_abs()))
}

fn label(status: &Status, now: DateTime<Utc>) -> String {
    match (status.state, status.ends_at) {
        (TimerState::Running, Some(ends_at)) => {
            clock((ends_at - now + TimeDelta::milliseconds(999)).num_seconds())
        }
        (TimerState::Overflow, Some(ended_at)) => {
            format!("+{}", clock((now - ended_at).num_seconds()))
        }
        (TimerState::Paused, _) => format!("‖ {}", clock(status.remaining_seconds.into())),
        _ => String::new(),
    }
}

fn progress(status: &Status, now: DateTime<Utc>) -> Option<Percent> {
    let left = match (status.state, status.ends_at) {
        (TimerState::Idle, _) => return None,
        (TimerState::Running, Some(ends_at)) => (ends_at - now).num_seconds().max(0),
        (TimerState::Running | TimerState::Paused, _) => status.remaining_seconds.into(),
        (TimerState::Overflow, _) => 0,
    };
    let left = u32::try_from(left).unwrap_or(u32::MAX);
    Some(Percent::gone_by(status.planned_seconds, left))
}

fn clock(seconds: i64) -> String {
    let seconds = seconds.max(0);
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}
