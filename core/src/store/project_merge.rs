//! Two projects become one, and two again. Nothing is kept of it but stamps: what moved bears the one of the
//! deletion that it moved with, on this device and on every other.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::rows::{Edited, Kept, Synced, not_found, restorable, value};
use super::write::Write;
use super::{Declined, Store, StoreError};
use crate::change::{Field, ProjectField};
use crate::model::{Intention, Particle, Project, ProjectId};

/// How many rows are read at a time.
const ROWS_AT_A_TIME: u32 = 500;

/// A row that may belong to a project.
trait OfProject: Synced {
    fn with_project(&self, project: ProjectId) -> Self;
}

impl OfProject for Particle {
    fn with_project(&self, project: ProjectId) -> Self {
        Self {
            project_id: Some(project),
            ..self.clone()
        }
    }
}

impl OfProject for Intention {
    fn with_project(&self, project: ProjectId) -> Self {
        Self {
            project_id: Some(project),
            ..self.clone()
        }
    }
}

/// Which rows move; an edit of a deleted row would bring it back.
const OF_PROJECT: &str = " where is_deleted = 0 and project_id = ";
const MOVED_WITH: &str =
    " where is_deleted = 0 and project_id is not null and stamps ->> 'project_id' = ";

impl Store {
    /// Gives everything of the project `from` to `into` and deletes `from`, as one transaction. Restoring it
    /// brings back what has not moved on since.
    pub async fn merge_projects(
        &self,
        from: ProjectId,
        into: ProjectId,
        now: DateTime<Utc>,
    ) -> Result<Project, StoreError> {
        let mut write = self.begin(now).await?;
        let source = write.find_kept(from).await?;
        let target = write.find_kept(into).await?;
        if from == into {
            return Err(Declined::SameProject.into());
        }
        let id = from.to_string();
        write.move_rows::<Particle>(OF_PROJECT, &id, into).await?;
        write.move_rows::<Intention>(OF_PROJECT, &id, into).await?;
        let deleted = source.row.with_deleted(true);
        write.change(&source, &deleted).await?;
        write.commit().await?;
        Ok(target.row)
    }

    /// Brings a project back that was deleted in the last 30 days, with what was moved when it was merged.
    pub(super) async fn restore_project(
        &self,
        id: ProjectId,
        now: DateTime<Utc>,
    ) -> Result<Edited<Project>, StoreError> {
        let mut write = self.begin(now).await?;
        let kept = write.find::<Project>(id).await?;
        let kept = kept.ok_or_else(|| not_found::<Project>(id))?;
        let row = restorable(&kept, now)?;
        if let Some(deletion) = kept.stamps.get(&ProjectField::DELETED) {
            let stamp = deletion.to_string();
            write.move_rows::<Particle>(MOVED_WITH, &stamp, id).await?;
            write.move_rows::<Intention>(MOVED_WITH, &stamp, id).await?;
        }
        let has_changed = write.change(&kept, &row).await?;
        write.commit().await?;
        Ok(Edited { row, has_changed })
    }
}

impl Write {
    async fn find_kept(&mut self, id: ProjectId) -> Result<Kept<Project>, StoreError> {
        let kept = self.find::<Project>(id).await?;
        let kept = kept.ok_or_else(|| not_found::<Project>(id))?;
        if kept.row.is_deleted() {
            let what = Project::WORD;
            return Err(Declined::Deleted { what }.into());
        }
        Ok(kept)
    }

    /// Gives the rows of which `which` is `sought` to `project`.
    async fn move_rows<R: OfProject>(
        &mut self,
        which: &'static str,
        sought: &str,
        project: ProjectId,
    ) -> Result<(), StoreError> {
        let mut last = String::new();
        loop {
            let mut query = QueryBuilder::new("select ");
            query.push(R::COLUMNS).push(", stamps from ").push(R::TABLE);
            query.push(which).push_bind(sought);
            query.push(" and id > ").push_bind(&*last);
            query.push(" order by id limit ").push_bind(ROWS_AT_A_TIME);
            let rows = query.build().fetch_all(self.connection()).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                let kept = Kept {
                    row: R::read(row)?,
                    stamps: value(row, "stamps", |text| serde_json::from_str(text).ok())?,
                };
                last = kept.row.id().to_string();
                self.change(&kept, &kept.row.with_project(project)).await?;
            }
        }
    }
}
