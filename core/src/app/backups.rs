//! A copy of the profile a day. An owner that stays makes it beside everything else: when it starts, and when
//! a new day begins. A command that does one step and leaves makes none, so that nobody waits for it, unless
//! the newest is three days old: somebody may never run anything else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveTime, Utc};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::App;
use super::profile::is_idle;
use crate::clock::Clock;
use crate::error::AppError;
use crate::folder::{DataFolder, Ownership, ProfileFiles};
use crate::store::backup::{self, Backup, Occasion};
use crate::store::{Store, StoreError};

/// How long a backup that could not be made waits for the next try.
const RETRY: Duration = Duration::hours(1);

/// How many days a command that leaves can do without one.
const DAYS_WITHOUT_MAX: i64 = 3;

/// Where the backups of a profile go, and when.
#[derive(Clone)]
pub struct Backups {
    store: Store,
    folder: PathBuf,
    clock: Arc<dyn Clock>,
}

/// Who makes the daily ones.
pub(super) enum DailyBackups {
    /// An owner that stays, while this is held.
    Staying {
        task: JoinHandle<()>,
        /// Held while one is made.
        making: Arc<Mutex<()>>,
    },
    /// A command that leaves, when it does; none where it found nothing to keep.
    Leaving(Option<Backups>),
}

impl Backups {
    /// Of `store`, which lies in `files`.
    pub fn new(store: Store, files: &ProfileFiles, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            folder: files.backups.clone(),
            clock,
        }
    }

    /// Makes one because a person wants it.
    pub async fn make(&self) -> Result<Backup, StoreError> {
        let occasion = self.own_occasion()?;
        self.store.back_up(&self.folder, occasion).await
    }

    /// The present moment, or the next after it that no backup bears: two may be made within a second.
    fn own_occasion(&self) -> Result<Occasion, StoreError> {
        let backups = self.list()?;
        let mut moment = self.clock.now();
        while backups
            .iter()
            .any(|made| made.name == Occasion::Wanted(moment).name())
        {
            moment += Duration::seconds(1);
        }
        Ok(Occasion::Wanted(moment))
    }

    /// Those there are, newest first.
    pub fn list(&self) -> Result<Vec<Backup>, StoreError> {
        backup::list(&self.folder)
    }

    fn find(&self, name: &str) -> Result<Backup, AppError> {
        let found = self.list()?.into_iter().find(|backup| backup.name == name);
        found.ok_or_else(|| AppError::NoBackup(name.into()))
    }

    /// Makes one of what `chosen` is about to replace.
    async fn make_before(&self, chosen: &Backup) -> Result<(), StoreError> {
        let occasion = self.own_occasion()?;
        let spared = Some(&*chosen.name);
        let made = self.store.back_up_sparing(spared, &self.folder, occasion);
        made.await.map(drop)
    }

    /// Makes the one of today, if there is none yet and anything to keep.
    pub async fn make_daily(&self) -> Result<(), StoreError> {
        let today = self.clock.local(self.clock.now()).date_naive();
        let name = today.to_string();
        let is_made = backup::list(&self.folder)?
            .iter()
            .any(|made| made.name == name);
        if is_made || !self.store.was_ever_used().await? {
            return Ok(());
        }
        let occasion = Occasion::Day(today);
        self.store.back_up(&self.folder, occasion).await.map(drop)
    }

    /// Makes the one of today, if the newest is too old.
    async fn make_missed(&self) -> Result<(), StoreError> {
        let today = self.clock.local(self.clock.now()).date_naive();
        let earliest = today - Duration::days(DAYS_WITHOUT_MAX - 1);
        let is_recent = |made: &Backup| (earliest..=today).contains(&made.day);
        if backup::list(&self.folder)?.iter().any(is_recent) {
            return Ok(());
        }
        self.make_daily().await
    }

    /// For a command that leaves. What it is about to make itself is not worth waiting for.
    pub(super) async fn make_when_leaving(self) -> Result<DailyBackups, StoreError> {
        let is_used = self.store.was_ever_used().await?;
        Ok(DailyBackups::Leaving(is_used.then_some(self)))
    }

    pub(super) fn keep_daily(self) -> DailyBackups {
        let making = Arc::new(Mutex::new(()));
        let task = tokio::spawn(self.make_every_day(making.clone()));
        DailyBackups::Staying { task, making }
    }

    async fn make_every_day(self, making: Arc<Mutex<()>>) {
        loop {
            let from = self.clock.now();
            let is_making = making.lock().await;
            let made = self.make_daily().await;
            drop(is_making);
            let next = match made {
                Ok(()) => self.midnight_after(from),
                Err(error) => {
                    tracing::warn!(%error, "the backup of today could not be made yet");
                    from + RETRY
                }
            };
            // A clock that is set back shows another day, and may do so for months.
            while (from..next).contains(&self.clock.now()) {
                self.clock.wait_until(next).await;
            }
        }
    }

    /// The next midnight on the wall, as far as it is known on that day.
    fn midnight_after(&self, moment: DateTime<Utc>) -> DateTime<Utc> {
        let local = self.clock.local(moment);
        let midnight = local.date_naive().and_time(NaiveTime::MIN) + Duration::days(1);
        (midnight - *local.offset()).and_utc()
    }
}

