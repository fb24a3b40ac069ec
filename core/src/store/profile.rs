//! Opening a profile's file: what is there is looked at before anything is written.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::files::{LOGS, access_error, beside, with_suffix};
use super::{StoreError, restore, search};

static MIGRATOR: Migrator = sqlx::migrate!();

/// "PART", in the header of every profile, so that a file of another program is recognised.
const APPLICATION_ID: i64 = 0x5041_5254;

/// How long a write waits for another process.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A file up to this size, some thousands of particles, is read whole at every opening; a larger one
/// only after a process that died with it open.
const CHECKED_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// One writer at a time and some readers beside it.
const MAX_CONNECTIONS: u32 = 4;

/// What stands at a path.
enum Found {
    Nothing,
    Profile,
    Damaged,
}

/// What a look at every page of a profile found.
#[derive(Debug)]
pub struct Examined {
    /// The newest migration that it has; 0 when it was never made to its end.
    pub schema: i64,
    /// What SQLite says is wrong; nothing when it is whole.
    pub problems: Vec<String>,
}

/// Opens or makes the profile at `path`. Also says where a damaged file was moved.
pub(super) async fn open(
    path: &Path,
    now: DateTime<Utc>,
) -> Result<(SqlitePool, Option<PathBuf>), StoreError> {
    restore::tidy(path)?;
    let found = inspect(path).await?;
    let moved_aside = match found {
        Found::Damaged => Some(move_aside(path, "damaged", now)?),
        Found::Nothing | Found::Profile => None,
    };
    match connect(path, matches!(found, Found::Profile)).await {
        Err(StoreError::ReadOnly { .. }) => Err(StoreError::ReadOnly { path: path.into() }),
        // Damage that shows itself only when the pages are used.
        Err(StoreError::Damaged(_)) if moved_aside.is_none() => {
            let aside = move_aside(path, "damaged", now)?;
            Ok((connect(path, false).await?, Some(aside)))
        }
        Err(error) => Err(error),
        Ok(pool) => Ok((pool, moved_aside)),
    }
}

async fn connect(path: &Path, exists: bool) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(false)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        // A full disk makes SQLite roll back by itself, and then sqlx counts one transaction too many on
        // that connection for ever, so that it can begin no other.
        .before_acquire(|connection, _| {
            let is_fit = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_fit) })
        })
        .connect_with(options)
        .await?;
    match prepare(&pool, exists).await {
        Ok(()) => Ok(pool),
        Err(error) => {
            // What is moved aside next must be closed: the last connection tidies up by name.
            pool.close().await;
            Err(error)
        }
    }
}

async fn prepare(pool: &SqlitePool, exists: bool) -> Result<(), StoreError> {
    if !exists {
        sqlx::query("pragma application_id = 0x50415254")
            .execute(pool)
            .await?;
    }
    MIGRATOR.run(pool).await?;
    search::fold_tasks(pool).await
}

/// Brings everything from the log into the file. Busy while another process reads an older state.
pub(super) async fn empty_log(pool: &SqlitePool) -> Result<(), StoreError> {
    let (is_busy, _, _): (bool, i64, i64) = sqlx::query_as("pragma wal_checkpoint(truncate)")
        .fetch_one(pool)
        .await?;
    if is_busy {
        return Err(StoreError::Busy(sqlx::Error::PoolTimedOut));
    }
    Ok(())
}

/// A connection that cannot write.
pub(super) async fn connect_for_reading(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT);
    let pool = SqlitePoolOptions::new().max_connections(1);
    Ok(pool
        .connect_with(options.disable_statement_logging())
        .await?)
}

/// Looks at `path` through a connection that cannot write, where that is enough.
async fn inspect(path: &Path) -> Result<Found, StoreError> {
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) if file.metadata().map_err(access_error(path))?.len() == 0 => {
            return Ok(Found::Nothing);
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(access_error(path)(error)),
    }
    match identify(path).await {
        Err(StoreError::Damaged(_)) => Ok(Found::Damaged),
        other => other,
    }
}

