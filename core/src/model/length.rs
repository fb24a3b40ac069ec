//! Lengths in minutes: of a focus or a break to come, and of a particle that is kept.

use serde::{Deserialize, Serialize};

use super::{InvalidValue, Preset};

macro_rules! length {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        #[serde(try_from = "i32", into = "i32")]
        pub struct $name(u32);

        impl $name {
            const MIN: u32 = 1;
            const MAX: u32 = $max;

            /// `minutes`, which is known to be in range.
            pub(super) const fn fixed(minutes: u32) -> Self {
                Self(minutes)
            }

            /// `minutes` as a length; an error when it is out of range.
            pub fn minutes(minutes: i32) -> Result<Self, InvalidValue> {
                in_range(minutes, $what, Self::MIN, Self::MAX).map(Self)
            }

            /// The length in whole minutes.
            pub fn as_minutes(self) -> u32 {
                self.0
            }

            /// The length in seconds.
            pub fn as_seconds(self) -> u32 {
                self.0 * 60
            }

            /// The length in milliseconds.
            pub fn as_millis(self) -> i64 {
                i64::from(self.as_seconds()) * 1000
            }
        }

        impl TryFrom<i32> for $name {
            type Error = InvalidValue;

            fn try_from(minutes: i32) -> Result<Self, InvalidValue> {
                Self::minutes(minutes)
            }
        }

        impl From<$name> for i32 {
            fn from(length: $name) -> Self {
                length.0.cast_signed()
            }
        }
    };
}

length!(
    /// The planned length of a focus: 1 to 180 minutes.
    FocusLength, "A focus", 180
);
length!(
    /// The planned length of a short break: 1 to 60 minutes.
    ShortBreakLength, "A short break", 60
);
length!(
    /// The planned length of a long break: 1 to 90 minutes.
    LongBreakLength, "A long break", 90
);

impl FocusLength {
    /// The classic length, 25 minutes.
    pub const CLASSIC: Self = Self(25);

    /// The preset that has this length of focus.
    pub fn preset(self) -> Preset {
        match self.0 {
            25 => Preset::Classic,
            52 => Preset::DeepWork,
            90 => Preset::Ultradian,
            _ => Preset::Custom,
        }
    }
}

/// The length of a particle that is added or corrected by hand: 1 minute to 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParticleLength(u32);

impl ParticleLength {
    const MIN: u32 = 1;
    const MAX: u32 = 24 * 60;

    /// `minutes` as a length; an error outside of 1 to 1440.
    pub fn minutes(minutes: i32) -> Result<Self, InvalidValue> {
        in_range(minutes, "A particle", Self::MIN, Self::MAX).map(Self)
    }

    /// The length in seconds.
    pub fn as_seconds(self) -> u32 {
        self.0 * 60
    }
}

fn in_range(given: i32, what: &'static str, min: u32, max: u32) -> Result<u32, InvalidValue> {
    u32::try_from(given)
        .ok()
        .filter(|minutes| (min..=max).contains(minutes))
        .ok_or(InvalidValue::Length {
            what,
            given,
            min,
            max,
        })
}
