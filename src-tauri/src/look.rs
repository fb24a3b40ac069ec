//! How the window looks on this machine: theme and language. It stays here, in a small JSON file.

use std::sync::Arc;

use particle_core::error::{ErrorCode, ErrorView};
use particle_core::folder::DataFolder;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Manager, Theme as WindowTheme, WebviewWindow, Wry};
use tauri_plugin_store::{Store, StoreExt};

use crate::tray::Tray;
use crate::{texts, window};

const KEY: &str = "look";

/// What a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub(crate) struct Look {
    pub(crate) theme: Theme,
    pub(crate) language: Language,
}

/// Dark, light, or as the system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Theme {
    System,
    #[default]
    Dark,
    Light,
}

/// A language, or that of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Language {
    #[default]
    System,
    En,
    De,
}

/// A language that there are texts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SpokenLanguage {
    En,
    De,
}

/// Where the look is kept.
pub(crate) struct LookStore(Arc<Store<Wry>>);

impl LookStore {
    /// Opens the file in `folder`; one that cannot be read counts as empty.
    pub(crate) fn open(
        handle: &AppHandle,
        folder: &DataFolder,
    ) -> Result<Self, tauri_plugin_store::Error> {
        handle
            .store_builder(folder.window_settings())
            .build()
            .map(Self)
    }

    /// What was chosen, or the default.
    pub(crate) fn get(&self) -> Look {
        self.0
            .get(KEY)
            .and_then(|look| serde_json::from_value(look).ok())
            .unwrap_or_default()
    }

    /// The language to speak.
    pub(crate) fn language(&self) -> SpokenLanguage {
        match self.get().language {
            Language::System => texts::system_language(),
            Language::En => SpokenLanguage::En,
            Language::De => SpokenLanguage::De,
        }
    }

    /// Keeps `look` and shows it at once.
    pub(crate) fn set(&self, shown_in: &WebviewWindow, look: Look) -> Result<Look, ErrorView> {
        self.0
            .set(KEY, serde_json::to_value(look).unwrap_or_default());
        self.0.save().map_err(|error| ErrorView {
            code: ErrorCode::Io,
            message: error.to_string(),
        })?;
        texts::speak(self.language());
        window::apply_theme(shown_in, look.theme);
        shown_in.state::<Tray>().redraw();
        Ok(look)
    }
}

impl Theme {
    /// What the window system is told; nothing lets it decide.
    pub(crate) fn for_window(self) -> Option<WindowTheme> {
        match self {
            Self::System => None,
            Self::Dark => Some(WindowTheme::Dark),
            Self::Light => Some(WindowTheme::Light),
        }
    }
}
