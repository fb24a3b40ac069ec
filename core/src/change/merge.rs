//! What becomes of each field of a row that the server sent: pure, one variant a case.

use std::collections::BTreeSet;

use super::{Field, Stamp, Stamps};

/// What becomes of a field of a row that is kept here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// The server has what is kept: nothing to write.
    Same,
    /// Nothing waits here, so the server's word is the last: its value and stamp are taken.
    Taken,
    /// An edit that still waits is newer: value, stamp and mark stay.
    Kept,
    /// An edit that still waits is older than the server's: it lost, and its mark goes.
    Lost,
    /// What still waits is what the server has already, because an answer was lost: the mark stays
    /// until the server says so.
    Waiting,
}

/// What becomes of each field. `dirty` are those of the kept row that wait for the server.
///
/// A clean field takes whatever the server has, also an older stamp: the server once had ours, so it
/// was restored from a backup, or forgot. A dirty one is decided by the greater stamp.
#[must_use]
pub fn plan<F: Field>(
    kept: &Stamps<F>,
    dirty: &BTreeSet<F>,
    server: &Stamps<F>,
) -> Vec<(F, Choice)> {
    let choose = |field: &F| {
        let kept = kept.get(field).copied().unwrap_or(Stamp::ZERO);
        let server = server.get(field).copied().unwrap_or(Stamp::ZERO);
        let choice = match (dirty.contains(field), server.cmp(&kept)) {
            (false, std::cmp::Ordering::Equal) => Choice::Same,
            (false, _) => Choice::Taken,
            (true, std::cmp::Ordering::Greater) => Choice::Lost,
            (true, std::cmp::Ordering::Less) => Choice::Kept,
            (true, std::cmp::Ordering::Equal) => Choice::Waiting,
        };
        (*field, choice)
    };
    F::ALL.iter().map(choose).collect()
}

#[cfg(test)]
mod tests;
