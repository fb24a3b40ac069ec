//! Settings: few rows, read together.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row};

use super::rows::{Cell, Cells, Synced, value};
use super::{Declined, Store, StoreError};
use crate::change::SettingField;
use crate::model::{Setting, SettingKey, Settings};

impl Synced for Setting {
    type Id = SettingKey;
    type Field = SettingField;
    const WORD: &'static str = "setting";
    const TABLE: &'static str = "settings";
    const COLUMNS: &'static str = "id, value, is_deleted";

    fn id(&self) -> SettingKey {
        self.id.clone()
    }

    fn cells(&self, field: SettingField) -> Cells {
        let (column, cell) = match field {
            SettingField::Value => ("value", Cell::Text(self.value.to_string())),
            SettingField::Deleted => ("deleted", Cell::Integer(self.deleted.into())),
        };
        vec![(column, cell)]
    }

    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: value(row, "id", |id| id.parse().ok())?,
            value: value(row, "value", |json| serde_json::from_str(json).ok())?,
            deleted: row.try_get("is_deleted")?,
        })
    }

    fn is_deleted(&self) -> bool {
        self.deleted
    }

    fn with_deleted(&self, deleted: bool) -> Self {
        Self {
            deleted,
            ..self.clone()
        }
    }
}

impl Store {
    /// What the person set up.
    pub async fn settings(&self) -> Result<Settings, StoreError> {
        let mut query = QueryBuilder::new("select ");
        query
            .push(Setting::COLUMNS)
            .push(" from settings where is_deleted = 0");
        let rows = query.build().fetch_all(&self.pool).await?;
        let rows: Vec<Setting> = rows.iter().map(Setting::read).collect::<Result<_, _>>()?;
        Ok(Settings::from_rows(&rows))
    }

    /// Gives a setting this value. False when it had it already: then nothing was written.
    pub async fn set_setting(
        &self,
        setting: Setting,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut write = self.begin(now).await?;
        let has_changed = match write.find::<Setting>(setting.id()).await? {
            None => write.record(&setting).await?,
            Some(kept) => write.change(&kept, &setting).await?,
        };
        if has_changed {
            write.commit().await?;
        } else {
            write.abandon().await?;
        }
        Ok(has_changed)
    }

    /// Gives a setting its default back. False when it had it already: then nothing was written.
    pub async fn reset_setting(
        &self,
        key: SettingKey,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        match self.delete::<Setting>(key, now).await {
            Err(StoreError::Declined(Declined::NotFound { .. })) => Ok(false),
            edited => Ok(edited?.has_changed),
        }
    }
}
