//! What a person takes along, takes in, and goes back to.

use std::path::PathBuf;

use particle_core::app::{self, export_whole};
use particle_core::store::backup::Backup;
use particle_core::transfer::{Format, ImportReport, Progress};
use rust_i18n::t;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::{Notify, oneshot, watch};

use super::{Answer, view};
use crate::profile::Profile;

/// Rings when the import that is under way is to end.
#[derive(Default)]
pub(crate) struct EndOfImport(Notify);

/// What is exported, by the ends of their names.
const IMPORTED: [&str; 6] = ["json", "csv", "db", "sqlite", "sqlite3", "sqlitedb"];

/// Writes what there is into the person's folder for downloads, and says where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_all(
    format: Format,
    handle: AppHandle,
    profile: State<'_, Profile>,
) -> Answer<String> {
    let open = profile.current()?;
    let folder = outbound(&handle, &profile);
    let written = export_whole(&open, format, &folder).await.map_err(view)?;
    Ok(written.display().to_string())
}

/// Keeps a PNG of a year beside what is exported; the answer is where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_picture(
    year: i32,
    picture: Vec<u8>,
    handle: AppHandle,
    profile: State<'_, Profile>,
) -> Answer<String> {
    let folder = outbound(&handle, &profile);
    let kept = app::keep_picture(&*profile.current()?, year, &picture, &folder);
    Ok(kept.map_err(view)?.display().to_string())
}

/// Where a person finds what the app hands out.
fn outbound(handle: &AppHandle, profile: &Profile) -> PathBuf {
    let paths = handle.path();
    // A system without such a folder has a home, and the data folder is there in any case.
    let folder = paths.download_dir().or_else(|_| paths.home_dir());
    folder.unwrap_or_else(|_| profile.folder().path().to_owned())
}

/// Lets the person choose a file and takes in what is newer in it. Nothing where they chose none, or ended it
/// before its end: what was taken in until then stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_file(
    on_progress: Channel<Progress>,
    window: WebviewWindow,
    profile: State<'_, Profile>,
    end: State<'_, EndOfImport>,
) -> Answer<Option<ImportReport>> {
    let (sender, chosen) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(&window);
    let dialog = dialog.set_title(t!("data.choose"));
    let dialog = dialog.add_filter("Particle, Pomotroid", &IMPORTED);
    dialog.pick_file(|file| drop(sender.send(file)));
    let Some(path) = chosen.await.ok().flatten() else {
        return Ok(None);
    };
    let Ok(path) = path.into_path() else {
        return Ok(None);
    };
    let open = profile.current()?;
    let progress = watch::Sender::default();
    let mut made = progress.subscribe();
    let telling = async {
        while made.changed().await.is_ok() {
            let told = on_progress.send(*made.borrow_and_update());
            // A window that is gone hears nothing; what it asked for is done.
            drop(told);
        }
    };
    tokio::select! {
        imported = open.import(&path, &progress) => imported.map(Some).map_err(view),
        () = end.0.notified() => Ok(None),
        () = telling => Ok(None),
    }
}

/// Ends the import that is under way.
#[tauri::command]
#[specta::specta]
pub(crate) fn end_import(end: State<'_, EndOfImport>) {
    end.0.notify_waiters();
}

/// The backups of what is open, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backups(profile: State<'_, Profile>) -> Answer<Vec<Backup>> {
    let listed = profile.current()?.backups().list();
    listed.map_err(|error| view(error.into()))
}

/// Makes one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_backup(profile: State<'_, Profile>) -> Answer<Backup> {
    let made = profile.current()?.backups().make().await;
    made.map_err(|error| view(error.into()))
}

/// Puts one in the place of what is open, of which one is made before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(name: String, profile: State<'_, Profile>) -> Answer<()> {
    profile.app()?.restore_backup(&name).await.map_err(view)
}