/// An error when the file cannot be written.
pub(super) fn require_writable(path: &Path) -> Result<(), StoreError> {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    opened.map(drop).map_err(access_error(path))
}

async fn identify(path: &Path) -> Result<Found, StoreError> {
    let mut connection = connect_to_look(path, true).await?;
    let found = look(path, &mut connection).await;
    connection.close().await?;
    found
}

async fn connect_to_look(path: &Path, is_alone: bool) -> Result<SqliteConnection, StoreError> {
    // A file that was just being made when its process died: only who may write can undo that half.
    let is_half_made = !is_missing_or_empty(&with_suffix(path, "-journal"));
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(!is_half_made)
        // Nothing waits in a log, so nothing is made beside a file that is then refused.
        .immutable(is_alone && !is_half_made && is_missing_or_empty(&with_suffix(path, "-wal")))
        .busy_timeout(BUSY_TIMEOUT);
    Ok(options.disable_statement_logging().connect().await?)
}

async fn look(path: &Path, connection: &mut SqliteConnection) -> Result<Found, StoreError> {
    let application_id: i64 = sqlx::query_scalar("pragma application_id")
        .fetch_one(&mut *connection)
        .await?;
    let tables = tables(&mut *connection).await?;
    if application_id != APPLICATION_ID && !tables.is_empty() {
        return Err(StoreError::Foreign { path: path.into() });
    }
    if has_migrations(&tables) {
        refuse_newer(path, migration(&mut *connection).await?)?;
    }
    let is_whole = is_whole(path, connection).await?;
    match application_id {
        _ if !is_whole => Ok(Found::Damaged),
        APPLICATION_ID => Ok(Found::Profile),
        _ => Ok(Found::Nothing), // made by a process that died before its first statement
    }
}

/// Whether a copy of a profile can take its place: an error when it is no profile, of a newer version,
/// or damaged.
pub(super) async fn require_whole(path: &Path) -> Result<(), StoreError> {
    match examine(path, true).await {
        Ok(examined) if examined.schema > 0 && examined.problems.is_empty() => Ok(()),
        Ok(_) | Err(StoreError::Damaged(_)) => Err(StoreError::BackupDamaged { path: path.into() }),
        Err(error) => Err(error),
    }
}

/// Reads every page of the profile at `path`, through a connection that cannot write.
pub(super) async fn examine(path: &Path, is_alone: bool) -> Result<Examined, StoreError> {
    let mut connection = connect_to_look(path, is_alone).await?;
    let examined = examine_open(path, &mut connection).await;
    connection.close().await?;
    examined
}

/// How many particles the closed profile at `path` holds, deleted ones included.
pub(super) async fn count_particles(path: &Path) -> Result<i64, StoreError> {
    let mut connection = connect_to_look(path, true).await?;
    let count = sqlx::query_scalar("select count(*) from particles")
        .fetch_one(&mut connection)
        .await;
    connection.close().await?;
    Ok(count?)
}

async fn examine_open(
    path: &Path,
    connection: &mut SqliteConnection,
) -> Result<Examined, StoreError> {
    let application_id: i64 = sqlx::query_scalar("pragma application_id")
        .fetch_one(&mut *connection)
        .await?;
    let tables = tables(&mut *connection).await?;
    if application_id != APPLICATION_ID && !tables.is_empty() {
        return Err(StoreError::Foreign { path: path.into() });
    }
    let mut schema = 0;
    if has_migrations(&tables) {
        schema = migration(&mut *connection).await?;
        refuse_newer(path, schema)?;
    }
    let verdict: Vec<String> = sqlx::query_scalar("pragma integrity_check(10)")
        .fetch_all(connection)
        .await?;
    Ok(Examined {
        schema,
        problems: verdict.into_iter().filter(|line| line != "ok").collect(),
    })
}

