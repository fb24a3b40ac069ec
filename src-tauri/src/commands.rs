//! What the window may ask. One line each: whatever needs more belongs into the core.

#![expect(
    clippy::let_underscore_must_use,
    reason = "what tauri::command makes of a Result"
)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "the shape that tauri::command asks for"
)]

use particle_core::app::{StartRequest, Status, TimerRequest};
use particle_core::error::{AppError, ErrorView};
use particle_core::model::Particle;
use serde::Serialize;
use specta::Type;
use tauri::{State, WebviewWindow};

use crate::look::{Look, LookStore, SpokenLanguage};
use crate::profile::Profile;
use crate::{texts, window};

/// What a window needs for its first picture.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Opening {
    status: Status,
    look: Look,
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
) -> Answer<Opening> {
    let status = profile.app()?.status().await.map_err(view)?;
    let moved_aside = profile.moved_aside().map(|path| path.display().to_string());
    Ok(Opening {
        status,
        look: look.get(),
        system_language: texts::system_language(),
        moved_aside,
    })
}

#[tauri::command]
#[specta::specta]
pub(crate) fn look(look: State<'_, LookStore>) -> Look {
    look.get()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn status(profile: State<'_, Profile>) -> Answer<Status> {
    profile.app()?.status().await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn start(
    request: StartRequest,
    version: Option<u32>,
    profile: State<'_, Profile>,
) -> Answer<Status> {
    profile
        .app()?
        .timer(TimerRequest::Start(request), version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn toggle(version: Option<u32>, profile: State<'_, Profile>) -> Answer<Status> {
    profile
        .app()?
        .timer(TimerRequest::Toggle(StartRequest::default()), version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn finish(version: Option<u32>, profile: State<'_, Profile>) -> Answer<Status> {
    profile
        .app()?
        .timer(TimerRequest::Finish, version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn stop(version: Option<u32>, profile: State<'_, Profile>) -> Answer<Status> {
    profile
        .app()?
        .timer(TimerRequest::Stop, version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_task(task: String, profile: State<'_, Profile>) -> Answer<Status> {
    profile
        .app()?
        .timer(TimerRequest::Rename(task), None)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_length(minutes: i32, profile: State<'_, Profile>) -> Answer<Status> {
    profile.app()?.set_length(minutes).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn particles_today(profile: State<'_, Profile>) -> Answer<Vec<Particle>> {
    profile.app()?.particles_today().await.map_err(view)
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
pub(crate) fn ready(window: WebviewWindow) {
    window::show(&window);
}

fn view(error: AppError) -> ErrorView {
    error.view()
}
