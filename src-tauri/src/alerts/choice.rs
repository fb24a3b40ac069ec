//! How this machine tells that something is over. It stays here, beside the look.

use std::sync::Arc;

use particle_core::error::{ErrorCode, ErrorView};
use particle_core::folder::DataFolder;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreExt};

const KEY: &str = "alerts";

const VOLUME_MAX: u8 = 100;

/// What a person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub(crate) struct Alerts {
    pub(crate) notifications: bool,
    pub(crate) sound: bool,
    /// 0 to 100.
    pub(crate) volume: u8,
    /// The path of a file to be played instead of the bell.
    pub(crate) sound_file: Option<String>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            notifications: true,
            sound: true,
            volume: 60,
            sound_file: None,
        }
    }
}

impl Alerts {
    /// What samples are multiplied by; nothing where nothing is to be heard. Loudness is felt by its square.
    pub(crate) fn gain(&self) -> Option<f32> {
        let part = f32::from(self.volume.min(VOLUME_MAX)) / f32::from(VOLUME_MAX);
        (self.sound && self.volume > 0).then_some(part * part)
    }
}

/// Where the choice is kept.
pub(crate) struct AlertStore(Arc<Store<Wry>>);

impl AlertStore {
    /// Opens the file in `folder`; one that cannot be read counts as empty.
    pub(crate) fn open(
        handle: &AppHandle,
        folder: &DataFolder,
    ) -> Result<Self, tauri_plugin_store::Error> {
        // The same store as that of the look: the plugin keeps one for each path.
        let store = handle.store_builder(folder.window_settings());
        store.build().map(Self)
    }

    /// What was chosen, or the default.
    pub(crate) fn get(&self) -> Alerts {
        self.0
            .get(KEY)
            .and_then(|alerts| serde_json::from_value(alerts).ok())
            .unwrap_or_default()
    }

    /// Keeps `alerts`.
    pub(crate) fn set(&self, alerts: Alerts) -> Result<Alerts, ErrorView> {
        let alerts = Alerts {
            volume: alerts.volume.min(VOLUME_MAX),
            ..alerts
        };
        let value = serde_json::to_value(&alerts).unwrap_or_default();
        self.0.set(KEY, value);
        self.0.save().map_err(|error| ErrorView {
            code: ErrorCode::Io,
            message: error.to_string(),
        })?;
        Ok(alerts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_heard_when_it_is_off_or_at_zero() {
        let gain = |sound, volume| {
            let alerts = Alerts {
                sound,
                volume,
                ..Alerts::default()
            };
            alerts.gain()
        };
        assert_eq!(gain(true, 0), None);
        assert_eq!(gain(false, 100), None);
        assert_eq!(gain(true, 100), Some(1.0));
        assert_eq!(gain(true, 255), Some(1.0), "never louder than the sound is");
        assert!(gain(true, 10) < gain(true, 20));
    }
}
