//! Where the tokens of a session are kept: the keyring of the system, or a file that only its owner
//! can read. A small file in the data folder says which, so that a keyring that cannot be opened is
//! never taken for a session that is over.

mod apart;
mod file;
mod keyring;
mod place;
mod written;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, io};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::folder::DataFolder;
use crate::remote::{AccessToken, Attention, Failure, RefreshToken, UserId};

use apart::apart;
use place::Place;
use written::{Kept, Written};

/// `off` here keeps sign-ins in files, as on a machine without a keyring.
const KEYRING_VARIABLE: &str = "PARTICLE_KEYRING";

/// Whether the keyring may be used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyringUse {
    /// If there is one.
    Allowed,
    /// Never.
    Off,
}

impl KeyringUse {
    /// What `PARTICLE_KEYRING` says.
    pub fn from_environment() -> Self {
        match env::var(KEYRING_VARIABLE) {
            Ok(said) if said.eq_ignore_ascii_case("off") => Self::Off,
            _ => Self::Allowed,
        }
    }
}

/// Where tokens are kept, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum VaultKind {
    /// The keyring of the system.
    Keyring,
    /// A file in the data folder that only its owner can read.
    File,
}

/// What a session is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// Gets the next tokens.
    pub refresh: RefreshToken,
    /// The present access token. Missing where a keyring has no room for it.
    pub access: Option<KeptAccess>,
}

/// An access token and how old it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAccess {
    /// The token.
    pub token: AccessToken,
    /// From when its life is counted, by this machine's clock.
    pub obtained_at: DateTime<Utc>,
    /// How long it is good from then, whole seconds.
    pub lifetime: Duration,
}

/// The tokens cannot be read or kept.
#[derive(Debug, Error)]
pub enum VaultError {
    /// A file.
    #[error("The sign-in cannot be kept in {}: {source}. Check who owns it, and the space on the disk.", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The keyring.
    #[error(
        "The keyring of this system cannot be used: {0}. Unlock it, or sign in again with PARTICLE_KEYRING=off."
    )]
    Keyring(String),
    /// The sign-in is in a keyring that must not be used.
    #[error(
        "The sign-in is in the keyring of this system, which PARTICLE_KEYRING=off forbids. Allow it, or sign in again."
    )]
    KeyringOff,
    /// Nothing answered in time, a locked keyring or another process.
    #[error(
        "What keeps the sign-in of this device does not answer. Unlock the keyring, or quit the other Particle."
    )]
    Late,
    /// What is kept cannot be understood.
    #[error(
        "The sign-in that is kept on this device cannot be read. Sign in again; everything else is kept."
    )]
    Damaged,
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        match error {
            // It may go better the next time.
            VaultError::Late | VaultError::Io { .. } => Self::Local(error.to_string()),
            _ => Attention::Vault(error.to_string()).into(),
        }
    }
}

/// The place of one session: of one user of one server in one data folder.
#[derive(Debug, Clone)]
pub struct Vault {
    kind: VaultKind,
    place: Place,
}

/// Whoever has it may change what is kept: one at a time, over all processes.
#[derive(Debug, Clone)]
pub struct VaultLock {
    _lock: Arc<fs::File>,
}

impl Vault {
    /// Where the session of this account is kept. `None` when there is none.
    pub async fn find(
        folder: &DataFolder,
        server: &str,
        user: UserId,
        keyring: KeyringUse,
    ) -> Result<Option<Self>, VaultError> {
        let place = Place::of(folder, server, user);
        let read = place.clone();
        let kind = match apart(move || file::read(&read)).await?? {
            None => return Ok(None),
            Some(Kept::File(_)) => VaultKind::File,
            Some(Kept::Keyring) if keyring == KeyringUse::Off => {
                return Err(VaultError::KeyringOff);
            }
            Some(Kept::Keyring) => VaultKind::Keyring,
        };
        Ok(Some(Self { kind, place }))
    }

