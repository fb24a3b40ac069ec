//! What a person wants of a day, in one sentence.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::text::line;
use super::{InvalidValue, ProjectId};

/// The intention of a day. There is one at most: its id is the date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Intention {
    /// The day, the same on every device.
    pub id: IntentionId,
    /// The sentence.
    pub text: IntentionText,
    /// What became of it.
    pub status: IntentionStatus,
    /// The project, which may be deleted, or not have arrived on this device yet.
    pub project_id: Option<ProjectId>,
    /// Deleted by the person; can be restored for 30 days.
    pub deleted: bool,
}

/// A day of the person's own calendar, in the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "String", into = "String")]
pub struct IntentionId(NaiveDate);

/// A line of 1 to 200 characters, trimmed, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "String", into = "String")]
pub struct IntentionText(String);

/// What became of an intention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum IntentionStatus {
    /// The day is not over.
    Open,
    /// It was done.
    Done,
    /// A part of it was done.
    Partly,
    /// It waits for another day.
    Moved,
    /// It was given up.
    LetGo,
}

impl IntentionId {
    /// The day `date`. An error for a year that four digits do not tell.
    pub fn new(date: NaiveDate) -> Result<Self, InvalidValue> {
        (1..=9999)
            .contains(&date.year())
            .then_some(Self(date))
            .ok_or_else(|| InvalidValue::Date(date.to_string()))
    }

    /// The day.
    pub fn date(self) -> NaiveDate {
        self.0
    }
}

impl fmt::Display for IntentionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl FromStr for IntentionId {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let id = text.parse().ok().and_then(|date| Self::new(date).ok());
        // Only one text names a day, or two devices could make two for it.
        id.filter(|id| id.to_string() == text)
            .ok_or_else(|| InvalidValue::Date(text.into()))
    }
}

impl TryFrom<String> for IntentionId {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        text.parse()
    }
}

impl From<IntentionId> for String {
    fn from(id: IntentionId) -> Self {
        id.to_string()
    }
}

impl IntentionText {
    const MAX_CHARS: usize = 200;

    /// `text` as one line, see [`Task::new`](super::Task::new). An error when that is empty or too
    /// long, or contains U+0000.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let sentence = Self::kept(text)?;
        if sentence.0.is_empty() {
            return Err(Self::of_length(0));
        }
        Ok(sentence)
    }

    /// The text of an intention that is kept already: that of a deleted one may have been blanked.
    pub(crate) fn kept(text: &str) -> Result<Self, InvalidValue> {
        let line = line(text)?;
        match line.chars().count() {
            given if given > Self::MAX_CHARS => Err(Self::of_length(given)),
            _ => Ok(Self(line)),
        }
    }

    fn of_length(given: usize) -> InvalidValue {
        InvalidValue::IntentionLength {
            given,
            max: Self::MAX_CHARS,
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IntentionText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for IntentionText {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        Self::kept(&text)
    }
}

impl From<IntentionText> for String {
    fn from(text: IntentionText) -> Self {
        text.0
    }
}

impl IntentionStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Done,
        Self::Partly,
        Self::Moved,
        Self::LetGo,
    ];

    /// The word in the store and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Partly => "partly",
            Self::Moved => "moved",
            Self::LetGo => "let_go",
        }
    }

    /// The status with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-03-01", true)]
    #[case("0001-01-01", true)]
    #[case("9999-12-31", true)]
    #[case("2024-02-29", true)]
    #[case("2026-02-29", false)]
    #[case("0000-01-01", false)]
    #[case("10000-01-01", false)]
    #[case("+2026-03-01", false)]
    #[case("2026-3-1", false)]
    #[case(" 2026-03-01", false)]
    #[case("2026-03-01T00:00", false)]
    #[case("", false)]
    fn an_id_is_a_real_date_in_one_form(#[case] text: &str, #[case] is_id: bool) {
        let id = text.parse::<IntentionId>();
        assert_eq!(id.is_ok(), is_id, "{text}");
        assert_eq!(id.map_or(text.into(), |id| id.to_string()), text);
    }

    #[rstest]
    #[case("Finish the draft", Some("Finish the draft"))]
    #[case("  Two\nlines ", Some("Two lines"))]
    #[case("", None)]
    #[case(" \t ", None)]
    #[case("a\0b", None)]
    #[case(&"\u{1F642}".repeat(200), Some(&*"\u{1F642}".repeat(200)))]
    #[case(&"\u{1F642}".repeat(201), None)]
    fn a_text_is_a_line_of_1_to_200_characters(#[case] text: &str, #[case] kept: Option<&str>) {
        let sentence = IntentionText::new(text).ok();
        assert_eq!(sentence.as_ref().map(IntentionText::as_str), kept);
    }
}
