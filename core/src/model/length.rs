//! Lengths in minutes: of a focus to come, and of a particle that is kept.

use serde::{Deserialize, Serialize};

use super::{InvalidValue, Preset};

/// The planned length of a focus: 1 to 180 minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct FocusLength(u32);

impl FocusLength {
    /// The classic length, 25 minutes.
    pub const CLASSIC: Self = Self(25);
    const MIN: u32 = 1;
    const MAX: u32 = 180;

    /// `minutes` as a length; an error outside of 1 to 180.
    pub fn minutes(minutes: i32) -> Result<Self, InvalidValue> {
        in_range(minutes, "A focus", Self::MIN, Self::MAX).map(Self)
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

impl TryFrom<i32> for FocusLength {
    type Error = InvalidValue;

    fn try_from(minutes: i32) -> Result<Self, InvalidValue> {
        Self::minutes(minutes)
    }
}

impl From<FocusLength> for i32 {
    fn from(length: FocusLength) -> Self {
        length.0.cast_signed()
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
