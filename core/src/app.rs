//! The one face that both shells use: commands in, answers and events out. It turns texts and numbers
//! into values, and knows neither a window nor a terminal.

mod account;
mod backups;
mod command;
mod doctor;
mod exchange;
mod history;
mod intentions;
mod opening;
mod overlaps;
mod power;
mod present_day;
mod profile;
mod settings;
mod statistics;
mod status;
mod together;
mod transfer;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Mutex, broadcast, watch};
use tokio::time::timeout;

pub use crate::timer::Absence;
pub use account::{
    AccountRequest, AccountStatus, CodePurpose, CodeRequest, JoinQuestion, Joining, LocalRows,
    Proof, ServerCheck, ServerChoice, SignInRequest,
};
pub use backups::{Backups, list_backups, restore_backup};
pub use command::{
    Answer, Command, NewParticle, ParticleRequest, ProjectRequest, StartRequest, TimerRequest,
};
pub use doctor::{Diagnosis, diagnose};
pub use exchange::SyncReport;
pub use history::{DatedParticle, PageRequest, ParticlePage, ProjectList};
pub use intentions::{IntentionChange, IntentionRequest, current_day};
pub use present_day::PresentDay;
pub use profile::Profile;
pub use status::{
    RoundStatus, SleepStatus, Status, SyncState, SyncStatus, TimerState, TodayStatus,
};
pub use together::{TogetherChange, TogetherRequest};
pub use transfer::{ExportError, Exported, export, export_whole, keep_picture};

use account::Entrant;
use profile::OpenedProfile;

use crate::clock::{Clock, SystemClock};
use crate::engine::{EVENTS_MAX, Event};
use crate::error::AppError;
use crate::folder::{DataFolder, Ownership};
use crate::randomness::Randomness;
use crate::store::Store;
use crate::sync::vault::KeyringUse;
use crate::transfer::Progress;

/// How long another process waits for a database to be closed. Whatever is not closed opens as well.
const ROOM_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(1);

/// What an [`App`] takes from outside: time, chance, and the keyring of the system.
#[derive(Clone)]
pub struct Environment {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids and tags come from.
    pub randomness: Arc<Randomness>,
    /// Whether sign-ins may be kept in the keyring.
    pub keyring: KeyringUse,
}

/// How long a process has a profile open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stay {
    Long,
    OneStep,
}

/// A data folder that this process owns, with the profile in it that is open.
pub struct App {
    environment: Environment,
    folder: DataFolder,
    stay: Stay,
    profile: RwLock<Arc<Profile>>,
    events: broadcast::Sender<Event>,
    /// Who signs in and has a question to answer; held while anything is done about an account.
    entrant: Mutex<Option<Box<Entrant>>>,
    absences_are_told: AtomicBool,
    _ownership: Ownership,
}

/// A data folder that was opened, and what the person should know about it.
pub struct OpenedApp {
    /// The open folder.
    pub app: App,
    /// Where a damaged database was moved, if there was one.
    pub moved_aside: Option<PathBuf>,
    /// A focus ended while no process ran, and is kept.
    pub ended_unseen: bool,
}

impl Environment {
    /// The clock, the randomness and the keyring of this machine.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            randomness: Arc::new(Randomness::system()),
            keyring: KeyringUse::from_environment(),
        }
    }
}

impl App {
    /// Opens the profile of `folder` for the process that owns it and stays. What passed while no process
    /// ran takes effect first. Whoever is signed in is exchanged with from now on.
    pub async fn open(
        folder: &DataFolder,
        ownership: Ownership,
        environment: Environment,
    ) -> Result<OpenedApp, AppError> {
        Self::open_for(Stay::Long, folder, ownership, environment).await
    }

    /// Opens it as [`App::open`] does, for a process that does one step and leaves.
    pub async fn open_for_a_step(
        folder: &DataFolder,
        ownership: Ownership,
        environment: Environment,
    ) -> Result<OpenedApp, AppError> {
        Self::open_for(Stay::OneStep, folder, ownership, environment).await
    }

    async fn open_for(
        stay: Stay,
        folder: &DataFolder,
        ownership: Ownership,
        environment: Environment,
    ) -> Result<OpenedApp, AppError> {
        let events = broadcast::Sender::new(EVENTS_MAX);
        let OpenedProfile {
            profile,
            moved_aside,
            ended_unseen,
        } = Profile::open(folder, stay, environment.clone(), &events).await?;
        Ok(OpenedApp {
            app: Self {
                environment,
                folder: folder.clone(),
                stay,
                profile: RwLock::new(Arc::new(profile)),
                events,
                entrant: Mutex::new(None),
                absences_are_told: AtomicBool::new(false),
                _ownership: ownership,
            },
            moved_aside,
            ended_unseen,
        })
    }

    /// The profile that is open. A sign-in may open another one.
    pub fn profile(&self) -> Arc<Profile> {
        let profile = self.profile.read();
        Arc::clone(&profile.unwrap_or_else(PoisonError::into_inner))
    }

    /// Closes the present profile, and opens the active one. Where that cannot be opened, the one that was
    /// open is again.
    async fn reopen(&self) -> Result<(), AppError> {
        let present = self.profile();
        present.close().await;
        let open = async || {
            let environment = self.environment.clone();
            Profile::open(&self.folder, self.stay, environment, &self.events).await
        };
        let (opened, outcome) = match open().await {
            Ok(opened) => (opened, Ok(())),
            Err(error) => {
                // It may have another name by now.
                if present.files.database.exists() {
                    self.folder.activate(&present.files)?;
                }
                (open().await?, Err(error))
            }
        };
        let before = self.profile.write();
        *before.unwrap_or_else(PoisonError::into_inner) = Arc::new(opened.profile);
        // Whoever listens asks for everything anew.
        drop(self.events.send(Event::AccountChanged));
        outcome
    }

    /// Closes the database, so that all of it is in its one file. What was acknowledged is durable
    /// without it.
    pub async fn close(&self) {
        self.profile().close().await;
    }

    /// Makes the backup that is due when a command leaves, while others can still be answered.
    pub async fn finish_backups(&self) {
        self.profile().finish_backups().await;
    }

    /// As [`App::close`], for another process that waits for the folder: makes no backup, and waits neither for
    /// one nor for anything else for long.
    pub async fn make_room(&self) {
        let closing = self.profile();
        if timeout(ROOM_TIMEOUT, closing.make_room()).await.is_err() {
            tracing::info!("the folder was left with a database that was not closed");
        }
    }

    /// Gives the folder free for another owner. Lists can still be read.
    pub async fn into_store(self) -> Store {
        self.profile().rest().await
    }

    /// Does what another process asks.
    pub async fn run(&self, command: Command) -> Result<Answer, AppError> {
        self.run_told(command, &watch::Sender::default()).await
    }

    /// Does what another process asks, and tells how far it is if that takes long.
    pub async fn run_told(
        &self,
        command: Command,
        progress: &watch::Sender<Progress>,
    ) -> Result<Answer, AppError> {
        match command {
            Command::Account(request) => self.account(request).await.map(Answer::Account),
            command => self.profile().run_told(command, progress).await,
        }
    }

    /// What happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}
