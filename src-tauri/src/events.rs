//! Hints from the core to the window and the tray.

use particle_core::engine::Event;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;
use tokio::sync::broadcast::error::RecvError;

use crate::profile::Profile;

/// A hint that something changed. Whoever gets it asks for the state itself.
#[derive(Debug, Clone, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct CoreEvent(Event);

/// Passes hints on to the window, if there is one, until the app ends.
pub(crate) fn forward(handle: &AppHandle) {
    let Ok(app) = handle.state::<Profile>().app().cloned() else {
        return;
    };
    let handle = handle.clone();
    let mut events = app.events();
    tauri::async_runtime::spawn(async move {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                // Whatever was missed, after this hint everything is looked at.
                Err(RecvError::Lagged(_)) => Event::AccountChanged,
                Err(RecvError::Closed) => return,
            };
            if let Err(error) = CoreEvent(event).emit(&handle) {
                tracing::debug!(%error, "no window heard of a change");
            }
        }
    });
}
