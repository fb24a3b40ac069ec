//! What went wrong, as it crosses to a window, a terminal or a socket: one code of a closed set, and a
//! sentence.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::engine::EngineError;
use crate::folder::FolderError;
use crate::model::InvalidValue;
use crate::store::{Declined, PomotroidError, StoreError};
use crate::timer::Refused;
use crate::transfer::TransferError;

/// Anything that a command can end with.
#[derive(Debug, Error)]
pub enum AppError {
    /// A value that cannot be kept.
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
    /// The timer or its storage.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The file to import.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// The database to import.
    #[error(transparent)]
    Pomotroid(#[from] PomotroidError),
    /// Another process owns the data folder and does not answer.
    #[error(
        "Another Particle uses this data folder and does not answer. Nothing was changed; quit it and try again."
    )]
    InUse,
    /// Another process owns the data folder and answers.
    #[error("Particle runs on this data folder already. It goes on, and nothing was changed.")]
    Owned,
    /// Another process owns the data folder, and must not while this is done.
    #[error(
        "Particle is running on this data folder. Nothing was changed; quit it, then try again."
    )]
    Running,
    /// Its process ends, or makes room for the app.
    #[error(
        "Particle is closing, so the import was stopped. What was taken in is kept; import the file again \
         and the rest follows."
    )]
    ImportStopped,
    /// Nothing has this name.
    #[error(
        "There is no backup \u{201c}{0}\u{201d} here. Nothing was changed; `particle backup list` shows what there is."
    )]
    NoBackup(String),
    /// The process that owns the data folder answered with an error.
    #[error("{}", .0.message)]
    Elsewhere(ErrorView),
    /// The process that owns the data folder could not be understood.
    #[error(
        "The running Particle did not answer: {0}. See what `particle status` says before you try again."
    )]
    Unreachable(#[source] std::io::Error),
}

/// An error as it crosses a border.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[error("{message}")]
pub struct ErrorView {
    /// For programs.
    pub code: ErrorCode,
    /// For people: what happened, what is safe, what to do next. In English.
    pub message: String,
}

/// The closed set of things that can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Nothing runs.
    TimerIdle,
    /// Something runs already.
    TimerBusy,
    /// Only a running focus can do that.
    TimerNotRunning,
    /// Only a paused focus can do that.
    TimerNotPaused,
    /// There is no break to skip.
    TimerNoBreak,
    /// No ending that can be taken back.
    TimerNothingToUndo,
    /// The computer did not sleep.
    TimerNoSleep,
    /// The gap of a sleep is too long to be counted.
    TimerGapTooLong,
    /// Meant for a state that is gone.
    StaleCommand,
    /// A length out of its range.
    LengthOutOfRange,
    /// A task of more than 200 characters.
    TaskTooLong,
    /// A project name that is empty, of more than 50 characters, or the word for no project.
    NameInvalid,
    /// An intention that is empty or of more than 200 characters.
    IntentionInvalid,
    /// Not a date.
    DateInvalid,
    /// A brightness outside of 0.3 to 1.0.
    BrightnessOutOfRange,
    /// A setting that does not exist, or cannot have that value.
    SettingInvalid,
    /// A text that cannot be stored.
    TextInvalid,
    /// A time that contradicts itself or lies in the future.
    TimeInvalid,
    /// Not an id.
    IdInvalid,
    /// Nothing has this id or name.
    NotFound,
    /// More than one project has this name.
    NameAmbiguous,
    /// Deleted, so that it can only be restored.
    IsDeleted,
    /// Not deleted, so that it cannot be restored.
    NotDeleted,
    /// Deleted too long ago to be restored.
    RestoreTooLate,
    /// The database is of a newer version.
    DatabaseNewer,
    /// The database is another program's.
    DatabaseForeign,
    /// The database cannot be written.
    DatabaseReadOnly,
    /// The database is damaged.
    DatabaseDamaged,
    /// The database is held by another process.
    DatabaseBusy,
    /// A file that cannot be imported.
    FileUnknown,
    /// A file that a newer version exported.
    FileNewer,
    /// No space left.
    DiskFull,
    /// Another process owns the data folder and does not answer.
    ProfileInUse,
    /// The operating system refused.
    Io,
    /// A fault of the program.
    Internal,
}

