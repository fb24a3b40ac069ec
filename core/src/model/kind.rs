//! What a stretch of time was, and by which preset it was started.

use serde::{Deserialize, Serialize};

/// What a stretch of time was. Only focus is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Work on one thing.
    #[default]
    Focus,
    /// The break between two focuses.
    ShortBreak,
    /// The break after a round of focuses.
    LongBreak,
}

impl Kind {
    /// The word in the store and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::ShortBreak => "short_break",
            Self::LongBreak => "long_break",
        }
    }

    /// The kind with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Focus, Self::ShortBreak, Self::LongBreak]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// The set of lengths a focus was started with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// 25 minutes of focus.
    Classic,
    /// 52 minutes of focus.
    DeepWork,
    /// 90 minutes of focus.
    Ultradian,
    /// Any other length.
    Custom,
}

impl Preset {
    /// The word in the store and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::DeepWork => "deep_work",
            Self::Ultradian => "ultradian",
            Self::Custom => "custom",
        }
    }

    /// The preset with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Classic, Self::DeepWork, Self::Ultradian, Self::Custom]
            .into_iter()
            .find(|preset| preset.as_str() == word)
    }
}
