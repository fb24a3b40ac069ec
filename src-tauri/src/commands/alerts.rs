//! Notifications and sound.

use std::path::Path;

use serde::Serialize;
use specta::Type;
use tauri::async_runtime::spawn_blocking;
use tauri::{AppHandle, Manager, State};

use super::Answer;
use crate::alerts::choice::{AlertStore, Alerts};
use crate::alerts::notice::Notice;
use crate::alerts::{notification, sound};

/// What was chosen, and whether it can be done.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct AlertStatus {
    alerts: Alerts,
    /// No file was chosen, or it is a sound. Otherwise the bell is played.
    file_is_playable: bool,
}

/// What came of trying it; nothing for what is off.
#[derive(Debug, Clone, Copy, Serialize, Type)]
pub(crate) struct AlertTrial {
    notified: Option<bool>,
    played: Option<bool>,
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn alerts(store: State<'_, AlertStore>) -> Answer<AlertStatus> {
    Ok(AlertStatus::of(store.get()).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_alerts(
    alerts: Alerts,
    handle: AppHandle,
    store: State<'_, AlertStore>,
) -> Answer<AlertStatus> {
    let sound_file = alerts
        .sound_file
        .map(|path| path.trim().to_owned())
        .filter(|path| !path.is_empty())
        .map(|path| from_home(&handle, path));
    let kept = store.set(Alerts {
        sound_file,
        ..alerts
    })?;
    Ok(AlertStatus::of(kept).await)
}

/// Tells as at the end of a focus; answers when the sound is over.
#[tauri::command]
#[specta::specta]
pub(crate) async fn try_alerts(store: State<'_, AlertStore>) -> Answer<AlertTrial> {
    let alerts = store.get();
    let mut trial = AlertTrial {
        notified: None,
        played: None,
    };
    if alerts.notifications {
        trial.notified = Some(notification::show(&Notice::trial()).await.is_ok());
    }
    if alerts.gain().is_some() {
        let played = spawn_blocking(move || sound::play(&alerts).is_ok()).await;
        trial.played = Some(played.unwrap_or(false));
    }
    Ok(trial)
}

impl AlertStatus {
    async fn of(alerts: Alerts) -> Self {
        let file_is_playable = match alerts.sound_file.clone() {
            None => true,
            Some(path) => spawn_blocking(move || sound::is_sound(Path::new(&path)))
                .await
                .unwrap_or(false),
        };
        Self {
            alerts,
            file_is_playable,
        }
    }
}

/// As people write it in a terminal.
fn from_home(handle: &AppHandle, path: String) -> String {
    match (path.strip_prefix("~/"), handle.path().home_dir()) {
        (Some(below), Ok(home)) => home.join(below).display().to_string(),
        _ => path,
    }
}
