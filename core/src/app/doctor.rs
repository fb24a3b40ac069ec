//! Whether everything is as it should be. Nothing is repaired here, nothing moved, and what is wrong is
//! told, not returned as an error.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Backups, list_backups};
use crate::clock::Clock;
use crate::error::AppError;
use crate::folder::{DataFolder, ProfileFiles};
use crate::store::backup::Backup;
use crate::store::{Account, Count, Examined, RowsDigest, Store};
use crate::sync::vault::{KeyringUse, Vault, VaultKind};

/// Its process died between two of its first writes.
const UNMADE: &str = "The database is empty: whoever was making it ended too early. The next command or \
                      start of the app finishes it; if it held something before, restore a backup.";

/// Its process died between two renames.
const BEING_RESTORED: &str = "A backup is half restored: whoever did it ended too early. The next command or \
                              start of the app finishes it.";

/// What was found.
#[derive(Debug, Serialize)]
pub struct Diagnosis {
    /// Of the program that looked.
    pub version: &'static str,
    /// Whether nothing is wrong.
    pub ok: bool,
    /// What is wrong, a sentence each.
    pub problems: Vec<String>,
    /// What lies where.
    pub folders: Folders,
    /// The database; nothing before the first use.
    pub database: Option<Database>,
    /// How many rows there are of each entity; nothing when they cannot be read.
    pub counts: Option<BTreeMap<&'static str, Count>>,
    /// Their hashes, equal on devices that agree.
    pub digest: Option<BTreeMap<&'static str, RowsDigest>>,
    /// The account; nothing before the first sign-in.
    pub account: Option<AccountDiagnosis>,
    /// The copies that can be restored, newest first.
    pub backups: Vec<Backup>,
    /// Files that were moved aside, damaged or replaced by a backup. They are nobody's but the person's.
    pub moved_aside: Vec<PathBuf>,
}

/// What lies where.
#[derive(Debug, Serialize)]
pub struct Folders {
    /// The data folder.
    pub data: PathBuf,
    /// The database.
    pub profile: PathBuf,
    /// Its backups.
    pub backups: PathBuf,
    /// The log files.
    pub logs: PathBuf,
}

/// The database as a file.
#[derive(Debug, Serialize)]
pub struct Database {
    /// The newest migration that it has; nothing when it cannot be read.
    pub schema: Option<i64>,
    /// The newest that this version knows.
    pub newest_schema: i64,
    /// Its size, without what waits in its log.
    pub bytes: u64,
}

/// The account that the rows are of, as far as this device knows. Nothing is asked of the server.
#[derive(Debug, Serialize)]
pub struct AccountDiagnosis {
    /// The address of the server.
    pub server: String,
    /// Who that is there.
    pub user_id: String,
    /// Where the sign-in is kept; nothing while nobody is signed in.
    pub sign_in_kept_in: Option<VaultKind>,
    /// Changes that wait to be sent.
    pub pending: u32,
    /// Changes that the server refused.
    pub refused: u32,
    /// The last exchange.
    pub last_at: Option<DateTime<Utc>>,
}

/// Looks at everything in `folder`. Whoever owns it is not disturbed.
pub async fn diagnose(
    folder: &DataFolder,
    clock: Arc<dyn Clock>,
    keyring: KeyringUse,
) -> Diagnosis {
    let active = folder.active_profile();
    let files = active
        .as_ref()
        .map_or_else(|_| folder.local_profile(), Clone::clone);
    let mut found = Diagnosis {
        version: env!("CARGO_PKG_VERSION"),
        ok: false,
        problems: Vec::new(),
        folders: Folders {
            data: folder.path().into(),
            profile: files.database.clone(),
            backups: files.backups.clone(),
            logs: folder.logs(),
        },
        database: None,
        counts: None,
        digest: None,
        account: None,
        backups: Vec::new(),
        moved_aside: Vec::new(),
    };
    found.note(active.map_err(AppError::from));
    let being_restored = Store::is_being_restored(&files.database);
    if found.note(being_restored.map_err(AppError::from)) == Some(true) {
        found.problems.push(BEING_RESTORED.into());
    }
    if files.database.exists() {
        let looked = found.look_at_database(folder, &files, clock, keyring).await;
        found.note(looked);
    }
    let listed = list_backups(folder);
    found.backups = found.note(listed).unwrap_or_default();
    let aside = Store::moved_aside(&files.database).map_err(AppError::from);
    found.moved_aside = found.note(aside).unwrap_or_default();
    found.ok = found.problems.is_empty();
    found
}

