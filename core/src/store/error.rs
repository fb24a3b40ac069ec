//! What can go wrong, sorted by what a person can do about it.

use std::path::PathBuf;

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use thiserror::Error;

use super::Declined;
use crate::model::InvalidValue;

/// Why the store could not do what it was asked. Nothing that was kept before is lost by any of them.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Written by a newer version.
    #[error(
        "{} was written by a newer version of Particle (schema {found}, this one knows {known}). \
         It was not touched. Update Particle to open it.", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// A database, but of another program.
    #[error(
        "{} is a database of another program. It was not touched. \
         Choose another data folder, or move that file away.", path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// May be read, but not written.
    #[error("{} cannot be written. Nothing was changed. Check who owns the file and its folder, and that the disk is not read-only.", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Damaged while it was open.
    #[error(
        "The database is damaged. Nothing was changed. `particle doctor` says more; `particle backup list` \
         shows what can be restored, and restoring moves the damaged file aside, it deletes nothing."
    )]
    Damaged(#[source] sqlx::Error),
    /// A backup that cannot take the place of the profile.
    #[error("The backup {} is damaged. Nothing was changed; choose another one.", path.display())]
    BackupDamaged {
        /// The file.
        path: PathBuf,
    },
    /// No space left.
    #[error("The disk is full. What was kept is safe; free some space and try again.")]
    DiskFull(#[source] sqlx::Error),
    /// Locked by another process for longer than the time-out.
    #[error("Another program holds the database. Nothing was changed; try again in a moment.")]
    Busy(#[source] sqlx::Error),
    /// The operating system refused.
    #[error("{} cannot be opened: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A row that no version of this program writes.
    // The value itself may be a person's text, and this sentence is logged.
    #[error(
        "The database holds a {what} that cannot be read. Nothing was changed. Keep a copy of the data folder."
    )]
    Unreadable {
        /// What kind of value.
        what: &'static str,
        /// The value.
        found: String,
    },
    /// What was asked does not fit the row.
    #[error(transparent)]
    Declined(#[from] Declined),
    /// The row cannot hold that value.
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
    /// A file of the database cannot be read or written.
    #[error(
        "The disk did not do what the database asked. Nothing was changed; see whether the disk and its folder are there and can be written. ({0})"
    )]
    Disk(#[source] sqlx::Error),
    /// Anything else that SQLite says.
    #[error("The database could not do that: {0}")]
    Sql(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("The database could not be brought up to date: {0}")]
    Migrate(#[source] MigrateError),
}

/// SQLite's primary result codes, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const BUSY: i64 = 5;
    pub(super) const LOCKED: i64 = 6;
    pub(super) const READ_ONLY: i64 = 8;
    pub(super) const IO: i64 = 10;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const CANNOT_OPEN: i64 = 14;
    pub(super) const NOT_A_DATABASE: i64 = 26;
    /// An extended code: no room for the index of the log, which is its first need of space.
    pub(super) const NO_ROOM_FOR_INDEX: i64 = 4874;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let extended = extended_code(&error);
        if extended == Some(code::NO_ROOM_FOR_INDEX) {
            return Self::DiskFull(error);
        }
        match extended.map(|code| code & 0xff) {
            Some(code::BUSY | code::LOCKED) => Self::Busy(error),
            Some(code::READ_ONLY) => Self::ReadOnly {
                path: PathBuf::from("The database"),
            },
            Some(code::CORRUPT | code::NOT_A_DATABASE) => Self::Damaged(error),
            Some(code::FULL) => Self::DiskFull(error),
            Some(code::IO | code::CANNOT_OPEN) => Self::Disk(error),
            _ => Self::Sql(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Migrate(other),
        }
    }
}

fn extended_code(error: &sqlx::Error) -> Option<i64> {
    let code = error.as_database_error().and_then(DatabaseError::code)?;
    code.parse().ok()
}
