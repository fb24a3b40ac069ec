//! What a person works on, as one line of text.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::InvalidValue;
use super::text::line;

/// A line of at most 200 characters, trimmed, without control characters; empty when nothing was named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "String", into = "String")]
pub struct Task(String);

impl Task {
    /// The limit in characters.
    pub const MAX_CHARS: usize = 200;

    /// `text` with every control character inside (a pasted line break, a tab) turned into a space
    /// and white space at its ends removed. An error when it is too long or contains U+0000.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let line = line(text)?;
        match line.chars().count() {
            given if given > Self::MAX_CHARS => Err(InvalidValue::TaskTooLong {
                given,
                max: Self::MAX_CHARS,
            }),
            _ => Ok(Self(line)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Task {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        Self::new(&text)
    }
}

impl From<Task> for String {
    fn from(task: Task) -> Self {
        task.0
    }
}
