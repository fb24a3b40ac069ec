//! Projects.

use particle_core::app::{ProjectList, ProjectRequest};
use particle_core::model::Project;
use serde::Serialize;
use specta::Type;
use tauri::State;

use super::{Answer, view};
use crate::profile::Profile;

/// Every project there is, by name.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ProjectLists {
    /// Those that are not deleted, archived ones among them.
    kept: Vec<Project>,
    /// Those that can be restored.
    deleted: Vec<Project>,
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn projects(profile: State<'_, Profile>) -> Answer<ProjectLists> {
    let app = profile.current()?;
    let (store, now) = (app.store(), app.now());
    Ok(ProjectLists {
        kept: ProjectList::Kept.read(store, now).await.map_err(view)?,
        deleted: ProjectList::Deleted.read(store, now).await.map_err(view)?,
    })
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_project(
    request: ProjectRequest,
    profile: State<'_, Profile>,
) -> Answer<Project> {
    profile.current()?.project(request).await.map_err(view)
}
