//! The file of a session: the tokens themselves, or the word that a keyring has them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Kept, Place, VaultError};
use crate::folder::create_private;

pub(super) fn read(place: &Place) -> Result<Option<Kept>, VaultError> {
    let path = place.file();
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| VaultError::Damaged),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(VaultError::Io { path, source }),
    }
}

/// Whole or not at all, and on disk when it returns.
pub(super) fn keep(place: &Place, kept: &Kept) -> Result<(), VaultError> {
    let path = place.file();
    let io_error = |source| VaultError::Io {
        path: path.clone(),
        source,
    };
    let bytes = serde_json::to_vec(kept).map_err(|error| io_error(error.into()))?;
    create_private(&place.folder).map_err(io_error)?;
    replace(&path, &bytes).map_err(io_error)
}

pub(super) fn forget(place: &Place) -> Result<(), VaultError> {
    let path = place.file();
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(VaultError::Io { path, source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Waits for the lock. The operating system frees it when its holder ends, in whatever way.
pub(super) fn lock(place: &Place) -> Result<File, VaultError> {
    let path = place.lock();
    let lock = || {
        create_private(&place.folder)?;
        let lock = private()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)?;
        lock.lock()?;
        Ok(lock)
    };
    lock().map_err(|source| VaultError::Io {
        path: path.clone(),
        source,
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished: PathBuf = path.with_extension("new");
    // Left by a process that was killed; its rights may be other ones.
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = private().create_new(true).write(true).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_folder(path)
}

/// Files that only their owner can read.
#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// A person's own folder is private on this system.
#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
}

/// The new name is on disk, too.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// A folder cannot be opened as a file here.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it has the face of its Unix twin")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
