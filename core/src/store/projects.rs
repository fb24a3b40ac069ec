//! Projects: found by id or exact name. Names are not unique.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row};

use super::rows::{Cell, Cells, Edited, RESTORABLE_FOR, Synced, not_found, value};
use super::{Declined, Store, StoreError};
use crate::change::{ProjectField, Stamp};
use crate::model::{Brightness, Project, ProjectId, ProjectKey, ProjectName, sort_key};

/// The most projects that one list holds: more than anybody tells apart.
pub const PROJECTS_MAX: u32 = 10_000;

/// The most projects of one name that are told apart.
const ALIKE_MAX: u32 = 50;

/// What a person changes about a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectEdit {
    /// Give it another name.
    Rename(ProjectName),
    /// Give its dots another grey.
    SetBrightness(Brightness),
    /// Give it another name, its dots another grey, or both at once; nothing leaves it as it is.
    Dress(Option<ProjectName>, Option<Brightness>),
    /// Put it away, or take it out again.
    SetArchived(bool),
    /// Delete it; its particles stay.
    Delete,
    /// Bring it back, with its particles, also those that it lost when it was merged.
    Restore,
}

impl Synced for Project {
    type Id = ProjectId;
    type Field = ProjectField;
    const WORD: &'static str = "project";
    const TABLE: &'static str = "projects";
    const COLUMNS: &'static str = "id, name, brightness, archived, is_deleted";

    fn id(&self) -> ProjectId {
        self.id
    }

    fn cells(&self, field: ProjectField) -> Cells {
        let (column, cell) = match field {
            ProjectField::Name => ("name", Cell::Text(self.name.to_string())),
            ProjectField::Brightness => ("brightness", Cell::Real(self.brightness.as_f64())),
            ProjectField::Archived => ("archived", Cell::Integer(self.archived.into())),
            ProjectField::Deleted => ("deleted", Cell::Integer(self.deleted.into())),
        };
        vec![(column, cell)]
    }

    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        let grey: f64 = row.try_get("brightness")?;
        Ok(Self {
            id: value(row, "id", |id| id.parse().ok())?,
            name: value(row, "name", |name| ProjectName::kept(name).ok())?,
            brightness: Brightness::new(grey).map_err(|_| StoreError::Unreadable {
                what: "brightness",
                found: grey.to_string(),
            })?,
            archived: row.try_get("archived")?,
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
    /// Keeps a new project, and gives back what is kept: the project that has its id already, if
    /// there is one.
    pub async fn add_project(
        &self,
        project: &Project,
        now: DateTime<Utc>,
    ) -> Result<Project, StoreError> {
        self.record(project, now).await
    }

    /// Changes a project. One that is deleted can only be restored.
    pub async fn edit_project(
        &self,
        id: ProjectId,
        edit: ProjectEdit,
        now: DateTime<Utc>,
    ) -> Result<Edited<Project>, StoreError> {
        match edit {
            ProjectEdit::Delete => self.delete(id, now).await,
            ProjectEdit::Restore => self.restore_project(id, now).await,
            _ => {
                self.edit_kept(id, now, |project: &Project| Ok(edit.apply(project)))
                    .await
            }
        }
    }

    /// All projects by name, whatever case and accents it has, archived ones last; at most [`PROJECTS_MAX`].
    pub async fn list_projects(&self) -> Result<Vec<Project>, StoreError> {
        let mut query = QueryBuilder::new("select ");
        query
            .push(Project::COLUMNS)
            .push(" from projects where is_deleted = 0 order by archived, name, id limit ")
            .push_bind(PROJECTS_MAX);
        let rows = query.build().fetch_all(&self.pool).await?;
        by_name(&rows)
    }

    /// The deleted projects that can still be restored at `now`, by name; at most [`PROJECTS_MAX`].
    pub async fn list_restorable_projects(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<Project>, StoreError> {
        let mut query = QueryBuilder::new("select ");
        query
            .push(Project::COLUMNS)
            .push(" from projects where is_deleted = 1 and stamps ->> 'deleted' >= ")
            .push_bind(Stamp::first_at(now - RESTORABLE_FOR).to_string())
            .push(" order by name, id limit ")
            .push_bind(PROJECTS_MAX);
        let rows = query.build().fetch_all(&self.pool).await?;
        by_name(&rows)
    }

    /// The project with this id, deleted or not; else the one with exactly this name that is not
    /// deleted, or, for `deleted`, the one of this name that was deleted last. An error when there is
    /// none, or more than one.
    pub async fn find_project(
        &self,
        key: &ProjectKey,
        deleted: bool,
    ) -> Result<Project, StoreError> {
        if let Some(id) = key.as_id() {
            let mut query = QueryBuilder::new("select ");
            query
                .push(Project::COLUMNS)
                .push(" from projects where id = ")
                .push_bind(id.to_string());
            if let Some(row) = query.build().fetch_optional(&self.pool).await? {
                return Project::read(&row);
            }
        }
        // What cannot be a name is nobody's name.
        let name = key.as_name().map_err(|_| not_found::<Project>(key))?;
        self.find_project_named(name, deleted).await
    }

    async fn find_project_named(
        &self,
        name: ProjectName,
        deleted: bool,
    ) -> Result<Project, StoreError> {
        let mut query = QueryBuilder::new("select ");
        query
            .push(Project::COLUMNS)
            .push(" from projects where is_deleted = ")
            .push_bind(deleted)
            .push(" and name = ")
            .push_bind(name.to_string());
        if deleted {
            query.push(" order by stamps ->> 'deleted' desc limit 1");
        } else {
            query.push(" order by id limit ").push_bind(ALIKE_MAX);
        }
        let rows = query.build().fetch_all(&self.pool).await?;
        match rows.as_slice() {
            [] => Err(not_found::<Project>(name).into()),
            [row] => Project::read(row),
            rows => {
                let ids = rows.iter().map(Project::read).map(|p| Ok(p?.id));
                let ids = ids.collect::<Result<_, StoreError>>()?;
                Err(Declined::AmbiguousName { name, ids }.into())
            }
        }
    }
}

/// SQLite knows no letters beyond ASCII. Of equal names the order of `rows` holds.
fn by_name(rows: &[SqliteRow]) -> Result<Vec<Project>, StoreError> {
    let projects = rows.iter().map(Project::read);
    let mut projects = projects.collect::<Result<Vec<_>, _>>()?;
    projects.sort_by_cached_key(|project| {
        (
            !project.deleted && project.archived,
            sort_key(project.name.as_str()),
        )
    });
    Ok(projects)
}

impl ProjectEdit {
    fn apply(self, project: &Project) -> Project {
        let mut project = project.clone();
        match self {
            Self::Rename(name) => project.name = name,
            Self::SetBrightness(brightness) => project.brightness = brightness,
            Self::Dress(name, brightness) => {
                project.name = name.unwrap_or(project.name);
                project.brightness = brightness.unwrap_or(project.brightness);
            }
            Self::SetArchived(archived) => project.archived = archived,
            Self::Delete => project.deleted = true,
            Self::Restore => project.deleted = false,
        }
        project
    }
}
