//! What follows the person.

use super::Profile;
use crate::engine::Event;
use crate::error::AppError;
use crate::model::{SettingChange, SettingKey, Settings};

impl Profile {
    /// What the person set up.
    pub async fn settings(&self) -> Result<Settings, AppError> {
        Ok(self.store.settings().await?)
    }

    /// Gives one setting another value. A preset also takes back a length of one's own.
    pub async fn change_setting(&self, change: SettingChange) -> Result<Settings, AppError> {
        let has_changed = self.store.set_setting(change.row(), self.now()).await?;
        self.settings_changed(has_changed, change).await
    }

    /// Gives one setting its default back. A preset also takes back a length of one's own.
    pub async fn reset_setting(&self, key: SettingKey) -> Result<Settings, AppError> {
        let default = Settings::default().get(&key)?;
        let has_changed = self.store.reset_setting(key, self.now()).await?;
        self.settings_changed(has_changed, default).await
    }

    async fn settings_changed(
        &self,
        has_changed: bool,
        change: SettingChange,
    ) -> Result<Settings, AppError> {
        if has_changed {
            self.engine.announce(Event::SettingsChanged);
            self.engine.follow_rules().await?;
        }
        if matches!(change, SettingChange::Preset(_)) {
            self.engine.set_length(None).await?;
        }
        self.settings().await
    }
}
