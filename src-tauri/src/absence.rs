//! Whether it is asked what to make of a time in which nobody was at the computer. It stays here, beside the look.

use std::sync::Arc;

use particle_core::error::{ErrorCode, ErrorView};
use particle_core::folder::DataFolder;
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreExt};

const KEY: &str = "asks_about_absences";

/// Where the choice is kept. Not asking is the default: whoever reads on paper is there, too.
pub(crate) struct AbsenceStore(Arc<Store<Wry>>);

impl AbsenceStore {
    /// Opens the file in `folder`; one that cannot be read counts as empty.
    pub(crate) fn open(
        handle: &AppHandle,
        folder: &DataFolder,
    ) -> Result<Self, tauri_plugin_store::Error> {
        let store = handle.store_builder(folder.window_settings());
        store.build().map(Self)
    }

    /// Whether to ask.
    pub(crate) fn asks(&self) -> bool {
        self.0.get(KEY).and_then(|asks| asks.as_bool()) == Some(true)
    }

    /// Keeps the choice.
    pub(crate) fn choose(&self, asks: bool) -> Result<(), ErrorView> {
        self.0.set(KEY, asks);
        self.0.save().map_err(|error| ErrorView {
            code: ErrorCode::Io,
            message: error.to_string(),
        })
    }
}
