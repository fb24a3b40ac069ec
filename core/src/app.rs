//! The one face that both shells use: commands in, answers and events out. It turns texts and numbers
//! into values, and knows neither a window nor a terminal.

mod backups;
mod command;
mod doctor;
mod history;
mod intentions;
mod present_day;
mod settings;
mod statistics;
mod status;
mod transfer;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{broadcast, watch};

pub use backups::{Backups, list_backups, restore_backup};
pub use command::{
    Answer, Command, NewParticle, ParticleRequest, ProjectRequest, StartRequest, TimerRequest,
};
pub use doctor::{Diagnosis, diagnose};
pub use history::{DatedParticle, PageRequest, ParticlePage, ProjectList};
pub use intentions::{IntentionChange, IntentionRequest, current_day};
pub use present_day::PresentDay;
pub use status::{
    RoundStatus, SleepStatus, Status, SyncState, SyncStatus, TimerState, TodayStatus,
};
pub use transfer::{ExportError, Exported, export};

use backups::DailyBackups;

use crate::clock::{Clock, SystemClock};
use crate::engine::{Engine, Event};
use crate::error::AppError;
use crate::folder::{DataFolder, Ownership};
use crate::model::{FocusLength, Preset, SettingChange};
use crate::randomness::Randomness;
use crate::store::{Store, StoreError};
use crate::timer::{Rules, Timer};
use crate::transfer::Progress;

/// What an [`App`] takes from outside: time and chance.
#[derive(Clone)]
pub struct Environment {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids and tags come from.
    pub randomness: Arc<Randomness>,
}

/// A profile that is open, with its timer running.
pub struct App {
    environment: Environment,
    store: Store,
    engine: Engine,
    backups: DailyBackups,
    _ownership: Ownership,
}

/// A profile that was opened, and what the person should know about it.
pub struct OpenedApp {
    /// The open profile.
    pub app: App,
    /// Where a damaged database was moved, if there was one.
    pub moved_aside: Option<PathBuf>,
    /// A focus ended while no process ran, and is kept.
    pub ended_unseen: bool,
}

impl Environment {
    /// The clock and the randomness of this machine.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            randomness: Arc::new(Randomness::system()),
        }
    }
}

impl App {
    /// Opens the profile of `folder` for the process that owns it and stays. What passed while no process
    /// ran takes effect first.
    pub async fn open(
        folder: &DataFolder,
        ownership: Ownership,
        environment: Environment,
    ) -> Result<OpenedApp, AppError> {
        let keep = async |backups: Backups| Ok(backups.keep_daily());
        Self::open_with(folder, ownership, environment, keep).await
    }

    /// Opens it as [`App::open`] does, for a process that does one step and leaves.
    pub async fn open_for_a_step(
        folder: &DataFolder,
        ownership: Ownership,
        environment: Environment,
    ) -> Result<OpenedApp, AppError> {
        Self::open_with(folder, ownership, environment, Backups::make_when_leaving).await
    }

    async fn open_with(
        folder: &DataFolder,
        ownership: Ownership,
        environment: Environment,
        backups_of: impl AsyncFnOnce(Backups) -> Result<DailyBackups, StoreError>,
    ) -> Result<OpenedApp, AppError> {
        let Environment { clock, randomness } = environment.clone();
        let opened = Store::open(&folder.local_profile(), clock.now(), &randomness).await?;
        let before = opened.store.timer().await?.session.timer;
        let engine = Engine::start(opened.store.clone(), clock, randomness).await?;
        let ended_unseen = !is_idle(&before) && is_idle(&engine.timer().session.timer);
        let backups = Backups::new(opened.store.clone(), folder, environment.clock.clone());
        let app = Self {
            backups: backups_of(backups).await?,
            environment,
            store: opened.store,
            engine,
            _ownership: ownership,
        };
        Ok(OpenedApp {
            app,
            moved_aside: opened.moved_aside,
            ended_unseen,
        })
    }

    /// Closes the database, so that all of it is in its one file. What was acknowledged is durable
    /// without it.
    pub async fn close(&self) {
        self.backups.finish().await;
        self.store.close().await;
    }

    /// Gives the folder free for another owner. Lists can still be read.
    pub async fn into_store(self) -> Store {
        self.backups.finish().await;
        self.store.clone()
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
            Command::Status => self.status().await.map(Answer::Status),
            Command::Timer(request) => self.timer(request, None).await.map(Answer::Status),
            Command::Add(particle) => self.add(particle).await.map(Answer::Particle),
            Command::EditParticle(request) => {
                self.edit_particle(request).await.map(Answer::Particle)
            }
            Command::DeleteParticle(id) => self.delete_particle(id).await.map(Answer::Particle),
            Command::RestoreParticle(id) => self.restore_particle(id).await.map(Answer::Particle),
            Command::Project(request) => self.project(request).await.map(Answer::Project),
            Command::Intention(request) => self.intention(request).await.map(Answer::Intention),
            Command::Import(path) => {
                let imported = self.import(Path::new(&path), progress).await;
                imported.map(Answer::Imported)
            }
            Command::Set(change) => self.change_setting(change).await.map(Answer::Settings),
            Command::Reset(key) => self.reset_setting(key).await.map(Answer::Settings),
        }
    }

    /// Steers the timer. With `meant_for`, only if its version is still that.
    pub async fn timer(
        &self,
        request: TimerRequest,
        meant_for: Option<u32>,
    ) -> Result<Status, AppError> {
        request.check()?;
        let project = self.assignment(request.project()).await?;
        let step = request.parse(project)?;
        self.engine.step(step, meant_for).await?;
        self.status().await
    }

    /// Chooses the length of the next focuses, 1 to 180 minutes.
    pub async fn set_length(&self, minutes: i32) -> Result<Status, AppError> {
        let length = FocusLength::minutes(minutes)?;
        self.engine.set_length(Some(length)).await?;
        self.status().await
    }

    /// Chooses a preset. The next focuses take as long as it says.
    pub async fn choose_preset(&self, preset: Preset) -> Result<Status, AppError> {
        self.change_setting(SettingChange::Preset(preset)).await?;
        self.status().await
    }

    /// Compares the clocks now: a hint that the computer is about to sleep, has just woken, or that
    /// somebody set the clock. Without it the same is noticed some seconds later.
    pub async fn look(&self) -> Result<Status, AppError> {
        self.engine.look().await?;
        self.status().await
    }

    /// What the timer is doing, and what was done today.
    pub async fn status(&self) -> Result<Status, AppError> {
        let now = self.now();
        let today = self.total_today().await?;
        let rules = Rules {
            settings: self.store.settings().await?,
            zone: *self.environment.clock.local(now).offset(),
        };
        Ok(Status::new(&self.engine.timer(), &rules, today, now))
    }

    /// What happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.engine.events()
    }

    /// The present moment, by the clock this profile lives by.
    pub fn now(&self) -> DateTime<Utc> {
        self.environment.clock.now()
    }
}

fn is_idle(timer: &Timer) -> bool {
    matches!(timer, Timer::Idle(_))
}
