//! What a session is found by on this machine.

use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::folder::DataFolder;
use crate::remote::UserId;

/// So many hex digits of a hash tell the sessions of a machine apart.
const NAME_DIGITS: usize = 32;

/// Files and entry of a session.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) folder: PathBuf,
    pub(super) name: String,
}

impl Place {
    /// A copy of a data folder is another place: two devices must never share a refresh token.
    pub(super) fn of(folder: &DataFolder, server: &str, user: UserId) -> Self {
        let path = fs::canonicalize(folder.path()).unwrap_or_else(|_| folder.path().to_path_buf());
        let named = format!("{}\0{server}\0{user}", path.display());
        let mut name: String = Sha256::digest(named)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        name.truncate(NAME_DIGITS);
        Self {
            folder: folder.sessions(),
            name,
        }
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name))
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.folder.join(format!("{}.lock", self.name))
    }
}