impl AppError {
    /// The error as it crosses to a window, a terminal or a socket.
    pub fn view(&self) -> ErrorView {
        match self {
            Self::Elsewhere(view) => view.clone(),
            _ => ErrorView {
                code: self.code(),
                message: self.to_string(),
            },
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(error) => error.code(),
            Self::Engine(EngineError::Refused(refused)) => refused.code(),
            Self::Engine(EngineError::Stale) => ErrorCode::StaleCommand,
            Self::Engine(EngineError::Store(error)) | Self::Store(error) => error.code(),
            Self::Engine(EngineError::Closed) => ErrorCode::Internal,
            Self::Folder(_) | Self::Unreachable(_) => ErrorCode::Io,
            Self::Transfer(error) => error.code(),
            Self::Pomotroid(_) => ErrorCode::FileUnknown,
            Self::InUse | Self::Owned | Self::Running | Self::ImportStopped => {
                ErrorCode::ProfileInUse
            }
            Self::NoBackup(_) => ErrorCode::NotFound,
            Self::Elsewhere(view) => view.code,
        }
    }
}

impl InvalidValue {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Length { .. } => ErrorCode::LengthOutOfRange,
            Self::TaskTooLong { .. } => ErrorCode::TaskTooLong,
            Self::NameLength { .. } | Self::NameReserved(_) => ErrorCode::NameInvalid,
            Self::IntentionLength { .. } => ErrorCode::IntentionInvalid,
            Self::Date(_) => ErrorCode::DateInvalid,
            Self::Brightness => ErrorCode::BrightnessOutOfRange,
            Self::Setting(_) | Self::SettingUnknown { .. } => ErrorCode::SettingInvalid,
            Self::NulInText => ErrorCode::TextInvalid,
            Self::Time(_) => ErrorCode::TimeInvalid,
            Self::Id(_) => ErrorCode::IdInvalid,
        }
    }
}

impl Refused {
    fn code(self) -> ErrorCode {
        match self {
            Self::Idle => ErrorCode::TimerIdle,
            Self::Busy => ErrorCode::TimerBusy,
            Self::NotRunning => ErrorCode::TimerNotRunning,
            Self::NotPaused => ErrorCode::TimerNotPaused,
            Self::NoBreak => ErrorCode::TimerNoBreak,
            Self::NothingToUndo => ErrorCode::TimerNothingToUndo,
            Self::NoSleep => ErrorCode::TimerNoSleep,
            Self::GapTooLong => ErrorCode::TimerGapTooLong,
        }
    }
}

impl TransferError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Io { .. } | Self::Interrupted { .. } => ErrorCode::Io,
            Self::Newer { .. } => ErrorCode::FileNewer,
            Self::NoFile { .. }
            | Self::TooLarge { .. }
            | Self::Unknown { .. }
            | Self::PathNotText { .. } => ErrorCode::FileUnknown,
        }
    }
}

impl StoreError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Newer { .. } => ErrorCode::DatabaseNewer,
            Self::Foreign { .. } => ErrorCode::DatabaseForeign,
            Self::ReadOnly { .. } => ErrorCode::DatabaseReadOnly,
            Self::Damaged(_) | Self::Unreadable { .. } | Self::BackupDamaged { .. } => {
                ErrorCode::DatabaseDamaged
            }
            Self::DiskFull(_) => ErrorCode::DiskFull,
            Self::Busy(_) => ErrorCode::DatabaseBusy,
            Self::Io { .. } | Self::Disk(_) => ErrorCode::Io,
            Self::Declined(declined) => declined.code(),
            Self::Invalid(error) => error.code(),
            Self::Sql(_) | Self::Migrate(_) => ErrorCode::Internal,
        }
    }
}

impl Declined {
    fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound { .. } => ErrorCode::NotFound,
            Self::AmbiguousName { .. } => ErrorCode::NameAmbiguous,
            Self::Deleted { .. } => ErrorCode::IsDeleted,
            Self::NotDeleted { .. } => ErrorCode::NotDeleted,
            Self::DeletedTooLongAgo { .. } => ErrorCode::RestoreTooLate,
        }
    }
}
