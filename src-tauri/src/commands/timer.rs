//! The timer.

use particle_core::app::{StartRequest, Status, TimerRequest};
use particle_core::model::{Preset, SettingChange};
use particle_core::timer::SleepAnswer;
use tauri::State;

use super::{Answer, view};
use crate::profile::Profile;

#[tauri::command]
#[specta::specta]
pub(crate) async fn status(profile: State<'_, Profile>) -> Answer<Status> {
    profile.current()?.status().await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn start(
    request: StartRequest,
    version: Option<u32>,
    profile: State<'_, Profile>,
) -> Answer<Status> {
    let request = TimerRequest::Start(request);
    profile
        .current()?
        .timer(request, version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn toggle(version: Option<u32>, profile: State<'_, Profile>) -> Answer<Status> {
    let request = TimerRequest::Toggle(StartRequest::default());
    profile
        .current()?
        .timer(request, version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn finish(version: Option<u32>, profile: State<'_, Profile>) -> Answer<Status> {
    let request = TimerRequest::Finish;
    profile
        .current()?
        .timer(request, version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn stop(version: Option<u32>, profile: State<'_, Profile>) -> Answer<Status> {
    let request = TimerRequest::Stop;
    profile
        .current()?
        .timer(request, version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn skip(version: Option<u32>, profile: State<'_, Profile>) -> Answer<Status> {
    let request = TimerRequest::Skip;
    profile
        .current()?
        .timer(request, version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(version: Option<u32>, profile: State<'_, Profile>) -> Answer<Status> {
    let request = TimerRequest::Undo;
    profile
        .current()?
        .timer(request, version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn answer_sleep(
    answer: SleepAnswer,
    version: Option<u32>,
    profile: State<'_, Profile>,
) -> Answer<Status> {
    let request = TimerRequest::AnswerSleep(answer);
    profile
        .current()?
        .timer(request, version)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_task(task: String, profile: State<'_, Profile>) -> Answer<Status> {
    let request = TimerRequest::Rename(task);
    profile.current()?.timer(request, None).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_length(minutes: i32, profile: State<'_, Profile>) -> Answer<Status> {
    profile.current()?.set_length(minutes).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_preset(preset: Preset, profile: State<'_, Profile>) -> Answer<Status> {
    let app = profile.current()?;
    let change = SettingChange::Preset(preset);
    app.change_setting(change).await.map_err(view)?;
    app.status().await.map_err(view)
}
