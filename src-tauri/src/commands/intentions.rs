//! The sentence of a day.

use particle_core::app::IntentionRequest;
use particle_core::model::{Intention, IntentionId};
use tauri::State;

use super::{Answer, view};
use crate::profile::Profile;

/// The intention of a day, without a day that of today; nothing where there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn intention(
    day: Option<IntentionId>,
    profile: State<'_, Profile>,
) -> Answer<Option<Intention>> {
    profile.current()?.intention_of(day).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_intention(
    request: IntentionRequest,
    profile: State<'_, Profile>,
) -> Answer<Intention> {
    profile.current()?.intention(request).await.map_err(view)
}
