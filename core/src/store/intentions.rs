//! Intentions: one for a day, read newest first.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::PAGE_ROWS_MAX;
use super::rows::{Cell, Cells, Edited, RESTORABLE_FOR, Synced, not_found, value};
use super::{Declined, Store, StoreError};
use crate::change::{IntentionField, Stamp};
use crate::model::{Assignment, Intention, IntentionId, IntentionStatus, IntentionText};
use chrono::{DateTime, Utc};

/// Which intentions to list, newest first. The default lists those that are not deleted.
#[derive(Debug, Clone, Copy, Default)]
pub struct IntentionFilter {
    /// Of this day or later.
    pub from: Option<IntentionId>,
    /// Of this day or earlier.
    pub to: Option<IntentionId>,
    /// Those that were deleted at this moment or later, instead of those that are not.
    pub deleted_since: Option<DateTime<Utc>>,
}

/// What a person says about the intention of a day; `None` leaves a part as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IntentionEdit {
    /// The sentence; the first one makes the intention, or brings a deleted one back.
    pub text: Option<IntentionText>,
    /// What became of it.
    pub status: Option<IntentionStatus>,
    /// Which project it belongs to.
    pub project: Option<Assignment>,
}

impl Synced for Intention {
    type Id = IntentionId;
    type Field = IntentionField;
    const WORD: &'static str = "intention";
    const TABLE: &'static str = "intentions";
    const COLUMNS: &'static str = "id, text, status, project_id, is_deleted";

    fn id(&self) -> IntentionId {
        self.id
    }

    fn cells(&self, field: IntentionField) -> Cells {
        let (column, cell) = match field {
            IntentionField::Text => ("text", Cell::Text(self.text.to_string())),
            IntentionField::Status => ("status", Cell::Text(self.status.as_str().into())),
            IntentionField::ProjectId => {
                let id = self.project_id.map(|id| Cell::Text(id.to_string()));
                ("project_id", id.unwrap_or(Cell::Null))
            }
            IntentionField::Deleted => ("deleted", Cell::Integer(self.deleted.into())),
        };
        vec![(column, cell)]
    }

    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        let project_id: Option<String> = row.try_get("project_id")?;
        Ok(Self {
            id: value(row, "id", |id| id.parse().ok())?,
            text: value(row, "text", |text| IntentionText::kept(text).ok())?,
            status: value(row, "status", IntentionStatus::parse)?,
            project_id: project_id.as_deref().and_then(|id| id.parse().ok()),
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

impl IntentionEdit {
    /// The intention that this makes of a day without one; an error without a sentence.
    fn begin(&self, id: IntentionId) -> Result<Intention, StoreError> {
        let text = self.text.clone();
        Ok(Intention {
            id,
            text: text.ok_or_else(|| not_found::<Intention>(id))?,
            status: self.status.unwrap_or(IntentionStatus::Open),
            project_id: self.project.and_then(Assignment::project_id),
            deleted: false,
        })
    }

    fn apply(&self, before: &Intention) -> Result<Intention, StoreError> {
        if before.deleted {
            // What was deleted is not continued: a new sentence begins anew.
            return match self.text {
                Some(_) => self.begin(before.id),
                None => Err(Declined::Deleted { what: "intention" }.into()),
            };
        }
        Ok(Intention {
            text: self.text.as_ref().unwrap_or(&before.text).clone(),
            status: self.status.unwrap_or(before.status),
            project_id: self
                .project
                .map_or(before.project_id, Assignment::project_id),
            ..before.clone()
        })
    }
}

impl Store {
    /// Makes or changes the intention of a day, as one transaction.
    pub async fn edit_intention(
        &self,
        id: IntentionId,
        edit: &IntentionEdit,
        now: DateTime<Utc>,
    ) -> Result<Edited<Intention>, StoreError> {
        let mut write = self.begin(now).await?;
        let (row, has_changed) = if let Some(kept) = write.find::<Intention>(id).await? {
            let row = edit.apply(&kept.row)?;
            let has_changed = write.change(&kept, &row).await?;
            (row, has_changed)
        } else {
            let row = edit.begin(id)?;
            (row.clone(), write.record(&row).await?)
        };
        if has_changed {
            write.commit().await?;
        } else {
            write.abandon().await?;
        }
        Ok(Edited { row, has_changed })
    }

    /// Deletes the intention of a day. One that is deleted already stays as it is.
    pub async fn delete_intention(
        &self,
        id: IntentionId,
        now: DateTime<Utc>,
    ) -> Result<Edited<Intention>, StoreError> {
        self.delete(id, now).await
    }

    /// Brings an intention back that was deleted in the last 30 days.
    pub async fn restore_intention(
        &self,
        id: IntentionId,
        now: DateTime<Utc>,
    ) -> Result<Edited<Intention>, StoreError> {
        self.restore(id, now).await
    }

    /// The intention of a day. An error when there is none, or it is deleted.
    pub async fn intention(&self, id: IntentionId) -> Result<Intention, StoreError> {
        let day = IntentionFilter {
            from: Some(id),
            to: Some(id),
            ..IntentionFilter::default()
        };
        let found = self.list_intentions(&day).await?.pop();
        Ok(found.ok_or_else(|| not_found::<Intention>(id))?)
    }

    /// The newest intentions that `filter` lets through, at most [`PAGE_ROWS_MAX`]; the next page
    /// ends on the day before the last of them.
    pub async fn list_intentions(
        &self,
        filter: &IntentionFilter,
    ) -> Result<Vec<Intention>, StoreError> {
        let mut query = QueryBuilder::new("select ");
        query.push(Intention::COLUMNS).push(" from intentions");
        filter.push_to(&mut query);
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(Intention::read).collect()
    }
}

impl IntentionFilter {
    /// Those that were deleted and can still be restored at `now`.
    #[must_use]
    pub fn restorable(self, now: DateTime<Utc>) -> Self {
        Self {
            deleted_since: Some(now - RESTORABLE_FOR),
            ..self
        }
    }

    /// The list that goes on where `page` ends; `None` when that was all.
    #[must_use]
    pub fn after(&self, page: &[Intention]) -> Option<Self> {
        let is_full = page.len() >= usize::try_from(PAGE_ROWS_MAX).unwrap_or(usize::MAX);
        let last = page.last().filter(|_| is_full)?;
        let to = last.id.date().pred_opt()?;
        Some(Self {
            to: Some(IntentionId::new(to).ok()?),
            ..*self
        })
    }

    fn push_to(&self, query: &mut QueryBuilder<Sqlite>) {
        match self.deleted_since {
            None => query.push(" where is_deleted = 0"),
            Some(since) => query
                .push(" where is_deleted = 1 and stamps ->> 'deleted' >= ")
                .push_bind(Stamp::first_at(since).to_string()),
        };
        if let Some(from) = self.from {
            query.push(" and id >= ").push_bind(from.to_string());
        }
        if let Some(to) = self.to {
            query.push(" and id <= ").push_bind(to.to_string());
        }
        query
            .push(" order by id desc limit ")
            .push_bind(PAGE_ROWS_MAX);
    }
}
