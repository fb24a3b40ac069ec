//! What a profile has to do with a server: nothing while nobody is signed in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::profile::Profile;
use super::{Environment, Status, SyncState, SyncStatus};
use crate::change::Entity;
use crate::engine::{Engine, Event};
use crate::error::AppError;
use crate::folder::DataFolder;
use crate::model::ParticleId;
use crate::remote::Supabase;
use crate::store::{Account, Store, Waiting};
use crate::sync::exchange::{State, Trigger};
use crate::sync::occasions::Occasions;
use crate::sync::runner::{Start, Syncing};
use crate::sync::session::Session;
use crate::sync::vault::Vault;

/// What was exchanged until nothing waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// So many requests.
    pub requests: u32,
    /// So many changes are on the server now.
    pub pushed: usize,
    /// So many rows are new or different here.
    pub pulled: usize,
    /// So many changes were refused.
    pub refused: usize,
    /// So many changes wait still: they were made meanwhile.
    pub pending: u32,
    /// How long it took.
    pub milliseconds: u64,
}

/// The way of a profile to its server.
pub(super) struct Exchange {
    folder: DataFolder,
    standing: RwLock<Standing>,
    syncing: OnceCell<Syncing>,
    occasions: Mutex<Option<Occasions>>,
}

/// Whether somebody is signed in.
#[derive(Clone)]
enum Standing {
    SignedOut,
    /// Somebody is, and nothing was asked of the server yet.
    Kept,
    SignedIn(Arc<Session>),
    /// Somebody is, and the tokens cannot be read.
    Stuck(String),
}

impl Exchange {
    /// Whether the account of `store` is signed in on this device. Nothing is sent.
    pub(super) async fn open(
        folder: &DataFolder,
        store: &Store,
        environment: &Environment,
    ) -> Result<Self, AppError> {
        let standing = match store.account().await? {
            None => Standing::SignedOut,
            Some(account) => Standing::of(&account, folder, environment).await?,
        };
        Ok(Self {
            folder: folder.clone(),
            standing: RwLock::new(standing),
            syncing: OnceCell::new(),
            occasions: Mutex::default(),
        })
    }

    /// Ends the loop, and what it is sending.
    pub(super) async fn end(&self) {
        drop(self.occasions().take());
        if let Some(syncing) = self.syncing.get() {
            syncing.end().await;
        }
    }

    /// Nobody is signed in any more: when this returns, nothing is sent.
    pub(super) async fn sign_out(&self) {
        self.stand(Standing::SignedOut);
        if let Some(syncing) = self.syncing.get() {
            syncing.sign_out().await;
        }
    }

    fn occasions(&self) -> MutexGuard<'_, Option<Occasions>> {
        let occasions = self.occasions.lock();
        occasions.unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the server ended the session of whoever was signed in.
    pub(super) fn was_ended(&self) -> bool {
        let told = self.syncing.get().map(Syncing::report);
        told.is_some_and(|told| matches!(told.state, State::SignedOut { .. }))
    }

    fn standing(&self) -> Standing {
        let standing = self.standing.read();
        standing.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn stand(&self, standing: Standing) {
        let before = self.standing.write();
        *before.unwrap_or_else(PoisonError::into_inner) = standing;
    }
}

impl Standing {
    async fn of(
        account: &Account,
        folder: &DataFolder,
        environment: &Environment,
    ) -> Result<Self, AppError> {
        let user = account.user_id.parse().map_err(|_| AppError::NotSignedIn)?;
        let found = Vault::find(folder, &account.server_url, user, environment.keyring).await;
        Ok(match found {
            Ok(Some(_)) => Self::Kept,
            Ok(None) => Self::SignedOut,
            Err(error) => Self::Stuck(error.to_string()),
        })
    }
}

impl Profile {
    /// There is an occasion to ask the server. Nobody waits for what comes of it.
    pub fn hear(&self, trigger: Trigger) {
        if let Some(syncing) = self.exchange.syncing.get() {
            syncing.hear(trigger);
        }
    }

