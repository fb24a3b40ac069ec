//! The data folder: what lies where, and who owns it. Every other place (the lock, the socket, the
//! web view's data) derives from it, so that another folder is another machine.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use thiserror::Error;

mod profiles;

pub(crate) use profiles::COMING_IN;
pub use profiles::ProfileFiles;

/// A folder that holds everything Particle keeps on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFolder(PathBuf);

/// The right to run the timer of a data folder. The operating system takes it back when the process
/// ends, in whatever way.
#[derive(Debug)]
pub struct Ownership {
    _lock: File,
}

/// The folder cannot be used.
#[derive(Debug, Error)]
pub enum FolderError {
    /// No home folder is known.
    #[error(
        "No home folder is known here. Name a data folder with --data-dir or PARTICLE_DATA_DIR."
    )]
    NoHome,
    /// The operating system refused.
    #[error("The data folder {} cannot be used: {source}. Check who owns it, or choose another.", path.display())]
    Io {
        /// The folder or a file in it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file that names the open profile was changed by somebody else.
    #[error(
        "The file {} names no profile. Nothing was changed; remove it, and Particle opens the profile without \
         an account.", path.display()
    )]
    Pointer {
        /// The file.
        path: PathBuf,
    },
}

impl DataFolder {
    /// `chosen` if given, else the platform's folder for data.
    pub fn locate(chosen: Option<PathBuf>) -> Result<Self, FolderError> {
        let path = match chosen {
            Some(path) => {
                std::path::absolute(&path).map_err(|source| FolderError::Io { path, source })?
            }
            None => ProjectDirs::from("app", "Particle", "Particle")
                .map(|dirs| dirs.data_local_dir().to_path_buf())
                .ok_or(FolderError::NoHome)?,
        };
        Ok(Self(path))
    }

    /// Makes what is missing of it; on Unix only its owner can look inside.
    pub fn create(&self) -> Result<(), FolderError> {
        for path in [
            &self.0,
            &self.profiles(),
            &self.logs(),
            &self.webview(),
            &self.sessions(),
        ] {
            create_private(path).map_err(|source| FolderError::Io {
                path: path.clone(),
                source,
            })?;
        }
        Ok(())
    }

    /// Takes the right to run the timer. `None` while another process has it.
    pub fn own(&self) -> Result<Option<Ownership>, FolderError> {
        let path = self.0.join("owner.lock");
        let io_error = |source| FolderError::Io {
            path: path.clone(),
            source,
        };
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(io_error)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Ownership { _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(io_error(source)),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where the owner says how it is reached.
    pub fn owner_address(&self) -> PathBuf {
        self.0.join("owner.address")
    }

    /// Where log files go.
    pub fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }

    /// Where the web view keeps its own files.
    pub fn webview(&self) -> PathBuf {
        self.0.join("webview")
    }

    /// Where sign-ins are kept, or said to be kept elsewhere.
    pub fn sessions(&self) -> PathBuf {
        self.0.join("sessions")
    }

    /// Window and look of this machine.
    pub fn window_settings(&self) -> PathBuf {
        self.0.join("window.json")
    }

    fn profiles(&self) -> PathBuf {
        self.0.join("profiles")
    }
}

/// Makes a folder that nobody else can look into, and those above it.
#[cfg(unix)]
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

/// Makes a folder, and those above it.
#[cfg(not(unix))]
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}