    /// A place for a new session: the keyring if one works, else a file.
    pub async fn choose(
        folder: &DataFolder,
        server: &str,
        user: UserId,
        keyring: KeyringUse,
    ) -> Result<Self, VaultError> {
        let place = Place::of(folder, server, user);
        let kind = match keyring {
            KeyringUse::Off => VaultKind::File,
            KeyringUse::Allowed => match keyring::probe(&place).await {
                Ok(()) => VaultKind::Keyring,
                Err(error) => {
                    tracing::info!(%error, "no keyring: the sign-in is kept in a file");
                    VaultKind::File
                }
            },
        };
        Ok(Self { kind, place })
    }

    /// Which of the two it is.
    pub fn kind(&self) -> VaultKind {
        self.kind
    }

    /// Waits until no other process changes what is kept.
    pub async fn lock(&self) -> Result<VaultLock, VaultError> {
        let place = self.place.clone();
        let lock = apart(move || file::lock(&place)).await??;
        Ok(VaultLock {
            _lock: Arc::new(lock),
        })
    }

    /// What is kept. `None` once the session was ended.
    pub async fn read(&self) -> Result<Option<Secrets>, VaultError> {
        let written = match (self.kept().await?, self.kind) {
            // Another process may have signed in again, where the keyring did not work.
            (Some(Kept::File(written)), _) => Some(written),
            (Some(Kept::Keyring), VaultKind::Keyring) => keyring::read(&self.place).await?,
            // Another process signed in again, into the keyring.
            (Some(Kept::Keyring), VaultKind::File) | (None, _) => None,
        };
        Ok(written.map(Secrets::from))
    }

    /// Keeps the secrets of a new session. They are on disk before this returns.
    pub async fn begin(&self, secrets: &Secrets, lock: &VaultLock) -> Result<(), VaultError> {
        self.keep_in(self.kind, secrets, lock).await
    }

    /// Keeps `secrets` in place of what was kept, there where it was. They are on disk before this returns.
    pub async fn keep(&self, secrets: &Secrets, lock: &VaultLock) -> Result<(), VaultError> {
        let kind = match self.kept().await? {
            Some(Kept::File(_)) => VaultKind::File,
            Some(Kept::Keyring) | None => self.kind,
        };
        self.keep_in(kind, secrets, lock).await
    }

    async fn kept(&self) -> Result<Option<Kept>, VaultError> {
        let place = self.place.clone();
        apart(move || file::read(&place)).await?
    }

    async fn keep_in(
        &self,
        kind: VaultKind,
        secrets: &Secrets,
        lock: &VaultLock,
    ) -> Result<(), VaultError> {
        let written = Written::from(secrets);
        let kept = match kind {
            VaultKind::Keyring => {
                keyring::keep(&self.place, written, lock).await?;
                Kept::Keyring
            }
            VaultKind::File => Kept::File(written),
        };
        let (place, lock) = (self.place.clone(), lock.clone());
        apart(move || {
            let outcome = file::keep(&place, &kept);
            drop(lock);
            outcome
        })
        .await?
    }

    /// Forgets the session. One that is forgotten already is no failure.
    pub async fn forget(&self, lock: &VaultLock) -> Result<(), VaultError> {
        let place = self.place.clone();
        let held = lock.clone();
        apart(move || {
            let outcome = file::forget(&place);
            drop(held);
            outcome
        })
        .await??;
        if self.kind == VaultKind::Keyring {
            // Nobody looks there any more. What cannot be deleted is of no use once the server ended it.
            if let Err(error) = keyring::forget(&self.place, lock).await {
                tracing::warn!(%error, "an entry stays in the keyring");
            }
        }
        Ok(())
    }

    /// Lets nobody find the session of this account, also where its keyring cannot be opened.
    pub async fn disown(folder: &DataFolder, server: &str, user: UserId) -> Result<(), VaultError> {
        let place = Place::of(folder, server, user);
        apart(move || {
            let _lock = file::lock(&place)?;
            file::forget(&place)
        })
        .await?
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
