//! Files beside a profile: named, synced, renamed and removed so that a loss of power finds either the one
//! state or the other.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;

/// What SQLite may leave beside a file.
pub(super) const LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What the names of the files beside `path` that begin with its own go on with.
pub(super) fn beside(path: &Path) -> Result<Vec<String>, StoreError> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok(Vec::new());
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(access_error(folder))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(access_error(folder))?.file_name();
        let entry = entry.to_string_lossy();
        found.extend(entry.strip_prefix(&*name.to_string_lossy()).map(Into::into));
    }
    found.sort();
    Ok(found)
}

/// Gives a finished file its name; both survive a loss of power after it.
pub(super) fn put(unfinished: &Path, path: &Path) -> Result<(), StoreError> {
    sync(unfinished)?;
    rename(unfinished, path)
}

/// Renames a file for good.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(io_error(to))?;
    match to.parent() {
        // Windows cannot open a folder, and has no need to.
        Some(folder) if cfg!(unix) => sync(folder),
        _ => Ok(()),
    }
}

/// Removes a file, if it is there, and what SQLite left beside it.
pub(super) fn remove_with_logs(path: &Path) -> Result<(), StoreError> {
    remove_logs(path)?;
    remove(path)
}

/// Removes what SQLite left beside a file.
pub(super) fn remove_logs(path: &Path) -> Result<(), StoreError> {
    LOGS.iter()
        .try_for_each(|log| remove(&with_suffix(path, log)))
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Does what blocks, like a sync of a large file, where nobody waits for anything else.
pub(super) async fn on_a_thread<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| io_error(path)(io::Error::other(error)))?
}

pub(super) fn io_error(path: &Path) -> impl Fn(io::Error) -> StoreError {
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

/// As [`io_error`], of a file that has to be there and writable.
pub(super) fn access_error(path: &Path) -> impl Fn(io::Error) -> StoreError {
    move |source| match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { path: path.into() }
        }
        _ => StoreError::Io {
            path: path.into(),
            source,
        },
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
