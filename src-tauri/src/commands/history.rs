//! The past.

use particle_core::app::{
    NewParticle, PageRequest, ParticlePage, ParticleRequest, PresentDay, TogetherRequest,
};
use particle_core::model::{Days, Particle, ParticleId};
use particle_core::statistics::Statistics;
use particle_core::store::{Overlap, OverlapPair};
use tauri::State;

use super::{Answer, view};
use crate::profile::Profile;

/// The present day, which began at the day boundary, and when it ends.
#[tauri::command]
#[specta::specta]
pub(crate) async fn today(profile: State<'_, Profile>) -> Answer<PresentDay> {
    profile.current()?.present_day().await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn particles_today(profile: State<'_, Profile>) -> Answer<Vec<Particle>> {
    profile.current()?.particles_today().await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn particles(
    request: PageRequest,
    profile: State<'_, Profile>,
) -> Answer<ParticlePage> {
    profile.current()?.particles(request).await.map_err(view)
}

/// What was done in `days`, added up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn statistics(days: Days, profile: State<'_, Profile>) -> Answer<Statistics> {
    profile.current()?.statistics(days).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_particle(
    particle: NewParticle,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile.current()?.add(particle).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_particle(
    request: ParticleRequest,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile
        .current()?
        .edit_particle(request)
        .await
        .map_err(view)
}

/// Takes an edit back: `before` is the particle as it was.
#[tauri::command]
#[specta::specta]
pub(crate) async fn put_particle_back(
    before: Particle,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile
        .current()?
        .put_particle_back(before)
        .await
        .map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_particle(
    id: ParticleId,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile.current()?.delete_particle(id).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_particle(
    id: ParticleId,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile.current()?.restore_particle(id).await.map_err(view)
}

/// Where, in `days`, two focuses have the same time and nobody decided about it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overlaps(days: Days, profile: State<'_, Profile>) -> Answer<Vec<Overlap>> {
    profile.current()?.overlaps(days).await.map_err(view)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_both(
    pair: OverlapPair,
    is_kept: bool,
    profile: State<'_, Profile>,
) -> Answer<()> {
    profile
        .current()?
        .keep_both(pair, is_kept)
        .await
        .map_err(view)
}

/// The later one of `pair` as it is now, which may be deleted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn trim_overlap(
    pair: OverlapPair,
    profile: State<'_, Profile>,
) -> Answer<Particle> {
    profile.current()?.trim(pair).await.map_err(view)
}

/// Those of the particles that differ from before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_together(
    request: TogetherRequest,
    profile: State<'_, Profile>,
) -> Answer<Vec<ParticleId>> {
    profile
        .current()?
        .change_together(request)
        .await
        .map_err(view)
}

/// Takes changes back: `before` are the particles as they were.
#[tauri::command]
#[specta::specta]
pub(crate) async fn put_back_together(
    before: Vec<Particle>,
    profile: State<'_, Profile>,
) -> Answer<Vec<ParticleId>> {
    profile
        .current()?
        .put_back_together(before)
        .await
        .map_err(view)
}
