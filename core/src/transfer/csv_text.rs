//! Particles as CSV (RFC 4180), one row each, with everything that is kept of them.
//!
//! A spreadsheet takes a cell that begins with one of a few characters for a formula. Such a text gets an
//! apostrophe in front, as OWASP advises, and loses it when it is read; a text that itself begins like
//! that gets one more, so that every text comes back as it was. The stamps are one cell of JSON: no
//! spreadsheet takes that for a number.

use std::io::{self, Write};

use chrono::SecondsFormat;
use csv::{Terminator, Writer, WriterBuilder};

use crate::change::{ParticleField, Stamped};
use crate::model::Particle;

/// The columns, in their order.
pub(super) const COLUMNS: [&str; 13] = [
    "id",
    "kind",
    "task",
    "project_id",
    "started_at",
    "ended_at",
    "planned_seconds",
    "duration_seconds",
    "overflow_seconds",
    "utc_offset_minutes",
    "preset",
    "deleted",
    "stamps",
];

/// What a spreadsheet takes for the beginning of a formula, in both widths.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A table that is being written.
pub struct CsvExport<W: Write>(Writer<W>);

impl<W: Write> CsvExport<W> {
    /// Begins the table.
    pub fn begin(to: W) -> io::Result<Self> {
        let mut table = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(to);
        table.write_record(COLUMNS)?;
        Ok(Self(table))
    }

    /// A row of the table.
    pub fn row(&mut self, particle: &Stamped<Particle, ParticleField>) -> io::Result<()> {
        let Stamped { row, stamps } = particle;
        let time = &row.time;
        let moment = |moment: chrono::DateTime<chrono::Utc>| {
            moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)
        };
        let project_id = row.project_id.map(|id| id.to_string());
        self.0.write_record([
            row.id.to_string(),
            row.kind.as_str().into(),
            guarded(row.task.as_str()),
            project_id.unwrap_or_default(),
            moment(time.started_at),
            moment(time.ended_at),
            time.planned_seconds.to_string(),
            time.duration_seconds.to_string(),
            time.overflow_seconds.to_string(),
            time.utc_offset_minutes.to_string(),
            row.preset.as_str().into(),
            row.deleted.to_string(),
            serde_json::to_string(stamps)?,
        ])?;
        Ok(())
    }

    /// Ends the table.
    pub fn end(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// `text` as no spreadsheet takes it for a formula.
pub(super) fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) || begins_guarded(text) {
        format!("'{text}")
    } else {
        text.into()
    }
}

/// The text that was [`guarded`].
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(inner) if begins_guarded(text) => inner,
        _ => text,
    }
}

fn begins_guarded(text: &str) -> bool {
    text.strip_prefix('\'')
        .is_some_and(|inner| inner.starts_with(FORMULA) || inner.starts_with('\''))
}