    /// Exchanges until nothing waits.
    pub async fn sync_now(&self) -> Result<SyncReport, AppError> {
        // The loop goes on after a sign-out, and asks nobody.
        self.session().await?;
        let syncing = self.syncing(Start::WhenAsked).await?;
        let before = self.environment.clock.reading().total;
        let round = syncing.sync_now().await;
        let took = (self.environment.clock.reading().total).saturating_sub(before);
        let waiting = self.store.count_queue().await?;
        match syncing.report().state {
            State::SignedOut { code } => return Err(AppError::SignedOut { code }),
            // Somebody signed out meanwhile.
            State::Local => return Err(AppError::NotSignedIn),
            _ => {}
        }
        if let Some(setback) = round.setback {
            return Err(AppError::NotSynced {
                setback,
                pending: waiting.pending,
            });
        }
        Ok(SyncReport {
            requests: round.requests,
            pushed: round.pushed,
            pulled: round.pulled,
            refused: round.refused,
            pending: waiting.pending,
            milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Sends what waits, as far as nothing keeps it back.
    pub async fn push(&self) -> Result<(), AppError> {
        let syncing = self.syncing(Start::AtOnce).await?;
        syncing.settle().await;
        Ok(())
    }

    /// Lets what is sent go, and sends nothing more until [`Profile::sync_now`]. Everything is kept.
    pub async fn pause_sync(&self) -> Result<Status, AppError> {
        self.syncing(Start::WhenAsked).await?.pause().await;
        self.status().await
    }

    /// What waits for the server, refused rows first.
    pub async fn queue(&self) -> Result<Vec<Waiting>, AppError> {
        Ok(self.store.list_waiting().await?)
    }

    /// Sends a refused row again as it is.
    pub async fn retry_change(&self, entity: Entity, id: &str) -> Result<Status, AppError> {
        self.store.retry(entity, id).await?;
        self.status().await
    }

    /// Whether something was changed since it was opened that is to be sent, and nobody here sends it.
    pub async fn has_something_to_send(&self) -> bool {
        let is_signed_in = matches!(
            self.exchange.standing(),
            Standing::Kept | Standing::SignedIn(_)
        );
        if !is_signed_in {
            return false;
        }
        if let Some(syncing) = self.exchange.syncing.get() {
            // What was changed when the loop had nothing left to do, and ends.
            let goes_on = matches!(syncing.report().state, State::Ready | State::Running);
            return goes_on && self.store.count_sendable().await.is_ok_and(|rows| rows > 0);
        }
        let changes = self.store.changes();
        tokio::select! {
            biased;
            () = changes.notified() => true,
            () = std::future::ready(()) => false,
        }
    }

    /// The session of whoever is signed in here.
    pub(super) async fn session(&self) -> Result<Arc<Session>, AppError> {
        match self.exchange.standing() {
            Standing::SignedIn(session) => return Ok(session),
            Standing::SignedOut => return Err(AppError::NotSignedIn),
            Standing::Stuck(reason) => return Err(AppError::Stuck(reason)),
            Standing::Kept => {}
        }
        let session = self.resume().await?.ok_or(AppError::NotSignedIn)?;
        let session = Arc::new(session);
        self.exchange
            .stand(Standing::SignedIn(Arc::clone(&session)));
        Ok(session)
    }

    /// Lets no process of this device find the session, whether or not its tokens can be reached.
    pub(super) async fn disown_session(&self) -> Result<(), AppError> {
        if let Some(account) = self.store.account().await? {
            let user = account.user_id.parse().map_err(|_| AppError::NotSignedIn)?;
            Vault::disown(&self.exchange.folder, &account.server_url, user).await?;
        }
        Ok(())
    }

    /// Starts the loop if somebody is signed in. What is in the way of that is told by the status.
    pub(super) async fn start_exchange(&self) -> Result<(), AppError> {
        match self.syncing(Start::AtOnce).await {
            Ok(syncing) => {
                let clock = self.environment.clock.clone();
                let watched = &mut *self.exchange.occasions();
                watched.get_or_insert_with(|| Occasions::watch(syncing, clock));
                Ok(())
            }
            Err(AppError::NotSignedIn | AppError::Stuck(_)) => Ok(()),
            Err(error @ AppError::Store(_)) => Err(error),
            Err(error) => {
                self.exchange.stand(Standing::Stuck(error.to_string()));
                Ok(())
            }
        }
    }

    /// Somebody signed in to the account that this profile is of.
    pub(super) async fn signed_in(&self, session: Session) -> Result<(), AppError> {
        let session = Arc::new(session);
        self.exchange
            .stand(Standing::SignedIn(Arc::clone(&session)));
        if let Some(syncing) = self.exchange.syncing.get() {
            syncing.sign_in(session).await;
        }
        Ok(())
    }

    /// How this machine stands with the others.
    pub(super) async fn sync_status(&self) -> Result<SyncStatus, AppError> {
        let report = self.exchange.syncing.get().map(Syncing::report);
        let standing = self.exchange.standing();
        let is_local = |state: &State| *state == State::Local;
        let is_signed_out = matches!(standing, Standing::SignedOut);
        if is_signed_out && report.as_ref().is_none_or(|told| is_local(&told.state)) {
            return Ok(SyncStatus::LOCAL);
        }
        let waiting = self.store.count_queue().await?;
        let last_at = self.store.last_exchange().await?;
        let (state, reason) = match (&report, standing) {
            (_, Standing::Stuck(reason)) => (SyncState::Attention, Some(reason)),
            (Some(report), _) => (
                SyncState::of(&report.state, waiting.pending),
                report.setback.clone(),
            ),
            (None, _) => (SyncState::of(&State::Ready, waiting.pending), None),
        };
        let told = report.as_ref();
        Ok(SyncStatus {
            state,
            pending: waiting.pending,
            refused: waiting.refused,
            last_at: told.and_then(|told| told.last_at).max(last_at),
            reason,
            next_at: told.and_then(|told| told.next_at),
            is_paused: told.is_some_and(|told| told.state == State::Paused),
            upload: self.store.upload().await?,
        })
    }

    async fn syncing(&self, start: Start) -> Result<&Syncing, AppError> {
        let begin = async || {
            let session = self.session().await?;
            let engine = self.engine.clone();
            let syncing = Syncing::start(
                self.store.clone(),
                Some(session),
                self.environment.clock.clone(),
                self.environment.randomness.clone(),
                Box::new(move |rows| tell(&engine, rows)),
                start,
            );
            let syncing = syncing.await?;
            tokio::spawn(tell_of_reports(syncing.clone(), self.engine.clone()));
            Ok(syncing)
        };
        self.exchange.syncing.get_or_try_init(begin).await
    }

    async fn resume(&self) -> Result<Option<Session>, AppError> {
        let Some(account) = self.store.account().await? else {
            return Ok(None);
        };
        let key = self.store.device().await?.server_key.unwrap_or_default();
        let user = account.user_id.parse().map_err(|_| AppError::NotSignedIn)?;
        let supabase = Supabase::new(&account.server_url, &key)?;
        let Environment { clock, keyring, .. } = self.environment.clone();
        Ok(Session::resume(supabase, user, &self.exchange.folder, keyring, clock).await?)
    }
}

/// Tells of rows that came from elsewhere. Nothing rings.
fn tell(engine: &Engine, rows: &[(Entity, String)]) {
    let has = |entity| rows.iter().any(|(of, _)| *of == entity);
    let of_particle = |(of, id): &(Entity, String)| {
        let is_particle = *of == Entity::Particle;
        is_particle.then(|| id.parse::<ParticleId>().ok()).flatten()
    };
    let ids: Vec<_> = rows.iter().filter_map(of_particle).collect();
    if !ids.is_empty() {
        engine.announce(Event::ParticlesChanged { ids });
    }
    if has(Entity::Project) {
        engine.announce(Event::ProjectsChanged);
    }
    if has(Entity::Intention) {
        engine.announce(Event::IntentionsChanged);
    }
    if has(Entity::Setting) {
        engine.announce(Event::SettingsChanged);
        let engine = engine.clone();
        tokio::spawn(async move {
            if let Err(error) = engine.follow_rules().await {
                tracing::warn!(%error, "the timer does not go by the settings of elsewhere yet");
            }
        });
    }
}

/// Tells of every change of the loop, as long as it runs.
async fn tell_of_reports(syncing: Syncing, engine: Engine) {
    let mut reports = syncing.reports();
    drop(syncing);
    while reports.changed().await.is_ok() {
        engine.announce(Event::SyncChanged);
    }
}
