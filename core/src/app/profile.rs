//! A profile that is open: its timer runs, and commands are done on it. A command is begun and ended on the
//! same profile, also while another one opens.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use tokio::sync::{broadcast, watch};

use super::backups::{Backups, DailyBackups};
use super::exchange::Exchange;
use super::opening::{self, OpenedFiles};
use super::{Answer, Command, Environment, Status, Stay, TimerRequest};
use crate::engine::{Engine, Event};
use crate::error::AppError;
use crate::folder::{DataFolder, ProfileFiles};
use crate::model::{FocusLength, Preset, SettingChange};
use crate::store::Store;
use crate::timer::{Rules, Timer};
use crate::transfer::Progress;

/// The rows of one person, or of nobody.
pub struct Profile {
    pub(super) environment: Environment,
    pub(super) files: ProfileFiles,
    pub(super) store: Store,
    pub(super) engine: Engine,
    pub(super) exchange: Exchange,
    backups: DailyBackups,
}

/// A profile that was opened, and what the person should know about it.
pub(super) struct OpenedProfile {
    pub(super) profile: Profile,
    pub(super) moved_aside: Option<PathBuf>,
    pub(super) ended_unseen: bool,
}

impl Profile {
    /// Opens the active profile of `folder`. What passed while no process ran takes effect first.
    pub(super) async fn open(
        folder: &DataFolder,
        stay: Stay,
        environment: Environment,
        events: &broadcast::Sender<Event>,
    ) -> Result<OpenedProfile, AppError> {
        let OpenedFiles {
            files,
            store,
            moved_aside,
        } = opening::open(folder, &environment).await?;
        let before = store.timer().await?.session.timer;
        let engine = Engine::start(
            store.clone(),
            environment.clock.clone(),
            environment.randomness.clone(),
            events.clone(),
        )
        .await?;
        let ended_unseen = !is_idle(&before) && is_idle(&engine.timer().session.timer);
        let backups = Backups::new(store.clone(), &files, environment.clock.clone());
        let profile = Self {
            backups: match stay {
                Stay::Long => backups.keep_daily(),
                Stay::OneStep => backups.make_when_leaving().await?,
            },
            exchange: Exchange::open(folder, &store, &environment).await?,
            environment,
            files,
            store,
            engine,
        };
        if stay == Stay::Long {
            profile.start_exchange().await?;
        }
        Ok(OpenedProfile {
            profile,
            moved_aside,
            ended_unseen,
        })
    }

    /// Closes the database, so that all of it is in its one file. What was acknowledged is durable
    /// without it.
    pub async fn close(&self) {
        self.exchange.end().await;
        self.backups.finish().await;
        self.store.close().await;
    }

    /// As [`Profile::close`], and leaves a backup that is being made where it is.
    pub(super) async fn make_room(&self) {
        self.exchange.end().await;
        self.backups.leave();
        self.store.close().await;
    }

    pub(super) async fn finish_backups(&self) {
        self.backups.finish().await;
    }

    /// Lets the exchange and the backup come to their end. Lists can still be read.
    pub(super) async fn rest(&self) -> Store {
        self.exchange.end().await;
        self.backups.finish().await;
        self.store.clone()
    }

    /// Where its backups are.
    pub fn backups(&self) -> Backups {
        let clock = self.environment.clock.clone();
        Backups::new(self.store.clone(), &self.files, clock)
    }

    /// Whether nothing runs: then another profile may be opened.
    pub(super) fn is_idle(&self) -> bool {
        is_idle(&self.engine.timer().session.timer)
    }

    /// Does what needs nothing but this profile, and tells how far it is if that takes long.
    pub(super) async fn run_told(
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
            Command::Sync => self.sync_now().await.map(Answer::Synced),
            Command::Push => {
                self.push().await?;
                self.status().await.map(Answer::Status)
            }
            Command::Account(_) => self.account_status().await.map(Answer::Account),
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

    /// The person was away from the computer since `from`, and has just come back: a focus that went on is
    /// frozen and asked about, as after a sleep.
    pub async fn was_away(&self, from: DateTime<Utc>) -> Result<(), AppError> {
        self.engine.was_away(from).await?;
        Ok(())
    }

    /// What the timer is doing, and what was done today.
    pub async fn status(&self) -> Result<Status, AppError> {
        let now = self.now();
        let today = self.total_today().await?;
        let rules = Rules {
            settings: self.store.settings().await?,
            zone: *self.environment.clock.local(now).offset(),
        };
        let sync = self.sync_status().await?;
        Ok(Status::new(&self.engine.timer(), &rules, today, sync, now))
    }

    /// The present moment, by the clock this profile lives by.
    pub fn now(&self) -> DateTime<Utc> {
        self.environment.clock.now()
    }
}

pub(super) fn is_idle(timer: &Timer) -> bool {
    matches!(timer, Timer::Idle(_))
}
