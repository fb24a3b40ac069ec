//! What is kept: values whose constructors hold the invariants.

mod correction;
mod cycle;
mod day;
mod id;
mod intention;
mod kind;
mod length;
mod particle;
mod project;
mod settings;
mod task;
mod text;

pub use correction::{Assignment, Correction};
pub use cycle::{Cycle, RoundLength};
pub use day::Days;
pub use id::{DeviceId, ParticleId, ProjectId};
pub use intention::{Intention, IntentionId, IntentionStatus, IntentionText};
pub use kind::{Kind, Preset};
pub use length::{FocusLength, LongBreakLength, ParticleLength, ShortBreakLength};
pub(crate) use particle::IN_THE_FUTURE;
pub use particle::{Particle, ParticleTime};
pub use project::{Brightness, Project, ProjectKey, ProjectName};
pub use settings::{
    Countdown, DailyGoal, DayBoundary, Setting, SettingChange, SettingKey, Settings,
};
pub use task::Task;
pub(crate) use text::{folded, sort_key};

use thiserror::Error;

/// A value that cannot be kept, in words that name the way out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidValue {
    /// A length in minutes outside of what the kind of thing allows.
    #[error("{what} takes {min} to {max} minutes, not {given}.")]
    Length {
        /// What has the length, as the first word of a sentence.
        what: &'static str,
        /// What was given.
        given: i32,
        /// The shortest, in minutes.
        min: u32,
        /// The longest, in minutes.
        max: u32,
    },
    /// A task text beyond the limit.
    #[error("A task has at most {max} characters; this one has {given}.")]
    TaskTooLong {
        /// Its length in characters.
        given: usize,
        /// The limit in characters.
        max: usize,
    },
    /// A project name that is empty or beyond the limit.
    #[error("A project's name has 1 to {max} characters, not {given}.")]
    NameLength {
        /// Its length in characters, white space at the ends not counted.
        given: usize,
        /// The limit in characters.
        max: usize,
    },
    /// The sentence of a day that is empty or beyond the limit.
    #[error("An intention has 1 to {max} characters, not {given}.")]
    IntentionLength {
        /// Its length in characters, white space at the ends not counted.
        given: usize,
        /// The limit in characters.
        max: usize,
    },
    /// A text that is no date.
    #[error("\u{201c}{0}\u{201d} is not a date; a date looks like 2026-03-01.")]
    Date(String),
    /// A project name that stands for something else.
    #[error("\u{201c}{0}\u{201d} is the word for no project. Choose another name.")]
    NameReserved(&'static str),
    /// A grey that could not be told from the background, or is none.
    #[error("A project's brightness is a number from 0.3 to 1.0.")]
    Brightness,
    /// A setting out of its range.
    #[error("{0}")]
    Setting(&'static str),
    /// A setting that this version does not know, or a value that it cannot have.
    #[error(
        "The setting \u{201c}{key}\u{201d} cannot be set like that: {why}. `particle setting list` shows what there is."
    )]
    SettingUnknown {
        /// Its name.
        key: String,
        /// What is wrong with the value, or which settings there are.
        why: String,
    },
    /// A text with a character that PostgreSQL cannot store.
    #[error("A text cannot contain the character U+0000.")]
    NulInText,
    /// A time in which the parts contradict each other.
    #[error("{0}")]
    Time(&'static str),
    /// A text that is no id.
    #[error(
        "\u{201c}{0}\u{201d} is not an id; an id looks like 0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b."
    )]
    Id(String),
}
