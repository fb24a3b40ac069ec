//! What the window may ask. One line each: whatever needs more belongs into the core.

#![expect(
    clippy::let_underscore_must_use,
    reason = "what tauri::command makes of a Result"
)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "the shape that tauri::command asks for"
)]

pub(crate) mod account;
pub(crate) mod alerts;
pub(crate) mod data;
pub(crate) mod history;
pub(crate) mod intentions;
pub(crate) mod projects;
pub(crate) mod settings;
pub(crate) mod sync;
pub(crate) mod timer;

use particle_core::app::Status;
use particle_core::error::{AppError, ErrorView};
use serde::Serialize;
use specta::Type;
use tauri::{State, WebviewWindow};

use crate::keys::{KeyChoice, KeyStore};
use crate::look::{Look, LookStore, SpokenLanguage};
use crate::profile::Profile;
use crate::{texts, window};

/// What a window needs for its first picture.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Opening {
    status: Status,
    look: Look,
    /// Which keys the person chose.
    keys: KeyChoice,
    /// What the language setting `system` means here.
    system_language: SpokenLanguage,
    /// Where a damaged database was moved when the profile was opened.
    moved_aside: Option<String>,
}

type Answer<T> = Result<T, ErrorView>;

#[tauri::command]
#[specta::specta]
pub(crate) async fn open(
    profile: State<'_, Profile>,
    look: State<'_, LookStore>,
    keys: State<'_, KeyStore>,
) -> Answer<Opening> {
    let status = profile.current()?.status().await.map_err(view)?;
    let moved_aside = profile.moved_aside().map(|path| path.display().to_string());
    Ok(Opening {
        status,
        look: look.get(),
        keys: keys.get(),
        system_language: texts::system_language(),
        moved_aside,
    })
}

#[tauri::command]
#[specta::specta]
pub(crate) fn ready(window: WebviewWindow) {
    window::show(&window);
}

fn view(error: AppError) -> ErrorView {
    error.view()
}
