//! What follows the person, and what stays on this machine.

use particle_core::model::{SettingChange, Settings};
use serde::Serialize;
use specta::Type;
use tauri::{State, WebviewWindow};

use super::{Answer, view};
use crate::absence::AbsenceStore;
use crate::keys::{KeyChoice, KeyStore};
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

#[tauri::command]
#[specta::specta]
pub(crate) fn set_keys(keys: KeyChoice, store: State<'_, KeyStore>) -> Answer<()> {
    store.choose(keys)
}

/// Whether it is asked what to make of a time in which nobody was at the computer.
#[derive(Debug, Clone, Copy, Serialize, Type)]
pub(crate) struct AbsenceStatus {
    asks: bool,
    /// The system tells when nobody is there. Otherwise nothing is ever asked.
    is_told: bool,
}

#[tauri::command]
#[specta::specta]
pub(crate) fn absences(
    absences: State<'_, AbsenceStore>,
    profile: State<'_, Profile>,
) -> Answer<AbsenceStatus> {
    Ok(AbsenceStatus {
        asks: absences.asks(),
        is_told: profile.app()?.absences_are_told(),
    })
}

#[tauri::command]
#[specta::specta]
pub(crate) fn ask_about_absences(
    asks: bool,
    absences: State<'_, AbsenceStore>,
    profile: State<'_, Profile>,
) -> Answer<AbsenceStatus> {
    absences.choose(asks)?;
    self::absences(absences, profile)
}
