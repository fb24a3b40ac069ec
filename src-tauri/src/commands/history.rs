//! The past.

use chrono::NaiveDate;
use particle_core::app::{NewParticle, PageRequest, ParticlePage, ParticleRequest};
use particle_core::model::{Particle, ParticleId};
use tauri::State;

use super::{Answer, view};
use crate::profile::Profile;

/// The date of the present day, which begins at the day boundary.
#[tauri::command]
#[specta::specta]
pub(crate) async fn today(profile: State<'_, Profile>) -> Answer<NaiveDate> {
    profile.app()?.today().await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn particles_today(profile: State<'_, Profile>) -> Answer<Vec<Particle>> {
    profile.app()?.particles_today().await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn particles(
    request: PageRequest,
    profile: State<'_, Profile>,
) -> Answer<ParticlePage> {
    profile.app()?.particles(request).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_particle(
    particle: NewParticle,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile.app()?.add(particle).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_particle(
    request: ParticleRequest,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile.app()?.edit_particle(request).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_particle(
    id: ParticleId,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile.app()?.delete_particle(id).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_particle(
    id: ParticleId,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile.app()?.restore_particle(id).await.map_err(view)
}
