//! How focuses and breaks follow each other.

use serde::{Deserialize, Serialize};

use super::{FocusLength, InvalidValue, LongBreakLength, Preset, ShortBreakLength};

/// The lengths of focuses and breaks, and how many focuses make a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Cycle {
    /// Of each focus.
    #[serde(rename = "focus_minutes")]
    pub focus: FocusLength,
    /// Of the breaks within a round.
    #[serde(rename = "short_break_minutes")]
    pub short_break: ShortBreakLength,
    /// Of the break that ends a round.
    #[serde(rename = "long_break_minutes")]
    pub long_break: LongBreakLength,
    /// How many focuses a round has.
    pub focuses: RoundLength,
}

/// How many focuses lead to a long break: 1 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "u32", into = "u32")]
pub struct RoundLength(u32);

impl Cycle {
    /// The cycle of a preset; for [`Preset::Custom`], where a person begins to change it.
    pub fn of(preset: Preset) -> Self {
        match preset {
            Preset::Classic | Preset::Custom => Self::fixed(25, 5, 15, 4),
            Preset::DeepWork => Self::fixed(52, 17, 30, 2),
            Preset::Ultradian => Self::fixed(90, 20, 30, 2),
        }
    }

    const fn fixed(focus: u32, short_break: u32, long_break: u32, focuses: u32) -> Self {
        Self {
            focus: FocusLength::fixed(focus),
            short_break: ShortBreakLength::fixed(short_break),
            long_break: LongBreakLength::fixed(long_break),
            focuses: RoundLength(focuses),
        }
    }
}

impl RoundLength {
    const MAX: u32 = 12;

    /// How many focuses.
    pub fn as_focuses(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for RoundLength {
    type Error = InvalidValue;

    fn try_from(focuses: u32) -> Result<Self, InvalidValue> {
        let why = InvalidValue::Setting("A round has 1 to 12 focuses.");
        (1..=Self::MAX)
            .contains(&focuses)
            .then_some(Self(focuses))
            .ok_or(why)
    }
}

impl From<RoundLength> for u32 {
    fn from(length: RoundLength) -> Self {
        length.0
    }
}