impl Diagnosis {
    /// Turns an error into a problem.
    fn note<T>(&mut self, result: Result<T, AppError>) -> Option<T> {
        result
            .inspect_err(|error| self.problems.push(error.to_string()))
            .ok()
    }

    async fn look_at_database(
        &mut self,
        folder: &DataFolder,
        files: &ProfileFiles,
        clock: Arc<dyn Clock>,
        keyring: KeyringUse,
    ) -> Result<(), AppError> {
        let profile = &files.database;
        // While it is held nobody writes.
        let ownership = folder.own()?;
        let examined = Store::examine(profile, ownership.is_some()).await;
        let bytes = std::fs::metadata(profile).map_or(0, |file| file.len());
        self.database = Some(Database {
            schema: examined.as_ref().ok().map(|examined| examined.schema),
            newest_schema: Store::newest_schema(),
            bytes,
        });
        let Examined { schema, problems } = examined?;
        drop(ownership);
        if schema == 0 {
            self.problems.push(UNMADE.into());
        }
        let told = |line| format!("The database is damaged: {line}.");
        self.problems.extend(problems.into_iter().map(told));
        if schema < Store::newest_schema() || !self.problems.is_empty() {
            return Ok(());
        }
        let store = Store::open_for_reading(profile).await?;
        let read = self.read(&store, files, clock).await;
        let account = self.look_at_account(&store, folder, keyring).await;
        store.close().await;
        read.and(account)
    }

    async fn look_at_account(
        &mut self,
        store: &Store,
        folder: &DataFolder,
        keyring: KeyringUse,
    ) -> Result<(), AppError> {
        let Some(account) = store.account().await? else {
            return Ok(());
        };
        let waiting = store.count_queue().await?;
        let kept = sign_in(&account, folder, keyring).await;
        let sign_in_kept_in = self.note(kept).flatten();
        self.account = Some(AccountDiagnosis {
            server: account.server_url,
            user_id: account.user_id,
            sign_in_kept_in,
            pending: waiting.pending,
            refused: waiting.refused,
            last_at: store.last_exchange().await?,
        });
        Ok(())
    }

    async fn read(
        &mut self,
        store: &Store,
        files: &ProfileFiles,
        clock: Arc<dyn Clock>,
    ) -> Result<(), AppError> {
        let mut snapshot = store.snapshot().await?;
        self.counts = Some(snapshot.count_rows().await?);
        self.digest = Some(snapshot.digest().await?);
        drop(snapshot);
        // What is in the way of the next one is in the way here, too.
        let backups = Backups::new(store.clone(), files, clock);
        if let Err(error) = backups.make_daily().await {
            let problem = format!("The backup of today could not be made. {error}");
            self.problems.push(problem);
        }
        Ok(())
    }
}

/// Where the sign-in of an account is kept, if it can be read.
async fn sign_in(
    account: &Account,
    folder: &DataFolder,
    keyring: KeyringUse,
) -> Result<Option<VaultKind>, AppError> {
    let user = account.user_id.parse().map_err(|_| AppError::NotSignedIn)?;
    let Some(vault) = Vault::find(folder, &account.server_url, user, keyring).await? else {
        return Ok(None);
    };
    Ok(vault.read().await?.map(|_| vault.kind()))
}
