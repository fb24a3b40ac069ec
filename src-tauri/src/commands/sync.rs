//! The exchange with the server, as far as a person has a hand in it.

use particle_core::app::Status;
use particle_core::change::Entity;
use particle_core::store::Waiting;
use tauri::State;

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
