//! A backup takes the place of the profile. It is a copy first; the moment its name says that it comes in,
//! it is decided, and whoever opens the profile next finishes what a process that died had begun. So at
//! every moment the profile opens as what was there or as what was restored, and the other one is on the
//! disk.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::files::{self, LOGS, beside, io_error, on_a_thread, put, remove_with_logs, with_suffix};
use super::{StoreError, profile};
use crate::folder::COMING_IN;

/// A copy that is being made. Nobody needs one whose process died.
const UNFINISHED: &str = "-restoring";

/// Why the profile was moved aside.
const REPLACED: &str = "replaced";

/// Puts `backup` in the place of the profile at `path`, which nobody may have open. What was there is
/// moved aside, with its log, and the answer says where. Nothing is touched when the backup is damaged,
/// of a newer version, or no profile. What ran when it was made does not run in it any more: that focus
/// ended long ago, and is nobody's to be recorded again.
pub async fn restore(
    backup: &Path,
    path: &Path,
    now: DateTime<Utc>,
) -> Result<Option<PathBuf>, StoreError> {
    tidy(path)?;
    profile::require_whole(backup).await?;
    let unfinished = with_suffix(path, UNFINISHED);
    let ready = make_ready(backup, &unfinished).await;
    if ready.is_err() {
        // Half a copy would only take the space that is missing.
        remove_with_logs(&unfinished)?;
    }
    ready?;
    let moment = profile::free_moment(path, REPLACED, now);
    let coming = with_suffix(path, &format!("{COMING_IN}{moment}"));
    on_a_thread(path, move || put(&unfinished, &coming)).await?;
    tidy(path)
}

/// A copy of `backup` in one file, of which the timer does nothing.
async fn make_ready(backup: &Path, unfinished: &Path) -> Result<(), StoreError> {
    let (from, to) = (backup.to_path_buf(), unfinished.to_path_buf());
    on_a_thread(unfinished, move || copy_with_logs(&from, &to)).await?;
    let options = SqliteConnectOptions::new()
        .filename(unfinished)
        // What waits in a log comes into the file.
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    let mut copy = options.disable_statement_logging().connect().await?;
    // All that is kept of the timer is a length that was chosen.
    let idle = "update timer
                   set state = json_patch('{\"state\":\"idle\"}',
                                          json_object('length', state -> '$.length'))";
    sqlx::query(idle).execute(&mut copy).await?;
    Ok(copy.close().await?)
}

/// A log that somebody brought along with a backup belongs to it.
fn copy_with_logs(from: &Path, to: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-journal"] {
        let (from, to) = (with_suffix(from, suffix), with_suffix(to, suffix));
        if suffix.is_empty() || from.exists() {
            fs::copy(from, &to).map_err(io_error(&to))?;
        }
    }
    Ok(())
}

/// Whether a backup is decided to take the place of the profile at `path`.
pub(super) fn is_coming(path: &Path) -> Result<bool, StoreError> {
    Ok(coming(&beside(path)?).is_some())
}

/// Lets a backup in that was decided to come in, and removes half a copy; for who owns the profile, before
/// it is opened. The answer says where the profile went that was there, if one came in.
pub(super) fn tidy(path: &Path) -> Result<Option<PathBuf>, StoreError> {
    let beside = beside(path)?;
    if beside.iter().any(|rest| rest.starts_with(UNFINISHED)) {
        remove_with_logs(&with_suffix(path, UNFINISHED))?;
    }
    let Some(moment) = coming(&beside) else {
        return Ok(None);
    };
    let aside = aside(path, moment);
    // Of what is moved, the file is the last: while it is there, so is its name for its logs.
    for suffix in LOGS.into_iter().chain([""]) {
        let (from, to) = (with_suffix(path, suffix), with_suffix(&aside, suffix));
        if from.exists() {
            files::rename(&from, &to)?;
        }
    }
    files::rename(&with_suffix(path, &format!("{COMING_IN}{moment}")), path)?;
    let is_there = |suffix| with_suffix(&aside, suffix).exists();
    let is_aside = ["", "-wal", "-journal"].into_iter().any(is_there);
    Ok(is_aside.then_some(aside))
}

/// Where what is at `path` goes. While its file is there, none of it was moved yet but logs, so a file of
/// that moment is of another profile, in whose place somebody has made this one.
fn aside(path: &Path, moment: &str) -> PathBuf {
    let moment = if path.exists() {
        profile::numbered(path, REPLACED, moment)
    } else {
        moment.to_owned()
    };
    with_suffix(path, &format!(".{REPLACED}-{moment}"))
}

fn coming(beside: &[String]) -> Option<&str> {
    beside.iter().find_map(|rest| rest.strip_prefix(COMING_IN))
}
