//! What a person set up, and follows them to every machine. A row exists only for a value that was
//! changed; what is not there, or cannot be understood here, has its default.

use std::fmt;

use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Cycle, InvalidValue, Preset};

#[cfg(test)]
mod tests;

/// Everything that follows a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Settings {
    /// Which lengths are used.
    pub preset: Preset,
    /// The lengths of [`Preset::Custom`].
    pub custom_cycle: Cycle,
    /// Whether a focus counts on when its plan is reached.
    pub overflow: bool,
    /// Whether a break begins by itself after a focus.
    pub auto_start_breaks: bool,
    /// Whether a focus begins by itself after a break.
    pub auto_start_focus: bool,
    /// How long one can still prevent what begins by itself.
    pub countdown_seconds: Countdown,
    /// When a day begins.
    pub day_boundary_minutes: DayBoundary,
    /// How many focuses a day is to have, if the person wants that.
    pub daily_goal: Option<DailyGoal>,
}

/// One setting with its new value: the one declaration of what settings there are, by the names and
/// in the form in which they are kept and travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "key", content = "value", rename_all = "snake_case")]
pub enum SettingChange {
    /// Which lengths are used.
    Preset(Preset),
    /// The lengths of the custom preset.
    CustomCycle(Cycle),
    /// Whether a focus counts on when its plan is reached.
    Overflow(bool),
    /// Whether a break begins by itself after a focus.
    AutoStartBreaks(bool),
    /// Whether a focus begins by itself after a break.
    AutoStartFocus(bool),
    /// How long one can still prevent what begins by itself.
    CountdownSeconds(Countdown),
    /// When a day begins, in minutes after midnight.
    DayBoundaryMinutes(DayBoundary),
    /// How many focuses a day is to have, 1 to 9, or none.
    DailyGoal(Option<DailyGoal>),
}

/// Seconds before something begins by itself: 3, 5 or 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "u32", into = "u32")]
pub struct Countdown(u32);

/// When a day begins: minutes after midnight, 0 to 360. Work before it counts to the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "u32", into = "u32")]
pub struct DayBoundary(u32);

/// How many focuses a day is to have: 1 to 9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "u32", into = "u32")]
pub struct DailyGoal(u32);

/// The row that a setting is kept in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name.
    pub id: SettingKey,
    /// Its value; one that another version wrote may be of any form.
    pub value: Value,
    /// Whether the person went back to the default.
    pub deleted: bool,
}

/// The name of a setting: a lower-case letter, then up to 63 more, digits, `_` or `.`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SettingKey(String);

impl Default for Settings {
    fn default() -> Self {
        Self {
            preset: Preset::Classic,
            custom_cycle: Cycle::of(Preset::Custom),
            overflow: true,
            auto_start_breaks: false,
            auto_start_focus: false,
            countdown_seconds: Countdown(5),
            day_boundary_minutes: DayBoundary::DEFAULT,
            daily_goal: None,
        }
    }
}

impl Settings {
    /// What `rows` say; what they do not say, or what cannot be understood here, has its default.
    pub fn from_rows(rows: &[Setting]) -> Self {
        let changes = rows.iter().filter(|row| !row.deleted);
        changes.filter_map(|row| row.change().ok()).collect()
    }

    /// The lengths that are used.
    pub fn cycle(&self) -> Cycle {
        match self.preset {
            Preset::Custom => self.custom_cycle,
            preset => Cycle::of(preset),
        }
    }

    /// The setting of this name.
    pub fn get(&self, key: &SettingKey) -> Result<SettingChange, InvalidValue> {
        let mut all = self.all().into_iter();
        all.find(|setting| setting.row().id == *key)
            .ok_or(InvalidValue::SettingUnknown {
                key: key.to_string(),
                why: "there is no such setting here".into(),
            })
    }

    /// Every setting, by name.
    pub fn all(&self) -> [SettingChange; 8] {
        [
            SettingChange::AutoStartBreaks(self.auto_start_breaks),
            SettingChange::AutoStartFocus(self.auto_start_focus),
            SettingChange::CountdownSeconds(self.countdown_seconds),
            SettingChange::CustomCycle(self.custom_cycle),
            SettingChange::DailyGoal(self.daily_goal),
            SettingChange::DayBoundaryMinutes(self.day_boundary_minutes),
            SettingChange::Overflow(self.overflow),
            SettingChange::Preset(self.preset),
        ]
    }

