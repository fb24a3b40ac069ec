//! The codes: a closed set, and which error has which.

use serde::{Deserialize, Serialize};

use super::AppError;
use crate::engine::EngineError;
use crate::model::InvalidValue;
use crate::remote::{AccountError, Attention, Failure};
use crate::store::{Declined, StoreError};
use crate::sync::Setback;
use crate::timer::Refused;
use crate::transfer::TransferError;

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
    /// A project that is to be merged with itself.
    SameProject,
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
    /// No server is chosen.
    ServerMissing,
    /// An address or a key that cannot be one.
    ServerInvalid,
    /// The server cannot be reached.
    Offline,
    /// The server cannot answer at present.
    ServerUnavailable,
    /// The server is not one for this version of Particle, or does not know the key.
    ServerUnfit,
    /// The server refused, with a code that is not known here.
    ServerRefused,
    /// Nobody is signed in, or the server ended the session.
    NotSignedIn,
    /// The tokens of this device cannot be read or kept.
    SignInUnreadable,
    /// There is an account with this address already.
    AccountExists,
    /// The password is too weak.
    PasswordWeak,
    /// The password is the present one.
    PasswordSame,
    /// The server takes no new accounts.
    SignupDisabled,
    /// An address that is none.
    EmailInvalid,
    /// Unknown address or wrong password.
    CredentialsWrong,
    /// The address waits for its confirmation.
    EmailUnconfirmed,
    /// The account is shut out.
    AccountBanned,
    /// The code is wrong, used or too old.
    CodeWrong,
    /// No code can be sent to this address.
    CodesDisabled,
    /// Too many attempts, or too many mails.
    TooManyAttempts,
    /// A timer runs in the profile that would be left.
    ProfileBusy,
    /// Changes are not on the server yet.
    ChangesWait,
    /// The rows are of another account.
    OtherAccount,
    /// The operating system refused.
    Io,
    /// A fault of the program.
    Internal,
}

impl AppError {
    pub(super) fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(error) => error.code(),
            Self::Engine(EngineError::Refused(refused)) => refused.code(),
            Self::Engine(EngineError::Stale) => ErrorCode::StaleCommand,
            Self::Engine(EngineError::Store(error)) | Self::Store(error) => error.code(),
            Self::Engine(EngineError::Closed) => ErrorCode::Internal,
            Self::Folder(_) | Self::Unreachable(_) => ErrorCode::Io,
            Self::Transfer(error) => error.code(),
            Self::Pomotroid(_) => ErrorCode::FileUnknown,
            Self::InUse | Self::Owned | Self::Running | Self::Stopped => ErrorCode::ProfileInUse,
            Self::NoBackup(_) => ErrorCode::NotFound,
            Self::NoServer => ErrorCode::ServerMissing,
            Self::Server(_) => ErrorCode::ServerInvalid,
            Self::Account(error) => error.code(),
            Self::Vault(_) | Self::Stuck(_) => ErrorCode::SignInUnreadable,
            Self::NotSignedIn | Self::SignedOut { .. } => ErrorCode::NotSignedIn,
            Self::NotSynced { setback, .. } => setback.code(),
            Self::TimerRuns => ErrorCode::ProfileBusy,
            Self::ChangesWait { .. } => ErrorCode::ChangesWait,
            Self::OtherAccount => ErrorCode::OtherAccount,
            Self::Elsewhere(view) => view.code,
        }
    }
}

impl AccountError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::AlreadyRegistered => ErrorCode::AccountExists,
            Self::WeakPassword { .. } => ErrorCode::PasswordWeak,
            Self::SamePassword => ErrorCode::PasswordSame,
            Self::SignupDisabled => ErrorCode::SignupDisabled,
            Self::Invalid(_) => ErrorCode::EmailInvalid,
            Self::InvalidCredentials => ErrorCode::CredentialsWrong,
            Self::EmailNotConfirmed => ErrorCode::EmailUnconfirmed,
            Self::Banned => ErrorCode::AccountBanned,
            Self::CodeInvalid => ErrorCode::CodeWrong,
            Self::CodesDisabled => ErrorCode::CodesDisabled,
            Self::MailTooSoon(_) | Self::TooManyAttempts => ErrorCode::TooManyAttempts,
            Self::SessionOver => ErrorCode::NotSignedIn,
            Self::Refused { .. } => ErrorCode::ServerRefused,
            Self::Server(failure) => failure.code(),
        }
    }
}

impl Setback {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Remote { failure, .. } => failure.code(),
            Self::Local(_) => ErrorCode::Io,
        }
    }
}

impl Failure {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Unreachable(_) => ErrorCode::Offline,
            Self::Unavailable { .. } | Self::Unauthorized { .. } => ErrorCode::ServerUnavailable,
            Self::Rejected { .. } => ErrorCode::ServerRefused,
            Self::Attention(Attention::Vault(_)) | Self::Local(_) => ErrorCode::SignInUnreadable,
            Self::Attention(_) => ErrorCode::ServerUnfit,
            Self::SignedOut { .. } => ErrorCode::NotSignedIn,
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
            Self::SameProject => ErrorCode::SameProject,
            Self::Deleted { .. } => ErrorCode::IsDeleted,
            Self::NotDeleted { .. } => ErrorCode::NotDeleted,
            Self::DeletedTooLongAgo { .. } => ErrorCode::RestoreTooLate,
        }
    }
}