/// A bad page would otherwise be met in the middle of a command, or, where its end was cut off, read
/// as zeros without a word.
async fn is_whole(path: &Path, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let page_size: u64 = sqlx::query_scalar::<_, u32>("pragma page_size")
        .fetch_one(&mut *connection)
        .await?
        .into();
    let length = fs::metadata(path)
        .map_err(|source| StoreError::Io {
            path: path.into(),
            source,
        })?
        .len();
    let was_closed = is_missing_or_empty(&with_suffix(path, "-wal"));
    if was_closed && length % page_size != 0 {
        return Ok(false);
    }
    if was_closed && length > CHECKED_BYTES_MAX {
        return Ok(true);
    }
    let verdict: String = sqlx::query_scalar("pragma quick_check(1)")
        .fetch_one(connection)
        .await?;
    Ok(verdict == "ok")
}

/// The newest schema that this version knows.
pub(super) fn newest_schema() -> i64 {
    let versions = MIGRATOR.iter().map(|migration| migration.version);
    versions.max().unwrap_or(0)
}

pub(super) fn is_missing_or_empty(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |found| found.len() == 0)
}

async fn tables(connection: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let query = "select name from sqlite_schema where type = 'table'";
    Ok(sqlx::query_scalar(query).fetch_all(connection).await?)
}

fn has_migrations(tables: &[String]) -> bool {
    tables.iter().any(|table| table == "_sqlx_migrations")
}

/// The newest migration that it has.
async fn migration(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let query = "select coalesce(max(version), 0) from _sqlx_migrations";
    Ok(sqlx::query_scalar(query).fetch_one(connection).await?)
}

fn refuse_newer(path: &Path, found: i64) -> Result<(), StoreError> {
    let known = newest_schema();
    if found > known {
        return Err(StoreError::Newer {
            path: path.into(),
            found,
            known,
        });
    }
    Ok(())
}

/// Renames a file and what SQLite left beside it, `why` in the new name; nothing is deleted.
fn move_aside(path: &Path, why: &str, now: DateTime<Utc>) -> Result<PathBuf, StoreError> {
    let moment = free_moment(path, why, now);
    let aside = with_suffix(path, &format!(".{why}-{moment}"));
    for suffix in LOGS.into_iter().chain([""]) {
        match fs::rename(with_suffix(path, suffix), with_suffix(&aside, suffix)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(StoreError::Io {
                    path: path.into(),
                    source: error,
                });
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(aside)
}

/// The files that were moved out of the way of the profile at `path`, by name.
pub(super) fn moved_aside(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let is_aside = |rest: &String| {
        let is_log = LOGS.iter().any(|log| rest.ends_with(log));
        !is_log && (rest.starts_with(".damaged-") || rest.starts_with(".replaced-"))
    };
    let found = beside(path)?.into_iter().filter(is_aside);
    Ok(found.map(|rest| with_suffix(path, &rest)).collect())
}

/// The moment as it stands in the name of a file that is moved aside, with a number if there is one of it.
pub(super) fn free_moment(path: &Path, why: &str, now: DateTime<Utc>) -> String {
    numbered(path, why, &now.format("%Y%m%dT%H%M%SZ").to_string())
}

/// `moment`, with a number if there is a file that was moved aside by that name.
pub(super) fn numbered(path: &Path, why: &str, moment: &str) -> String {
    let numbered = (2..).map(|n| format!("{moment}-{n}"));
    std::iter::once(moment.to_owned())
        .chain(numbered)
        .find(|moment| !with_suffix(path, &format!(".{why}-{moment}")).exists())
        .unwrap_or_else(|| moment.to_owned())
}

/// What sqlx keeps of the migration of `version` to know that it was not edited.
#[cfg(test)]
pub(super) fn checksum(version: i64) -> Vec<u8> {
    let mut migrations = MIGRATOR.iter();
    let found = migrations.find(|migration| migration.version == version);
    found.map(|m| m.checksum.to_vec()).unwrap_or_default()
}
