//! The database of Pomotroid, another timer: read and never written. Its schema since version 1.0 has
//! one table that matters, `sessions`; before that there was no history.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use thiserror::Error;

use super::files::with_suffix;
use super::profile::is_missing_or_empty;
use crate::transfer::Session;

/// How many sessions one page holds.
const PAGE_ROWS: u32 = 500;

/// What a session needs; older and newer versions may have more.
const COLUMNS: &[&str] = &[
    "id",
    "started_at",
    "ended_at",
    "round_type",
    "duration_secs",
    "completed",
];

/// An open database of Pomotroid.
pub struct Pomotroid {
    path: PathBuf,
    connection: SqliteConnection,
}

/// Why there is no history in a database.
#[derive(Debug, Error)]
pub enum PomotroidError {
    /// It has another form.
    #[error(
        "{} is a database, but not one of Pomotroid. Nothing was changed. \
         Particle's own history is imported from what `particle export` wrote.", path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error(
        "{} cannot be read as a database: {source}. \
         What was imported before is kept; importing it again changes nothing.", path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The number of a row of `sessions`, and the row, or why it is none.
pub type FoundSession = (i64, Result<Session, &'static str>);

impl Pomotroid {
    /// Opens the database at `path` through a connection that cannot write.
    pub async fn open(path: &Path) -> Result<Self, PomotroidError> {
        let unreadable = |source: sqlx::Error| unreadable(path, source);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            // Nothing waits in a log, so nothing is made beside a file that is another program's.
            .immutable(is_missing_or_empty(&with_suffix(path, "-wal")))
            .pragma("trusted_schema", "off")
            .disable_statement_logging();
        let mut connection = options.connect().await.map_err(unreadable)?;
        // A view could go on for ever.
        let columns: Vec<String> = sqlx::query_scalar(
            "select lower(columns.name)
               from sqlite_schema, pragma_table_info('sessions') as columns
              where sqlite_schema.type = 'table' and sqlite_schema.name = 'sessions'",
        )
        .fetch_all(&mut connection)
        .await
        .map_err(unreadable)?;
        let is_known = |column: &&str| columns.iter().any(|found| found == column);
        if !COLUMNS.iter().all(is_known) {
            return Err(PomotroidError::Foreign { path: path.into() });
        }
        Ok(Self {
            path: path.into(),
            connection,
        })
    }

    /// How many sessions there are.
    pub async fn count(&mut self) -> Result<u64, PomotroidError> {
        let found: Result<i64, _> = sqlx::query_scalar("select count(*) from sessions")
            .fetch_one(&mut self.connection)
            .await;
        let count = found.map_err(|error| unreadable(&self.path, error))?;
        Ok(count.unsigned_abs())
    }

    /// The next sessions by row number after this one; none when that was all.
    pub async fn page(&mut self, after: i64) -> Result<Vec<FoundSession>, PomotroidError> {
        // The table may be of any program: a text is cut before it is fetched.
        let rows = sqlx::query(
            "select rowid as number, started_at, ended_at, substr(round_type, 1, 20) as round_type,
                    duration_secs, completed
               from sessions
              where rowid > ?
              order by rowid
              limit ?",
        )
        .bind(after)
        .bind(PAGE_ROWS)
        .fetch_all(&mut self.connection)
        .await
        .map_err(|error| unreadable(&self.path, error))?;
        let numbered = |row: &SqliteRow| {
            let number = row.try_get("number");
            let number = number.map_err(|error| unreadable(&self.path, error))?;
            Ok((number, session(row).map_err(|_| Session::MALFORMED)))
        };
        rows.iter().map(numbered).collect()
    }

    /// Closes it.
    pub async fn close(self) {
        // It was only read: nothing can be lost.
        drop(self.connection.close().await);
    }
}

fn session(row: &SqliteRow) -> Result<Session, sqlx::Error> {
    Ok(Session {
        started_at: row.try_get("started_at")?,
        ended_at: row.try_get("ended_at")?,
        round_type: row.try_get("round_type")?,
        duration_seconds: row.try_get("duration_secs")?,
        completed: row.try_get::<i64, _>("completed")? != 0,
    })
}

fn unreadable(path: &Path, source: sqlx::Error) -> PomotroidError {
    PomotroidError::Unreadable {
        path: path.into(),
        source: source.into(),
    }
}
