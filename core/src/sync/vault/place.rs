//! What a session is found by on this machine.

use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::folder::DataFolder;
use crate::remote::UserId;

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
        // Half of a hash tells the sessions of a machine apart.
        let half = Sha256::digest(named).first_chunk().copied();
        let name = format!("{:032x}", u128::from_be_bytes(half.unwrap_or_default()));
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
