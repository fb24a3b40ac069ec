//! Which keys a person chose in the window, by what they do. They stay here, beside the look; what they mean is
//! known to the page alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use particle_core::error::{ErrorCode, ErrorView};
use particle_core::folder::DataFolder;
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreExt};

const KEY: &str = "keys";

/// There is not so much that keys can do.
const KEYS_MAX: usize = 100;
/// No name of a key, and of what it does, is so long.
const NAME_BYTES_MAX: usize = 64;

/// The key of each thing that has another one than at first; nothing for none at all.
pub(crate) type KeyChoice = BTreeMap<String, Option<String>>;

/// Where they are kept.
pub(crate) struct KeyStore(Arc<Store<Wry>>);

impl KeyStore {
    /// Opens the file in `folder`; one that cannot be read counts as empty.
    pub(crate) fn open(
        handle: &AppHandle,
        folder: &DataFolder,
    ) -> Result<Self, tauri_plugin_store::Error> {
        let store = handle.store_builder(folder.window_settings());
        store.build().map(Self)
    }

    /// What was chosen.
    pub(crate) fn get(&self) -> KeyChoice {
        let kept = self.0.get(KEY);
        let keys = kept.and_then(|keys| serde_json::from_value(keys).ok());
        bounded(keys.unwrap_or_default())
    }

    /// Keeps `keys` in place of what was chosen before.
    pub(crate) fn choose(&self, keys: KeyChoice) -> Result<(), ErrorView> {
        let keys = serde_json::to_value(bounded(keys)).unwrap_or_default();
        self.0.set(KEY, keys);
        self.0.save().map_err(|error| ErrorView {
            code: ErrorCode::Io,
            message: error.to_string(),
        })
    }
}

/// As much of it as can mean anything.
fn bounded(keys: KeyChoice) -> KeyChoice {
    let is_short = |name: &str| name.len() <= NAME_BYTES_MAX;
    keys.into_iter()
        .filter(|(what, key)| is_short(what) && key.as_deref().is_none_or(is_short))
        .take(KEYS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_has_an_end() {
        let many = |number| (format!("keys.{number:03}"), Some("t".to_owned()));
        assert_eq!(bounded((0..200).map(many).collect()).len(), KEYS_MAX);
        let long = "x".repeat(NAME_BYTES_MAX + 1);
        let kept = bounded(BTreeMap::from([
            ("keys.task".into(), None),
            ("keys.undo".into(), Some(long.clone())),
            (long, None),
        ]));
        assert_eq!(kept, BTreeMap::from([("keys.task".into(), None)]));
    }
}
