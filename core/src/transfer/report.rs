//! What an import did.

use serde::{Deserialize, Serialize};

use super::FileKind;
use crate::change::{Incoming, Merged};

/// How many skipped rows are named; all are counted.
const SKIPPED_NAMED_MAX: usize = 100;

/// How much of a line of the answer they may take: a quarter of what is read of it.
const SKIPPED_BYTES_MAX: usize = 16 * 1024;

/// The longest place or reason that is told, in characters: a reason may quote what it found.
const SENTENCE_CHARS_MAX: usize = 200;

/// What an import did, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ImportReport {
    /// What the file was.
    pub format: FileKind,
    /// Of its particles.
    pub particles: MergedCount,
    /// Of its projects.
    pub projects: MergedCount,
    /// Of its intentions.
    pub intentions: MergedCount,
    /// Of its settings.
    pub settings: MergedCount,
    /// How many rows could not be taken.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub skipped_count: u64,
    /// The first of them, as many as are named.
    pub skipped: Vec<Skipped>,
}

/// What became of the rows of one entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MergedCount {
    /// Nothing had their ids.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub new: u64,
    /// Something in them was newer than what was kept.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub changed: u64,
    /// Nothing in them was newer.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub unchanged: u64,
}

/// A row that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Skipped {
    /// Where it stands in the file.
    pub place: String,
    /// Why, as a sentence.
    pub reason: String,
}

/// How far an import is, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Progress {
    /// Done.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub done: u64,
    /// Of so many; nothing while they are being counted.
    #[cfg_attr(feature = "bindings", specta(type = Option<u32>))]
    pub total: Option<u64>,
}

impl ImportReport {
    /// Of a file of which nothing was taken yet.
    pub fn new(format: FileKind) -> Self {
        Self {
            format,
            particles: MergedCount::default(),
            projects: MergedCount::default(),
            intentions: MergedCount::default(),
            settings: MergedCount::default(),
            skipped_count: 0,
            skipped: Vec::new(),
        }
    }

    /// `row` was taken, with this result.
    pub fn count(&mut self, row: &Incoming, merged: Merged) {
        let count = match row {
            Incoming::Particle(_) => &mut self.particles,
            Incoming::Project(_) => &mut self.projects,
            Incoming::Intention(_) => &mut self.intentions,
            Incoming::Setting(_) => &mut self.settings,
        };
        match merged {
            Merged::New => count.new += 1,
            Merged::Changed => count.changed += 1,
            Merged::Unchanged => count.unchanged += 1,
        }
    }

    /// A row was skipped.
    pub fn skip(&mut self, skipped: Skipped) {
        let is_next = self.skipped.len() as u64 == self.skipped_count;
        self.skipped_count += 1;
        if !is_next || self.skipped.len() == SKIPPED_NAMED_MAX {
            return;
        }
        let named: usize = self.skipped.iter().map(Skipped::bytes).sum();
        if named + skipped.bytes() <= SKIPPED_BYTES_MAX {
            self.skipped.push(skipped);
        }
    }
}

impl Skipped {
    /// A row at `place`, skipped because of `reason`.
    pub fn new(place: &str, reason: &str) -> Self {
        Self {
            place: shortened(place),
            reason: shortened(reason),
        }
    }

    /// In JSON at most, where what cannot be printed takes six.
    fn bytes(&self) -> usize {
        let escaped = |c: char| {
            if c.is_ascii_control() {
                6
            } else {
                c.len_utf8().max(2)
            }
        };
        let sentences = self.place.chars().chain(self.reason.chars());
        sentences.map(escaped).sum()
    }
}

fn shortened(sentence: &str) -> String {
    match sentence.char_indices().nth(SENTENCE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &sentence[..end]),
        None => sentence.into(),
    }
}