    fn apply(&mut self, change: SettingChange) {
        match change {
            SettingChange::Preset(preset) => self.preset = preset,
            SettingChange::CustomCycle(cycle) => self.custom_cycle = cycle,
            SettingChange::Overflow(is_on) => self.overflow = is_on,
            SettingChange::AutoStartBreaks(is_on) => self.auto_start_breaks = is_on,
            SettingChange::AutoStartFocus(is_on) => self.auto_start_focus = is_on,
            SettingChange::CountdownSeconds(countdown) => self.countdown_seconds = countdown,
            SettingChange::DayBoundaryMinutes(boundary) => self.day_boundary_minutes = boundary,
            SettingChange::DailyGoal(goal) => self.daily_goal = goal,
        }
    }
}

impl FromIterator<SettingChange> for Settings {
    fn from_iter<T: IntoIterator<Item = SettingChange>>(changes: T) -> Self {
        let mut settings = Self::default();
        for change in changes {
            settings.apply(change);
        }
        settings
    }
}

impl SettingChange {
    /// The setting `key` with a value as a person writes it: a word, a number, `true`, `none`, or JSON.
    pub fn parse(key: &SettingKey, text: &str) -> Result<Self, InvalidValue> {
        let value = match text {
            "none" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        };
        Setting::new(key.clone(), value).change()
    }

    /// The row that keeps it.
    pub fn row(self) -> Setting {
        // The derived form is a map of `key` and `value`, and a key of this enum is a setting's name.
        let mut map = serde_json::to_value(self).unwrap_or_default();
        let key = map["key"].as_str().unwrap_or_default().to_owned();
        Setting::new(SettingKey(key), map["value"].take())
    }
}

impl Setting {
    fn new(id: SettingKey, value: Value) -> Self {
        Self {
            id,
            value,
            deleted: false,
        }
    }

    /// What it means; an error when this version does not know the setting or cannot read the value.
    pub fn change(&self) -> Result<SettingChange, InvalidValue> {
        let map = serde_json::json!({ "key": self.id, "value": self.value });
        serde_json::from_value(map).map_err(|error| InvalidValue::SettingUnknown {
            key: self.id.to_string(),
            why: error.to_string(),
        })
    }
}

impl SettingKey {
    const CHARS_MAX: usize = 64;

    /// `text` as the name of a setting, known here or not.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c);
        let is_name = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(is_inner)
            && text.len() <= Self::CHARS_MAX;
        if is_name {
            Ok(Self(text.into()))
        } else {
            Err(InvalidValue::Setting(
                "The name of a setting looks like auto_start_breaks.",
            ))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Countdown {
    /// The longest that is offered.
    pub const LONGEST: Self = Self(10);

    /// The seconds.
    pub fn as_seconds(self) -> u32 {
        self.0
    }

    /// The seconds as a span.
    pub fn as_span(self) -> Duration {
        Duration::seconds(self.0.into())
    }
}

impl DayBoundary {
    /// 04:00.
    pub const DEFAULT: Self = Self(240);

    /// `minutes` after midnight; an error beyond 06:00.
    pub fn minutes(minutes: u32) -> Result<Self, InvalidValue> {
        Self::try_from(minutes)
    }

    /// The minutes after midnight.
    pub fn as_minutes(self) -> u32 {
        self.0
    }
}

impl DailyGoal {
    /// How many focuses.
    pub fn as_focuses(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Countdown {
    type Error = InvalidValue;

    fn try_from(seconds: u32) -> Result<Self, InvalidValue> {
        let is_offered = [3, 5, 10].contains(&seconds);
        let why = InvalidValue::Setting("A countdown takes 3, 5 or 10 seconds.");
        is_offered.then_some(Self(seconds)).ok_or(why)
    }
}

impl TryFrom<u32> for DayBoundary {
    type Error = InvalidValue;

    fn try_from(minutes: u32) -> Result<Self, InvalidValue> {
        let why = InvalidValue::Setting("A day begins 0 to 360 minutes after midnight.");
        (minutes <= 360).then_some(Self(minutes)).ok_or(why)
    }
}

impl TryFrom<u32> for DailyGoal {
    type Error = InvalidValue;

    fn try_from(focuses: u32) -> Result<Self, InvalidValue> {
        let why = InvalidValue::Setting("A daily goal is 1 to 9 focuses.");
        (1..=9)
            .contains(&focuses)
            .then_some(Self(focuses))
            .ok_or(why)
    }
}

impl From<Countdown> for u32 {
    fn from(countdown: Countdown) -> Self {
        countdown.0
    }
}

impl From<DayBoundary> for u32 {
    fn from(boundary: DayBoundary) -> Self {
        boundary.0
    }
}

impl From<DailyGoal> for u32 {
    fn from(goal: DailyGoal) -> Self {
        goal.0
    }
}

impl fmt::Display for SettingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SettingKey {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        Self::new(&text)
    }
}

impl From<SettingKey> for String {
    fn from(key: SettingKey) -> Self {
        key.0
    }
}

impl std::str::FromStr for SettingKey {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}
