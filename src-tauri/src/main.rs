//! The desktop shell: a window, a tray and a local socket around `particle-core`. It decides nothing
//! about timers or particles.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod absence;
mod alerts;
mod bindings;
mod commands;
mod events;
mod keys;
mod log;
mod look;
mod platform;
mod profile;
mod texts;
mod tray;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use particle_core::error::AppError;
use particle_core::folder::DataFolder;
use particle_core::ipc;
use particle_core::sync::exchange::Trigger;
use tauri::{Manager, RunEvent, WindowEvent};

use absence::AbsenceStore;
use alerts::choice::AlertStore;
use commands::data::EndOfImport;
use keys::KeyStore;
use look::LookStore;
use profile::Profile;
use tray::Tray;

rust_i18n::i18n!("locales", fallback = "en");

/// A focus timer whose every finished focus is kept.
#[derive(Debug, Parser)]
#[command(name = "particle-desktop", version)]
struct Args {
    /// The folder that holds everything; another folder is another machine.
    #[arg(long, value_name = "DIR", env = "PARTICLE_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

fn main() -> ExitCode {
    platform::prepare_environment();
    let args = Args::parse();
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            platform::report_failed_start(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Opens the profile, or brings the window of the app that has it open to the front.
fn start(args: Args) -> Result<(), StartError> {
    if !platform::has_display() {
        return Err(StartError::NoDisplay);
    }
    let folder = DataFolder::locate(args.data_dir).map_err(AppError::from)?;
    let profile = match tauri::async_runtime::block_on(ipc::move_in(&folder)) {
        Ok(None) => return Ok(()),
        Ok(Some(ownership)) => {
            log::start(&folder);
            tauri::async_runtime::block_on(Profile::open(folder, ownership))
        }
        Err(error) => Profile::failed(folder, &error),
    };
    Ok(run(profile)?)
}

fn run(profile: Profile) -> tauri::Result<()> {
    let bindings = bindings::builder();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(bindings.invoke_handler())
        .setup(move |app| {
            bindings.mount_events(app);
            let look = LookStore::open(app.handle(), profile.folder())?;
            texts::speak(look.language());
            app.manage(look);
            app.manage(AbsenceStore::open(app.handle(), profile.folder())?);
            app.manage(KeyStore::open(app.handle(), profile.folder())?);
            app.manage(AlertStore::open(app.handle(), profile.folder())?);
            app.manage(EndOfImport::default());
            app.manage(Tray::default());
            app.manage(profile);
            events::forward(app.handle());
            alerts::start(app.handle());
            profile::answer_other_processes(app.handle());
            profile::follow_power(app.handle());
            window::open(app.handle())?;
            tray::start(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| match event {
        // The last window was closed; the tray goes on.
        RunEvent::ExitRequested {
            code: None, api, ..
        } if app.state::<Tray>().is_reachable() => {
            api.prevent_exit();
        }
        // Whoever looks wants to see what their other machines did.
        RunEvent::WindowEvent {
            event: WindowEvent::Focused(true),
            ..
        } => {
            if let Ok(profile) = app.state::<Profile>().current() {
                profile.hear(Trigger::Focus);
            }
        }
        RunEvent::Exit => app.state::<Profile>().close(),
        _ => {}
    });
    Ok(())
}

/// Why the app did not start at all.
#[derive(Debug, thiserror::Error)]
enum StartError {
    /// The folder, or the app that owns it.
    #[error(transparent)]
    App(#[from] AppError),
    /// No window system answers.
    #[error("There is no display to show the window on. In a terminal, use the particle command.")]
    NoDisplay,
    /// The window system.
    #[error("Particle could not open its window: {0}")]
    Tauri(#[from] tauri::Error),
}
