//! What went wrong, as it crosses to a window, a terminal or a socket: one code of a closed set, and a
//! sentence.

mod code;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use code::ErrorCode;

use crate::engine::EngineError;
use crate::folder::FolderError;
use crate::model::InvalidValue;
use crate::remote::{AccountError, InvalidServer};
use crate::store::{PomotroidError, StoreError};
use crate::sync::Setback;
use crate::sync::vault::VaultError;
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
        "Particle is closing, so this was stopped. What was done of it is kept; do it again and the rest \
         follows."
    )]
    Stopped,
    /// Nothing has this name.
    #[error(
        "There is no backup \u{201c}{0}\u{201d} here. Nothing was changed; `particle backup list` shows what there is."
    )]
    NoBackup(String),
    /// No server is known.
    #[error(
        "No server is chosen yet. Name the address and the publishable key of its project with --server and --key."
    )]
    NoServer,
    /// An address or a key that cannot be one.
    #[error(transparent)]
    Server(#[from] InvalidServer),
    /// A call about the account failed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The tokens cannot be kept.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Nobody is signed in.
    #[error("Nobody is signed in on this device. Everything is kept here, and nothing is sent.")]
    NotSignedIn,
    /// The server ended the session.
    #[error(
        "This device was signed out by the server ({code}). Everything is kept here; sign in again to go on."
    )]
    SignedOut {
        /// What it said.
        code: String,
    },
    /// The tokens cannot be used.
    #[error("{0}")]
    Stuck(String),
    /// The exchange did not work.
    #[error("{setback}{}", waiting(*.pending))]
    NotSynced {
        /// Why.
        setback: Setback,
        /// So many changes wait.
        pending: u32,
    },
    /// Another profile cannot be opened meanwhile.
    #[error("A timer is running. Finish or stop it, then sign in or out.")]
    TimerRuns,
    /// Removing the rows would lose changes.
    #[error(
        "{} not on the server yet, so nothing was removed. Sync first; or write everything to a file with `particle export`.",
        counted(*.changes)
    )]
    ChangesWait {
        /// So many.
        changes: u32,
    },
    /// The rows are of somebody else.
    #[error("The particles here belong to another account, so nothing was changed.")]
    OtherAccount,
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
}

/// What waits for a server that could not be asked.
fn waiting(pending: u32) -> String {
    match pending {
        0 => String::new(),
        1 => " One change waits here and is sent when it can be.".into(),
        many => format!(" {many} changes wait here and are sent when they can be."),
    }
}

fn counted(changes: u32) -> String {
    match changes {
        1 => "One change is".into(),
        many => format!("{many} changes are"),
    }
}
