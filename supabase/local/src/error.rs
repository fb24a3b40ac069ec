//! Why a Supabase for this machine could not be had.

use std::io;
use std::path::PathBuf;

/// What can go wrong before the doors are open. Each message names the way out, or the cause.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// There are no server programs of PostgreSQL.
    #[error(
        "PostgreSQL is not installed: on Debian run `apt-get install postgresql`, elsewhere name \
         the folder of its programs in {}",
        crate::cluster::PROGRAMS_VARIABLE
    )]
    PostgresMissing,
    /// We are root and there is nobody to run PostgreSQL as, since it refuses root.
    #[error("PostgreSQL does not run as root, and there is no user `postgres` to run it as")]
    PostgresUserMissing,
    /// The operating system refused something.
    #[error("{doing}: {source}")]
    System {
        /// What was tried, with the file or program.
        doing: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ended with an error.
    #[error("{program} failed: {output}")]
    Program {
        /// Its name, or the name of the SQL file that it was given.
        program: String,
        /// What it had to say.
        output: String,
    },
    /// PostgreSQL ended, or was not ready in time.
    #[error("PostgreSQL did not start: {log}")]
    NotStarted {
        /// The end of its log.
        log: String,
    },
    /// The folder has something in it that this program did not put there.
    #[error("{} is not a data folder of local-supabase; name an empty folder or a new one", folder.display())]
    FolderForeign {
        /// The folder.
        folder: PathBuf,
    },
    /// We are root, PostgreSQL is not, and the way into the folder is closed to it.
    #[error(
        "PostgreSQL runs as the user `postgres` here, who cannot enter {}; name a folder that \
         this user can reach",
        folder.display()
    )]
    FolderUnreachable {
        /// The folder.
        folder: PathBuf,
    },
    /// Another process has the folder open.
    #[error("{} is in use by another local-supabase", folder.display())]
    FolderInUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The data was written by a PostgreSQL that cannot be read by the installed one.
    #[error("the data in {} belongs to PostgreSQL {found}, but PostgreSQL {installed} is installed", folder.display())]
    OtherMajorVersion {
        /// The folder.
        folder: PathBuf,
        /// The version that wrote it.
        found: String,
        /// The version that is installed.
        installed: String,
    },
    /// Another program listens there.
    #[error("port {port} is taken by another program")]
    PortTaken {
        /// The port that was asked for.
        port: u16,
    },
    /// A file in the data folder does not say what it has to.
    #[error("{} cannot be read: {source}", file.display())]
    FileUnreadable {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The database refused a connection or a statement.
    #[error("the database refused: {0}")]
    Database(#[from] tokio_postgres::Error),
}

impl LocalError {
    /// An error of the operating system while `doing` something.
    pub(crate) fn system(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::System { doing, source }
    }
}
