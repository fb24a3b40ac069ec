//! What particles are gathered under.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::text::line;
use super::{InvalidValue, ProjectId};

/// A project. Its particles name it by id, so a new name shows everywhere at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Project {
    /// The same on every device.
    pub id: ProjectId,
    /// Not unique: two devices may make the same one without knowing of each other.
    pub name: ProjectName,
    /// The grey of its dots.
    pub brightness: Brightness,
    /// Put away; its particles stay.
    pub archived: bool,
    /// Deleted by the person; can be restored for 30 days. Its particles stay and still name it.
    pub deleted: bool,
}

/// A line of 1 to 50 characters, trimmed, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(into = "String", try_from = "String")]
pub struct ProjectName(String);

/// A grey from 0.3 to 1.0, which is white.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "f64", into = "f64")]
pub struct Brightness(f64);

/// How a person names a project: by its id or its exact name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(transparent)]
pub struct ProjectKey(String);

impl ProjectName {
    const MAX_CHARS: usize = 50;

    /// `text` as one line, see [`Task::new`](super::Task::new). An error when that is empty or too
    /// long, contains U+0000, or is the word for no project.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let name = Self::spoken(text)?;
        if name.0 == ProjectKey::NOTHING {
            return Err(InvalidValue::NameReserved(ProjectKey::NOTHING));
        }
        Ok(name)
    }

    /// A name that a person says, of a project or of none.
    fn spoken(text: &str) -> Result<Self, InvalidValue> {
        let name = Self::kept(text)?;
        let is_empty = name.0.is_empty();
        (!is_empty).then_some(name).ok_or(Self::of_length(0))
    }

    /// The name of a project that is kept already: that of a deleted one may have been blanked.
    pub(crate) fn kept(text: &str) -> Result<Self, InvalidValue> {
        let line = line(text)?;
        match line.chars().count() {
            given if given > Self::MAX_CHARS => Err(Self::of_length(given)),
            _ => Ok(Self(line)),
        }
    }

    fn of_length(given: usize) -> InvalidValue {
        InvalidValue::NameLength {
            given,
            max: Self::MAX_CHARS,
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ProjectName {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        Self::kept(&text)
    }
}

impl From<ProjectName> for String {
    fn from(name: ProjectName) -> Self {
        name.0
    }
}

impl Brightness {
    /// White.
    pub const FULL: Self = Self(1.0);
    const MIN: f64 = 0.3;
    const MAX: f64 = 1.0;

    /// `grey` as a brightness; an error outside of 0.3 to 1.0.
    pub fn new(grey: f64) -> Result<Self, InvalidValue> {
        (Self::MIN..=Self::MAX)
            .contains(&grey)
            .then_some(Self(grey))
            .ok_or(InvalidValue::Brightness)
    }

    /// The number.
    pub fn as_f64(self) -> f64 {
        self.0
    }
}

/// No number of the range is unequal to itself.
impl Eq for Brightness {}

impl TryFrom<f64> for Brightness {
    type Error = InvalidValue;

    fn try_from(grey: f64) -> Result<Self, InvalidValue> {
        Self::new(grey)
    }
}

impl From<Brightness> for f64 {
    fn from(brightness: Brightness) -> Self {
        brightness.0
    }
}

impl ProjectKey {
    /// The word that stands for no project.
    const NOTHING: &str = "none";

    /// Whether it says that there is none.
    pub fn is_nothing(&self) -> bool {
        self.0 == Self::NOTHING
    }

    /// Whether a project can be named like this at all.
    pub fn check(&self) -> Result<(), InvalidValue> {
        match self.as_id() {
            Some(_) => Ok(()),
            None => self.as_name().map(drop),
        }
    }

    /// The id, if it has the form of one.
    pub fn as_id(&self) -> Option<ProjectId> {
        self.0.parse().ok()
    }

    /// The name. An error when no project can have it.
    pub fn as_name(&self) -> Result<ProjectName, InvalidValue> {
        ProjectName::spoken(&self.0)
    }
}

impl fmt::Display for ProjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProjectKey {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.trim().into()))
    }
}

impl From<ProjectId> for ProjectKey {
    fn from(id: ProjectId) -> Self {
        Self(id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Book", Some("Book"))]
    #[case("  Two\nlines ", Some("Two lines"))]
    #[case("\u{1}Book\u{1}", Some("Book"))]
    #[case("", None)]
    #[case(" \t\u{1} ", None)]
    #[case("a\0b", None)]
    #[case(" none ", None)]
    #[case("None", Some("None"))]
    #[case(&"\u{1F642}".repeat(50), Some(&*"\u{1F642}".repeat(50)))]
    #[case(&"\u{1F642}".repeat(51), None)]
    fn a_name_is_a_line_of_1_to_50_characters(#[case] text: &str, #[case] kept: Option<&str>) {
        let name = ProjectName::new(text).ok();
        assert_eq!(name.as_ref().map(ProjectName::as_str), kept);
    }

    #[rstest]
    #[case(0.3, true)]
    #[case(1.0, true)]
    #[case(0.299_999, false)]
    #[case(1.000_001, false)]
    #[case(f64::NAN, false)]
    #[case(f64::INFINITY, false)]
    fn a_brightness_can_be_told_from_the_background(#[case] grey: f64, #[case] kept: bool) {
        assert_eq!(Brightness::new(grey).is_ok(), kept);
    }
}