impl DailyBackups {
    /// Makes no other. What there is of one that is being made is removed by one of the next.
    pub(super) fn leave(&self) {
        if let Self::Staying { task, .. } = self {
            task.abort();
        }
    }

    /// Waits for the one that is being made, and makes no other.
    pub(super) async fn finish(&self) {
        match self {
            Self::Staying { task, making } => {
                let _is_idle = making.lock().await;
                task.abort();
            }
            Self::Leaving(None) => {}
            Self::Leaving(Some(backups)) => {
                if let Err(error) = backups.make_missed().await {
                    tracing::warn!(%error, "the backup of today could not be made yet");
                }
            }
        }
    }
}

impl Drop for DailyBackups {
    fn drop(&mut self) {
        self.leave();
    }
}

impl App {
    /// Puts a backup in the place of the profile that is open, and makes one of that before. Not while the timer
    /// runs: what runs would go on in neither.
    pub async fn restore_backup(&self, name: &str) -> Result<(), AppError> {
        let _nobody_enters = self.entrant.lock().await;
        let present = self.profile();
        if !present.is_idle() {
            return Err(AppError::TimerRuns);
        }
        let backups = present.backups();
        let chosen = backups.find(name)?;
        backups.make_before(&chosen).await?;
        present.close().await;
        let restored = self.put_in_place(&chosen, &present.files.database).await;
        // It is decided with its first step, and the opening takes the others.
        self.reopen().await?;
        restored
    }

    /// What was begun while the profile was being left is looked at once nobody can begin anything more.
    async fn put_in_place(&self, chosen: &Backup, profile: &Path) -> Result<(), AppError> {
        let store = Store::open_for_reading(profile).await?;
        let timer = store.timer().await;
        store.close().await;
        if !is_idle(&timer?.session.timer) {
            return Err(AppError::TimerRuns);
        }
        let now = self.environment.clock.now();
        backup::restore(&chosen.path, profile, now).await?;
        Ok(())
    }
}

/// The backups of the profile that is open in `folder`, newest first.
pub fn list_backups(folder: &DataFolder) -> Result<Vec<Backup>, AppError> {
    Ok(backup::list(&folder.active_profile()?.backups)?)
}

/// Puts a backup in the place of the profile that opens in `folder`, which nobody but the holder of `_ownership` may
/// use. The answer says where the profile went that was there.
pub async fn restore_backup(
    folder: &DataFolder,
    name: &str,
    _ownership: &Ownership,
    now: DateTime<Utc>,
) -> Result<Option<PathBuf>, AppError> {
    let backups = list_backups(folder)?;
    let found = backups.into_iter().find(|backup| backup.name == name);
    let found = found.ok_or_else(|| AppError::NoBackup(name.into()))?;
    let profile = folder.active_profile()?.database;
    Ok(backup::restore(&found.path, &profile, now).await?)
}
