//! What follows the person, and what stays on this machine.

use particle_core::model::{SettingChange, Settings};
use tauri::{State, WebviewWindow};

use super::{Answer, view};
use crate::look::{Look, LookStore};
use crate::profile::Profile;

#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(profile: State<'_, Profile>) -> Answer<Settings> {
    profile.current()?.settings().await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_setting(
    change: SettingChange,
    profile: State<'_, Profile>,
) -> Answer<Settings> {
    profile
        .current()?
        .change_setting(change)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn look(look: State<'_, LookStore>) -> Look {
    look.get()
}

#[tauri::command]
#[specta::specta]
pub(crate) fn set_look(
    look: Look,
    window: WebviewWindow,
    looks: State<'_, LookStore>,
) -> Answer<Look> {
    looks.set(&window, look)
}
