//! Backups: the whole profile in a file, named by its day.
//!
//! They are made by `vacuum into`: it reads one transaction beside everybody else, never starts again
//! because of a write, copies rows and not pages, so that damage makes it fail and does not travel, and
//! keeps the application id. SQLite's backup API can be had through a raw handle only, and this crate has
//! no unsafe code. What it writes is not synced to the disk by SQLite, so that is done here, before the
//! file gets its name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;
use sqlx::Row;

use super::files::{
    io_error, on_a_thread, put, remove, remove_logs, remove_with_logs, with_suffix,
};
use super::{Store, StoreError, profile};
use crate::folder::create_private;

pub use super::restore::restore;

/// So many of the daily ones are kept, and so many of those made by hand. The one that holds the most
/// particles, deleted ones too, is never removed: after a loss it is the one that is wanted.
pub const BACKUPS_MAX: usize = 7;

/// What the name of a backup ends with while it is made.
const UNFINISHED: &str = "-unfinished";

/// Nobody takes so long to make one.
const ABANDONED_AFTER: std::time::Duration = std::time::Duration::from_hours(1);

const BEFORE_ITS_NAME: &str = "local-";
const AFTER_ITS_NAME: &str = ".db";

/// A copy of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Backup {
    /// The day it was made on, like 2026-03-01, or, made by hand, the moment, like
    /// 2026-03-01T173000Z.
    pub name: String,
    /// The day in its name.
    #[serde(skip)]
    pub day: NaiveDate,
    /// The file.
    pub path: PathBuf,
    /// How large it is.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
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

    pub(crate) fn name(self) -> String {
        match self {
            Self::Day(day) => day.format(Self::DAY).to_string(),
            Self::Wanted(moment) => moment.format(Self::MOMENT).to_string(),
        }
    }

    fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Wanted(moment) => moment.date_naive(),
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
        self.back_up_sparing(None, folder, occasion).await
    }

    /// As [`Store::back_up`], and does not remove the one called `spared`, however old it is.
    pub async fn back_up_sparing(
        &self,
        spared: Option<&str>,
        folder: &Path,
        occasion: Occasion,
    ) -> Result<Backup, StoreError> {
        let name = occasion.name();
        let path = folder.join(format!("{BEFORE_ITS_NAME}{name}{AFTER_ITS_NAME}"));
        // Of this process alone: another one may be making its own.
        let unfinished = with_suffix(&path, &format!(".{}{UNFINISHED}", std::process::id()));
        create_private(folder).map_err(io_error(folder))?;
        remove_abandoned(folder)?;
        remove_with_logs(&unfinished)?;
        let copied = sqlx::query("vacuum into ?")
            .bind(unfinished.to_string_lossy().into_owned())
            .execute(&self.pool)
            .await;
        let finished = match copied {
            Ok(_) => finish(&unfinished, &path).await,
            Err(error) => Err(error.into()),
        };
        if finished.is_err() {
            // Half a copy would only take the space that is missing.
            remove_with_logs(&unfinished)?;
        }
        finished?;
        let backups = list(folder)?;
        remove_old(&backups, [Some(&*name), spared]).await?;
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
        let Some((name, occasion)) = file_name.to_str().and_then(parse_file_name) else {
            continue;
        };
        let metadata = entry.metadata().map_err(io_error(&entry.path()))?;
        found.push(Backup {
            name: name.into(),
            day: occasion.day(),
            path: entry.path(),
            bytes: metadata.len(),
            made_at: metadata.modified().map_err(io_error(&entry.path()))?.into(),
        });
    }
    found.sort_by(|a, b| b.name.cmp(&a.name));
    Ok(found)
}

/// Gives a copy its name. What a log of another file of that name says is none of it.
async fn finish(unfinished: &Path, path: &Path) -> Result<(), StoreError> {
    let (from, to) = (unfinished.to_path_buf(), path.to_path_buf());
    on_a_thread(path, move || {
        remove_logs(&to)?;
        put(&from, &to)
    })
    .await
}

/// Removes what is too old, but never the one just made, whatever the clock said for the others, nor another one
/// that is `spared`, and never the one that holds the most.
async fn remove_old(backups: &[Backup], spared: [Option<&str>; 2]) -> Result<(), StoreError> {
    let is_daily =
        |backup: &&Backup| matches!(Occasion::parse(&backup.name), Some(Occasion::Day(_)));
    let (daily, wanted): (Vec<_>, Vec<_>) = backups.iter().partition(is_daily);
    let too_old: Vec<_> = [daily, wanted]
        .into_iter()
        .flat_map(|kind| kind.into_iter().skip(BACKUPS_MAX))
        .filter(|backup| !spared.contains(&Some(&*backup.name)))
        .collect();
    if too_old.is_empty() {
        return Ok(());
    }
    let fullest = fullest(backups).await;
    for backup in too_old {
        if fullest != Some(&backup.name) {
            remove_with_logs(&backup.path)?;
        }
    }
    Ok(())
}

/// The name of the one that holds the most particles, of several the newest.
async fn fullest(backups: &[Backup]) -> Option<&String> {
    let mut fullest = None;
    let mut most = 0;
    for backup in backups {
        // One that cannot be read holds nothing.
        let particles = profile::count_particles(&backup.path).await.unwrap_or(0);
        if particles > most {
            (fullest, most) = (Some(&backup.name), particles);
        }
    }
    fullest
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

fn parse_file_name(file_name: &str) -> Option<(&str, Occasion)> {
    let name = file_name
        .strip_prefix(BEFORE_ITS_NAME)?
        .strip_suffix(AFTER_ITS_NAME)?;
    Some((name, Occasion::parse(name)?))
}
