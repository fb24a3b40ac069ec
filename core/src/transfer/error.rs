//! Why a file cannot be imported. Single rows that cannot are skipped and reported instead.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A file that cannot be imported.
#[derive(Debug, Error)]
pub enum TransferError {
    /// The operating system refused.
    #[error("{} cannot be read: {source}. Nothing was changed.", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The operating system refused when some of it had been taken in.
    #[error(
        "{} cannot be read to its end: {source}. What was taken in is kept; import the file again once it \
         can be read.", path.display()
    )]
    Interrupted {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder, a device, a pipe.
    #[error("{} is no file. Nothing was changed. Name a file that an export wrote.", path.display())]
    NoFile {
        /// What was named.
        path: PathBuf,
    },
    /// Beyond [`FILE_BYTES_MAX`](super::source::FILE_BYTES_MAX).
    #[error("{} is too large to be an export. Nothing was changed.", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Of no form that is known.
    #[error(
        "{} is nothing that Particle can import. Nothing was changed. It imports what \
         `particle export` wrote, and the database of Pomotroid or its table `sessions` as CSV.",
        path.display()
    )]
    Unknown {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer version.
    #[error(
        "{} was exported by a newer version of Particle (form {found}, this one knows {known}). \
         Nothing was changed. Update Particle to import it.", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: u64,
        /// The newest form that this version knows.
        known: u64,
    },
    /// The running Particle is told the path as text.
    #[error("The path {} is no text. Nothing was changed. Rename the file and try again.", path.display())]
    PathNotText {
        /// The path.
        path: PathBuf,
    },
}
