//! The folder of a running cluster: its socket, its log, and its data if it is not kept. Locked as
//! long as anyone lives who would remove it, so that the next start can tell what is left over.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::programs::Programs;
use crate::error::LocalError;

/// How the names of these folders begin. Nothing else is ever swept.
const PREFIX: &str = "local-supabase-";
/// A socket's path has at most 103 bytes on every system; this leaves room for its file name.
const PATH_BYTES_MAX: usize = 80;
/// Used when the folder for temporary files has a longer path.
const SHORT_TEMP: &str = "/tmp";
const LOCK: &str = "lock";
const DATA: &str = "data";

/// A folder that only root and the user of PostgreSQL can enter. Removed when dropped, unless it
/// was kept for somebody else to remove.
pub(crate) struct RunFolder {
    folder: TempDir,
    lock: File,
}

impl RunFolder {
    /// Makes one, locked.
    pub(crate) fn create(programs: &Programs) -> Result<Self, LocalError> {
        let unable = || LocalError::system("a temporary folder could not be made");
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(temp())
            .map_err(unable())?;
        // Locked before it has its name: a sweep in between cannot take it for left over.
        let unnamed = folder.path().join("lock.new");
        let lock = File::create_new(&unnamed).map_err(unable())?;
        lock.try_lock().map_err(|error| unable()(error.into()))?;
        fs::rename(&unnamed, folder.path().join(LOCK)).map_err(unable())?;
        if let Some(user) = programs.user() {
            chown(folder.path(), Some(user.uid), Some(user.gid)).map_err(unable())?;
        }
        programs.check_reachable(folder.path())?;
        Ok(Self { folder, lock })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where PostgreSQL finds its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.path().join(DATA)
    }

    /// The lock, for another process to hold on to.
    pub(crate) fn lock(&self) -> Result<File, LocalError> {
        let unable = LocalError::system("the lock of a folder could not be shared");
        self.lock.try_clone().map_err(unable)
    }

    /// From now on somebody else removes the folder.
    pub(crate) fn keep(self) -> (PathBuf, File) {
        (self.folder.keep(), self.lock)
    }
}

/// Makes `link` stand for `data`, so that a sweep finds what runs there.
pub(crate) fn point_to(link: &Path, data: &Path) -> Result<(), LocalError> {
    symlink(data, link).map_err(LocalError::system("a link could not be made"))
}

/// Removes folders of clusters whose processes are gone, and stops a PostgreSQL that has outlived
/// them. What cannot be removed stays for the next time.
pub(crate) fn sweep(programs: &Programs) {
    let Ok(entries) = fs::read_dir(temp()) else {
        return;
    };
    for entry in entries.flatten() {
        let is_named = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let is_ours = entry
            .metadata()
            .is_ok_and(|metadata| metadata.is_dir() && programs.is_ours(&metadata));
        if is_named && is_ours {
            sweep_folder(programs, &entry.path());
        }
    }
}

fn sweep_folder(programs: &Programs, folder: &Path) {
    let Ok(lock) = File::open(folder.join(LOCK)) else {
        return;
    };
    if lock.try_lock().is_err() {
        return;
    }
    if is_listening(folder) {
        let data = folder.join(DATA).display().to_string();
        let stop = ["stop", "-D", &data, "-m", "immediate", "-s"];
        if let Err(error) = programs.run_server("pg_ctl", &stop) {
            tracing::warn!(%error, "a PostgreSQL that was left running could not be stopped");
            return;
        }
    }
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::warn!(%error, folder = %folder.display(), "a folder that was left over stays");
    }
}

/// Whoever listens on a socket in this folder is the PostgreSQL that was started for it; its
/// process number alone could by now be another's.
fn is_listening(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| UnixStream::connect(entry.path()).is_ok())
}

fn temp() -> PathBuf {
    let temp = std::env::temp_dir();
    if temp.as_os_str().len() > PATH_BYTES_MAX {
        return PathBuf::from(SHORT_TEMP);
    }
    temp
}
