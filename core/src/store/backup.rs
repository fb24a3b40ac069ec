//! Backups: the whole profile in a file, named by its day.
//!
//! They are made by `vacuum into`: it reads one transaction beside everybody else, never starts again
//! because of a write, copies rows and not pages, so that damage makes it fail and does not travel, and
//! keeps the application id. SQLite's backup API can be had through a raw handle only, and this crate has
//! no unsafe code. What it writes is not synced to the disk by SQLite, so that is done here, before the
//! file gets its name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;
use sqlx::Row;

use super::profile::{self, with_suffix};
use super::{Store, StoreError};
use crate::folder::create_private;

/// So many of the daily ones are kept, and so many of those made by hand.
pub const BACKUPS_MAX: usize = 7;

/// What the name of a backup ends with while it is made.
const UNFINISHED: &str = "-unfinished";

/// Nobody takes so long to make one.
const ABANDONED_AFTER: std::time::Duration = std::time::Duration::from_hours(1);

const BEFORE_ITS_NAME: &str = "local-";
const AFTER_ITS_NAME: &str = ".db";

/// A copy of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// The day it was made on, like 2026-03-01, or, made by hand, the moment, like
    /// 2026-03-01T173000Z.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// What a backup is named after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// This day, which has one.
    Day(NaiveDate),
    /// A person wanted one at this moment.
    Wanted(DateTime<Utc>),
}

impl Occasion {
    const DAY: &'static str = "%Y-%m-%d";
    const MOMENT: &'static str = "%Y-%m-%dT%H%M%SZ";

    fn name(self) -> String {
        match self {
            Self::Day(day) => day.format(Self::DAY).to_string(),
            Self::Wanted(moment) => moment.format(Self::MOMENT).to_string(),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let day = NaiveDate::parse_from_str(name, Self::DAY).map(Self::Day);
        let moment = NaiveDateTime::parse_from_str(name, Self::MOMENT);
        day.or(moment.map(|m| Self::Wanted(m.and_utc()))).ok()
    }
}

impl Store {
    /// Whether there is anything to keep a copy of.
    pub async fn was_ever_used(&self) -> Result<bool, StoreError> {
        let query = "select last_stamp > '000000000000000000000000' from logical_clock";
        Ok(sqlx::query(query).fetch_one(&self.pool).await?.try_get(0)?)
    }

    /// Copies everything into a file of `folder`, and removes what is then too old. One that has its
    /// name already is replaced when the new one is whole.
    pub async fn back_up(&self, folder: &Path, occasion: Occasion) -> Result<Backup, StoreError> {
        let name = occasion.name();
        let path = folder.join(format!("{BEFORE_ITS_NAME}{name}{AFTER_ITS_NAME}"));
        // Of this process alone: another one may be making its own.
        let unfinished = with_suffix(&path, &format!(".{}{UNFINISHED}", std::process::id()));
        create_private(folder).map_err(io_error(folder))?;
        remove_abandoned(folder)?;
        remove_leftover(&unfinished)?;
        let copied = sqlx::query("vacuum into ?")
            .bind(unfinished.to_string_lossy().into_owned())
            .execute(&self.pool)
            .await;
        let finished = copied
            .map_err(StoreError::from)
            .and_then(|_| put(&unfinished, &path));
        if finished.is_err() {
            // Half a copy would only take the space that is missing.
            remove_leftover(&unfinished)?;
        }
        finished?;
        let backups = list(folder)?;
        remove_old(&backups, &name)?;
        let made = backups.into_iter().find(|backup| backup.name == name);
        made.ok_or_else(|| io_error(&path)(io::ErrorKind::NotFound.into()))
    }
}

/// The backups of `folder`, newest first.
pub fn list(folder: &Path) -> Result<Vec<Backup>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(io_error(folder))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(io_error(folder))?;
        let file_name = entry.file_name();
        let Some(name) = file_name.to_str().and_then(name_of) else {
            continue;
        };
        let metadata = entry.metadata().map_err(io_error(&entry.path()))?;
        found.push(Backup {
            name: name.into(),
            path: entry.path(),
            bytes: metadata.len(),
            made_at: metadata.modified().map_err(io_error(&entry.path()))?.into(),
        });
    }
    found.sort_by(|a, b| b.name.cmp(&a.name));
    Ok(found)
}

/// Puts `backup` in the place of the profile at `path`, which nobody may have open. What was there is
/// moved aside, with its log, and the answer says where. Nothing is touched when the backup is damaged,
/// of a newer version, or no profile.
pub async fn restore(
    backup: &Path,
    path: &Path,
    now: DateTime<Utc>,
) -> Result<Option<PathBuf>, StoreError> {
    profile::require_whole(backup).await?;
    let unfinished = with_suffix(path, "-restoring");
    fs::copy(backup, &unfinished).map_err(io_error(&unfinished))?;
    sync(&unfinished)?;
    // A log without its file would be read into the one that comes.
    let is_there = |suffix: &&str| with_suffix(path, suffix).exists();
    let aside = ["", "-wal", "-journal"].iter().any(is_there);
    let aside = aside.then(|| profile::move_aside(path, "replaced", now));
    let aside = aside.transpose()?;
    put(&unfinished, path)?;
    Ok(aside)
}

/// Gives a finished file its name; both survive a loss of power after it.
fn put(unfinished: &Path, path: &Path) -> Result<(), StoreError> {
    sync(unfinished)?;
    fs::rename(unfinished, path).map_err(io_error(path))?;
    match path.parent() {
        // Windows cannot open a folder, and has no need to.
        Some(folder) if cfg!(unix) => sync(folder),
        _ => Ok(()),
    }
}

fn sync(path: &Path) -> Result<(), StoreError> {
    let file = if path.is_dir() {
        File::open(path)
    } else {
        File::options().write(true).open(path)
    };
    file.and_then(|file| file.sync_all())
        .map_err(io_error(path))
}

/// Removes what is too old, but never the one just made, whatever the clock said for the others.
fn remove_old(backups: &[Backup], made: &str) -> Result<(), StoreError> {
    let is_daily =
        |backup: &&Backup| matches!(Occasion::parse(&backup.name), Some(Occasion::Day(_)));
    let (daily, wanted): (Vec<_>, Vec<_>) = backups.iter().partition(is_daily);
    let too_old = [daily, wanted]
        .into_iter()
        .flat_map(|kind| kind.into_iter().skip(BACKUPS_MAX))
        .filter(|backup| backup.name != made);
    for backup in too_old {
        remove(&backup.path)?;
    }
    Ok(())
}

/// Removes what processes left that died on the way.
fn remove_abandoned(folder: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(io_error(folder))?.flatten() {
        let is_unfinished = entry.file_name().to_string_lossy().contains(UNFINISHED);
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|modified| modified.elapsed().ok());
        if is_unfinished && age.is_some_and(|age| age > ABANDONED_AFTER) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn remove_leftover(unfinished: &Path) -> Result<(), StoreError> {
    remove(&with_suffix(unfinished, "-journal"))?;
    remove(unfinished)
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn name_of(file_name: &str) -> Option<&str> {
    let name = file_name
        .strip_prefix(BEFORE_ITS_NAME)?
        .strip_suffix(AFTER_ITS_NAME)?;
    Occasion::parse(name).map(|_| name)
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> StoreError {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            StoreError::DiskFull(sqlx::Error::Io(source))
        }
        _ => StoreError::Io {
            path: path.into(),
            source,
        },
    }
}
