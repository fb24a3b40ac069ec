//! What a person takes along: everything as JSON, particles as CSV, and what other timers left. Pure
//! formats; the store is read and written above.

mod csv_file;
mod csv_text;
mod error;
mod foreign;
mod json;
mod json_file;
mod metered;
mod report;
mod row;
mod source;

#[cfg(test)]
pub(crate) mod tests;

pub use csv_text::CsvExport;
pub use error::TransferError;
pub use foreign::Session;
pub use json::JsonExport;
pub use report::{ImportReport, MergedCount, Progress, Skipped};
pub use row::Found;
pub use source::{Source, TextFile};

use serde::{Deserialize, Serialize};

/// The form of export files that this version writes, and the newest that it reads.
pub const VERSION: u64 = 1;

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Everything.
    Json,
    /// Particles only, one row each.
    Csv,
}

/// What an imported file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// What [`Format::Json`] wrote.
    ParticleJson,
    /// What [`Format::Csv`] wrote.
    ParticleCsv,
    /// The database of Pomotroid.
    PomotroidDatabase,
    /// The table of that database as CSV.
    PomotroidCsv,
}
