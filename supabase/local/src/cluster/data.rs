//! What lies in a data folder: made by `initdb`, and for a kept one the file that says it is ours
//! and is locked while it is in use.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::folder;
use super::programs::Programs;
use crate::cluster::SUPERUSER;
use crate::error::LocalError;

/// Says that a folder is ours; locked while someone uses it.
const MARK: &str = "local-supabase.lock";
/// The data of PostgreSQL in a kept folder.
const POSTGRES: &str = "postgres";
/// The same while `initdb` is at work: a half-made one is never taken for whole.
const UNFINISHED: &str = "postgres.new";
/// Sorts text as a hosted project does, so that a forgotten `collate "C"` shows.
const LANGUAGE: &str = "en-US";

/// A kept data folder, ours until this is dropped.
pub(crate) struct Data {
    folder: PathBuf,
    lock: File,
}

impl Data {
    /// Makes the folder if it is not there, and takes it.
    pub(crate) fn open(programs: &Programs, folder: &Path) -> Result<Self, LocalError> {
        let unable = || LocalError::system(format!("{} cannot be used", folder.display()));
        fs::create_dir_all(folder).map_err(unable())?;
        let folder = fs::canonicalize(folder).map_err(unable())?;
        let mark = folder.join(MARK);
        let is_empty = fs::read_dir(&folder).map_err(unable())?.next().is_none();
        if !is_empty && !mark.exists() {
            return Err(LocalError::FolderForeign { folder });
        }
        programs.check_reachable(&folder)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&mark)
            .map_err(unable())?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LocalError::FolderInUse { folder }),
            Err(TryLockError::Error(error)) => return Err(unable()(error)),
        }
        let data = Self { folder, lock };
        data.check_version(programs)?;
        Ok(data)
    }

    /// Lets `link` stand for the data, made now if it was not there.
    pub(crate) fn prepare(&self, programs: &Programs, link: &Path) -> Result<(), LocalError> {
        let postgres = self.folder.join(POSTGRES);
        if !postgres.exists() {
            let unable = || LocalError::system("the data folder could not be prepared");
            let unfinished = self.folder.join(UNFINISHED);
            if unfinished.exists() {
                fs::remove_dir_all(&unfinished).map_err(unable())?;
            }
            initialize(programs, &unfinished)?;
            fs::rename(&unfinished, &postgres).map_err(unable())?;
        }
        folder::point_to(link, &postgres)
    }

    /// The lock, for another process to hold on to.
    pub(crate) fn lock(&self) -> Result<File, LocalError> {
        let unable = LocalError::system("the lock of the data folder could not be shared");
        self.lock.try_clone().map_err(unable)
    }

    fn check_version(&self, programs: &Programs) -> Result<(), LocalError> {
        let Ok(found) = fs::read_to_string(self.folder.join(POSTGRES).join("PG_VERSION")) else {
            return Ok(());
        };
        let (found, installed) = (found.trim().to_owned(), programs.major_version()?);
        if found == installed {
            return Ok(());
        }
        Err(LocalError::OtherMajorVersion {
            folder: self.folder.clone(),
            found,
            installed,
        })
    }
}

/// Makes an empty cluster in `folder`, which is not there yet.
pub(crate) fn initialize(programs: &Programs, folder: &Path) -> Result<(), LocalError> {
    let unable = || LocalError::system(format!("{} could not be made", folder.display()));
    fs::create_dir(folder).map_err(unable())?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(unable())?;
    if let Some(user) = programs.user() {
        chown(folder, Some(user.uid), Some(user.gid)).map_err(unable())?;
    }
    let folder = folder.display().to_string();
    let language = format!("--icu-locale={LANGUAGE}");
    let arguments = [
        "--pgdata",
        &folder,
        "--username",
        SUPERUSER,
        "--encoding=UTF8",
        "--no-locale",
        "--locale-provider=icu",
        &language,
        "--auth-local=trust",
        "--auth-host=scram-sha-256",
        // Written out before the first start all the same, when the data is to be kept.
        "--no-sync",
        "--no-instructions",
    ];
    programs.run_server("initdb", &arguments)
}
