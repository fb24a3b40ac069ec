//! The exchange with the server, as far as a person has a hand in it.

use particle_core::app::{Status, export_whole};
use particle_core::change::Entity;
use particle_core::store::Waiting;
use tauri::{AppHandle, Manager, State};

use super::{Answer, view};
use crate::profile::Profile;

/// Exchanges until nothing waits; a pause is over.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(profile: State<'_, Profile>) -> Answer<Status> {
    let open = profile.current()?;
    open.sync_now().await.map_err(view)?;
    open.status().await.map_err(view)
}

/// Sends nothing until [`sync_now`]. Everything is kept.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pause_sync(profile: State<'_, Profile>) -> Answer<Status> {
    profile.current()?.pause_sync().await.map_err(view)
}

/// What waits for the server, refused rows first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn queue(profile: State<'_, Profile>) -> Answer<Vec<Waiting>> {
    profile.current()?.queue().await.map_err(view)
}

/// Sends a refused row again as it is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_change(
    entity: Entity,
    id: String,
    profile: State<'_, Profile>,
) -> Answer<Status> {
    let open = profile.current()?;
    open.retry_change(entity, &id).await.map_err(view)
}

/// Writes everything into the person's folder for downloads, and says where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_all(handle: AppHandle, profile: State<'_, Profile>) -> Answer<String> {
    let open = profile.current()?;
    let paths = handle.path();
    // A system without such a folder has a home, and the data folder is there in any case.
    let folder = paths.download_dir().or_else(|_| paths.home_dir());
    let folder = folder.unwrap_or_else(|_| profile.folder().path().to_owned());
    let written = export_whole(&open, &folder).await.map_err(view)?;
    Ok(written.display().to_string())
}
