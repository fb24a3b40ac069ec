//! What a notification says and what can be answered, as a value: derived from what ended and the status.

use particle_core::app::{Status, TimerState};
use particle_core::model::Kind;
use rust_i18n::t;

/// How much longer a focus goes on when that is asked for.
pub(crate) const MORE_MINUTES: u32 = 5;

/// What a person answers by clicking on the notification itself, as the desktop specification names it.
const SHOW: &str = "default";

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) title: String,
    pub(crate) body: String,
    /// Its buttons.
    pub(crate) buttons: Vec<Action>,
}

/// What a person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Bring the window to the front.
    Show,
    /// Finish the focus if it flows over, and begin the break.
    StartBreak,
    /// The focus flows over; tell of it again in five minutes.
    RemindLater,
    /// The focus is finished; begin one of five minutes on the same.
    FocusMore,
    /// Begin the next focus.
    StartFocus,
}

impl Notice {
    /// What to tell of the end of a stretch of `kind`, after which the status is `status`. Nothing if the
    /// timer has gone on already.
    pub(crate) fn of(kind: Kind, status: &Status) -> Option<Self> {
        use Action::{FocusMore, RemindLater, StartBreak, StartFocus};
        let minutes = status.planned_seconds / 60;
        let (title, body, buttons) = match (kind, status.state, status.kind) {
            (Kind::Focus, TimerState::Overflow, Kind::Focus) => (
                t!("alert.focus_over"),
                t!("alert.counts_on"),
                vec![StartBreak, RemindLater],
            ),
            (Kind::Focus, TimerState::Idle, Kind::ShortBreak | Kind::LongBreak) => (
                t!("alert.focus_over"),
                if minutes == 1 {
                    t!("alert.break_next_one", count = minutes)
                } else {
                    t!("alert.break_next_other", count = minutes)
                },
                vec![StartBreak, FocusMore],
            ),
            (Kind::ShortBreak | Kind::LongBreak, TimerState::Idle, Kind::Focus) => (
                t!("alert.break_over"),
                t!("alert.focus_next"),
                vec![StartFocus],
            ),
            _ => return None,
        };
        Some(Self {
            title: title.into_owned(),
            body: body.into_owned(),
            buttons,
        })
    }

    /// What is shown when a person tries it.
    pub(crate) fn trial() -> Self {
        Self {
            title: t!("alert.trial").into_owned(),
            body: t!("alert.trial_means").into_owned(),
            buttons: Vec::new(),
        }
    }

    /// What the desktop means by `key`: the key of an action, or what its button says.
    pub(crate) fn action(&self, key: &str) -> Option<Action> {
        let mut all = [Action::Show].iter().chain(&self.buttons);
        all.find(|action| action.key() == key || action.label() == key)
            .copied()
    }
}

impl Action {
    /// What the desktop calls it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Show => SHOW,
            Self::StartBreak => "start-break",
            Self::RemindLater => "remind-later",
            Self::FocusMore => "focus-more",
            Self::StartFocus => "start-focus",
        }
    }

    /// What its button says.
    pub(crate) fn label(self) -> String {
        let label = match self {
            Self::Show => t!("tray.show"),
            Self::StartBreak => t!("control.start_break"),
            Self::RemindLater | Self::FocusMore => t!("alert.more", count = MORE_MINUTES),
            Self::StartFocus => t!("alert.start_focus"),
        };
        label.into_owned()
    }
}
