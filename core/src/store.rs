//! Everything kept on this machine, in one SQLite file per profile. The only SQL of the client.
//! What a change means, and when it is made, is decided above.

mod declined;
mod device;
mod error;
mod incoming;
mod intentions;
mod outbox;
mod particles;
mod pomotroid;
mod profile;
mod projects;
mod rows;
mod settings;
mod snapshot;
mod timer;
mod write;

#[cfg(test)]
pub(crate) mod tests;

use std::path::Path;

use sqlx::SqlitePool;

pub use declined::Declined;
pub use device::Device;
pub use error::StoreError;
pub use intentions::{IntentionEdit, IntentionFilter};
pub use particles::{Kinds, PAGE_ROWS_MAX, ParticleFilter, Today};
pub use pomotroid::{FoundSession, Pomotroid, PomotroidError};
pub use projects::ProjectEdit;
pub use rows::Edited;
pub use snapshot::Snapshot;
pub use timer::{Consequence, TimerRow};

use crate::model::Particle;
use crate::randomness::Randomness;
use chrono::{DateTime, Utc};

/// An open profile.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
    /// Makes the stamps of this process its own, also in a copied profile.
    tag: u32,
}

/// A store that was opened, and what a person should know about it.
#[derive(Debug)]
pub struct OpenedStore {
    /// The open profile.
    pub store: Store,
    /// Where a damaged file was moved, if there was one.
    pub moved_aside: Option<std::path::PathBuf>,
}

impl Store {
    /// Opens the profile at `path`, making it when there is none. A damaged file is moved aside and
    /// a new one made; a file of another program or of a newer version is refused and not touched.
    pub async fn open(
        path: &Path,
        now: DateTime<Utc>,
        randomness: &Randomness,
    ) -> Result<OpenedStore, StoreError> {
        let tag = u32::from_be_bytes(randomness.bytes());
        let (pool, moved_aside) = profile::open(path, now).await?;
        device::ensure(&pool, randomness).await?;
        Ok(OpenedStore {
            store: Self { pool, tag },
            moved_aside,
        })
    }

    /// Opens the profile at `path`, which another process owns, for reading only.
    pub async fn open_for_reading(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            pool: profile::connect_for_reading(path).await?,
            tag: 0,
        })
    }

    /// Keeps a particle that a person told afterwards, and gives back what is kept: the particle that
    /// has its id already, if there is one.
    pub async fn record_particle(
        &self,
        particle: Particle,
        now: DateTime<Utc>,
    ) -> Result<Particle, StoreError> {
        self.record(&particle, now).await
    }

    /// Closes the file. What was committed is durable without it.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
