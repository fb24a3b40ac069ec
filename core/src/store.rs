//! Everything kept on this machine, in one SQLite file per profile. The only SQL of the client.
//! What a change means, and when it is made, is decided above.

pub mod backup;
mod declined;
mod device;
mod digest;
mod error;
mod exchange;
mod files;
mod incoming;
mod intentions;
mod listing;
mod outbox;
mod overlaps;
mod particles;
mod pomotroid;
mod profile;
mod project_merge;
mod projects;
mod restore;
mod rows;
mod search;
mod settings;
mod snapshot;
mod statistics;
mod timer;
mod together;
mod write;

#[cfg(test)]
pub(crate) mod tests;

use std::path::Path;
use std::sync::Arc;

use sqlx::SqlitePool;
use tokio::sync::{Mutex, Notify};
use tokio::time::sleep;

pub use declined::Declined;
pub use device::Device;
pub use digest::{Count, RowsDigest};
pub use error::StoreError;
pub use exchange::{
    Account, Applied, Arrival, Outcome, Position, Prepared, QueueCount, Refusal, Upload, Waiting,
};
pub use intentions::{IntentionEdit, IntentionFilter};
pub use listing::{Cursor, Kinds, PAGE_ROWS_MAX, ParticleFilter};
pub use overlaps::{OVERLAPS_MAX, Overlap, OverlapPair};
pub use pomotroid::{FoundSession, Pomotroid, PomotroidError};
pub use profile::Examined;
pub use projects::{PROJECTS_MAX, ProjectEdit};
pub use rows::Edited;
pub use snapshot::Snapshot;
pub use timer::{Consequence, TimerRow};
pub use together::Together;

use crate::model::Particle;
use crate::randomness::Randomness;
use chrono::{DateTime, Utc};

/// How often it is looked whether a connection was given back before the file is closed, and how many times.
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(1);
const LOOKS_MAX: u32 = 200;

/// An open profile.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
    /// Makes the stamps of this process its own, also in a copied profile.
    tag: u32,
    /// Held by whoever writes.
    turn: Arc<Mutex<()>>,
    /// Rings after a commit that left something to be sent.
    changes: Arc<Notify>,
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
            store: Self::new(pool, tag),
            moved_aside,
        })
    }

    /// Opens the profile at `path`, which another process owns, for reading only.
    pub async fn open_for_reading(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::new(profile::connect_for_reading(path).await?, 0))
    }

    fn new(pool: SqlitePool, tag: u32) -> Self {
        Self {
            pool,
            tag,
            turn: Arc::default(),
            changes: Arc::default(),
        }
    }

    /// Reads every page of the profile at `path` without writing to it. `is_alone` says that nobody else
    /// has it open.
    pub async fn examine(path: &Path, is_alone: bool) -> Result<Examined, StoreError> {
        profile::require_writable(path)?;
        profile::examine(path, is_alone).await
    }

    /// The newest schema that this version knows.
    pub fn newest_schema() -> i64 {
        profile::newest_schema()
    }

    /// The files that were moved out of the way of the profile at `path`, the newest last.
    pub fn moved_aside(path: &Path) -> Result<Vec<std::path::PathBuf>, StoreError> {
        profile::moved_aside(path)
    }

    /// Whether a backup is decided to take the place of the profile at `path`: the next opening lets it in.
    pub fn is_being_restored(path: &Path) -> Result<bool, StoreError> {
        restore::is_coming(path)
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

    /// Keeps many particles as one transaction; those that are kept already stay as they are.
    pub async fn record_particles(
        &self,
        particles: &[Particle],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut write = self.begin(now).await?;
        for particle in particles {
            write.record(particle).await?;
        }
        write.commit().await
    }

    /// Rings after each commit that left something to be sent. One listener hears it.
    pub fn changes(&self) -> Arc<Notify> {
        Arc::clone(&self.changes)
    }

    /// Closes the file. What was committed is durable without it.
    pub async fn close(&self) {
        self.given_back().await;
        self.pool.close().await;
    }

    /// Waits a moment for connections that are just given back. A closed pool closes them at once, and then each
    /// takes another for the last one, which clears the log away.
    async fn given_back(&self) {
        for _ in 0..LOOKS_MAX {
            if self.pool.num_idle() >= self.pool.size() as usize {
                return;
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Closes the file with nothing left in its log. Busy while another process reads it; it is closed then,
    /// too.
    pub async fn close_whole(&self) -> Result<(), StoreError> {
        let emptied = profile::empty_log(&self.pool).await;
        self.close().await;
        emptied
    }

    /// Gives a profile that was closed whole another name.
    pub fn rename_closed(from: &Path, to: &Path) -> Result<(), StoreError> {
        files::remove_logs(from)?;
        files::rename(from, to)
    }

    /// Removes a closed profile.
    pub fn remove(path: &Path) -> Result<(), StoreError> {
        files::remove_with_logs(path)
    }
}
