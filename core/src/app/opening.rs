//! Which file is opened. The profile of nobody that became an account's gets the account's name here, so that
//! a process that died between the two is no different from one that did not.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::Environment;
use super::profile::is_idle;
use crate::change::Incoming;
use crate::error::AppError;
use crate::folder::{DataFolder, ProfileFiles};
use crate::store::{Account, OpenedStore, Store, StoreError};
use crate::sync::backoff::Waits;

/// What was opened.
pub(super) struct OpenedFiles {
    pub(super) files: ProfileFiles,
    pub(super) store: Store,
    /// Where a damaged file was moved, if there was one.
    pub(super) moved_aside: Option<PathBuf>,
}

/// Opens the active profile of `folder`.
pub(super) async fn open(
    folder: &DataFolder,
    environment: &Environment,
) -> Result<OpenedFiles, AppError> {
    let opened = open_files(folder.active_profile()?, environment).await?;
    let Some(account) = opened.store.account().await? else {
        return Ok(opened);
    };
    let theirs = folder.account_profile(&account.server_url, &account.user_id);
    if opened.files != folder.local_profile() || opened.files == theirs {
        return Ok(opened);
    }
    let moved_aside = opened.moved_aside.clone();
    let moved = if theirs.database.exists() {
        join(folder, opened, &account, &theirs, environment).await
    } else {
        rename(folder, opened, &theirs, environment).await
    };
    moved.map(|moved| OpenedFiles {
        moved_aside: moved_aside.or(moved.moved_aside),
        ..moved
    })
}

async fn open_files(
    files: ProfileFiles,
    environment: &Environment,
) -> Result<OpenedFiles, AppError> {
    let now = environment.clock.now();
    let OpenedStore { store, moved_aside } =
        Store::open(&files.database, now, &environment.randomness).await?;
    Ok(OpenedFiles {
        files,
        store,
        moved_aside,
    })
}

/// Gives the profile of nobody, whose rows are an account's now, that account's name. While somebody reads
/// it, it keeps the old one until the next opening: its rows say whose they are.
async fn rename(
    folder: &DataFolder,
    opened: OpenedFiles,
    theirs: &ProfileFiles,
    environment: &Environment,
) -> Result<OpenedFiles, AppError> {
    folder.activate(theirs)?;
    match opened.store.close_whole().await {
        Ok(()) => {
            Store::rename_closed(&opened.files.database, &theirs.database)?;
            open_files(theirs.clone(), environment).await
        }
        Err(StoreError::Busy(_)) => open_files(opened.files, environment).await,
        Err(error) => Err(error.into()),
    }
}

/// Both are there: the rows of the one are moved into the other. While a timer runs in the one, it stays open
/// as it is: its rows say whose they are.
async fn join(
    folder: &DataFolder,
    opened: OpenedFiles,
    account: &Account,
    theirs: &ProfileFiles,
    environment: &Environment,
) -> Result<OpenedFiles, AppError> {
    if !is_idle(&opened.store.timer().await?.session.timer) {
        return Ok(opened);
    }
    let joined = open_files(theirs.clone(), environment).await?;
    if !joined.store.become_account(account).await? {
        joined.store.close().await;
        return Err(AppError::OtherAccount);
    }
    let device = opened.store.device().await?;
    let (url, key) = (device.server_url.as_deref(), device.server_key.as_deref());
    joined.store.set_server(url, key).await?;
    // Whoever wants to sync later wants that of both.
    let waits = opened.store.waits().await?;
    if Waits::restore(&waits, &environment.clock.reading()).is_paused() {
        joined.store.set_waits(&waits).await?;
    }
    move_rows(&opened.store, &joined.store, environment.clock.now()).await?;
    joined.store.begin_upload().await?;
    folder.activate(theirs)?;
    opened.store.close().await;
    Store::remove(&opened.files.database)?;
    Ok(joined)
}

/// Takes every row of `from` into `to`, each by its id and with its stamps. Repeatable: what is there already
/// stays as it is.
async fn move_rows(from: &Store, to: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
    let limit = from.believable_until(now).await?;
    let mut snapshot = from.snapshot().await?;
    let mut last = None;
    while let page @ [.., end] = &*snapshot.projects(last).await? {
        last = Some(end.row.id);
        let rows: Vec<_> = page.iter().cloned().map(Incoming::Project).collect();
        to.merge_rows(&rows, limit, now).await?;
    }
    let mut last = None;
    while let page @ [.., end] = &*snapshot.particles(last).await? {
        last = Some(end.row.id);
        let rows: Vec<_> = page.iter().cloned().map(Incoming::Particle).collect();
        to.merge_rows(&rows, limit, now).await?;
    }
    let mut last = None;
    while let page @ [.., end] = &*snapshot.intentions(last).await? {
        last = Some(end.row.id);
        let rows: Vec<_> = page.iter().cloned().map(Incoming::Intention).collect();
        to.merge_rows(&rows, limit, now).await?;
    }
    let mut last = None;
    while let page @ [.., end] = &*snapshot.settings(last).await? {
        last = Some(end.row.id.clone());
        let rows: Vec<_> = page.iter().cloned().map(Incoming::Setting).collect();
        to.merge_rows(&rows, limit, now).await?;
    }
    Ok(())
}
