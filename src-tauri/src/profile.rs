//! The profile behind the window: open, or the reason why it could not be opened. A window that tells
//! the reason is better than none.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use particle_core::app::{App, Environment, OpenedApp};
use particle_core::error::{AppError, ErrorView};
use particle_core::folder::{DataFolder, Ownership};
use particle_core::ipc::{Server, Welcome};
use tauri::{AppHandle, Manager};

use crate::absence::AbsenceStore;
use crate::window;

/// How long the end of the app waits for the database.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// What the window shows.
pub(crate) struct Profile {
    folder: DataFolder,
    state: Result<Opened, ErrorView>,
}

struct Opened {
    app: Arc<App>,
    moved_aside: Option<PathBuf>,
}

impl Profile {
    /// Opens the profile of a folder that this process owns.
    pub(crate) async fn open(folder: DataFolder, ownership: Ownership) -> Self {
        match App::open(&folder, ownership, Environment::system()).await {
            Ok(OpenedApp {
                app, moved_aside, ..
            }) => Self {
                folder,
                state: Ok(Opened {
                    app: Arc::new(app),
                    moved_aside,
                }),
            },
            Err(error) => Self::failed(folder, &error),
        }
    }

    /// A profile that could not be opened.
    pub(crate) fn failed(folder: DataFolder, error: &AppError) -> Self {
        tracing::error!(%error, "the profile could not be opened");
        Self {
            folder,
            state: Err(error.view()),
        }
    }

    /// Closes the database. What was acknowledged is durable also when that takes too long.
    pub(crate) fn close(&self) {
        let Ok(app) = self.app() else { return };
        let closing = async { tokio::time::timeout(CLOSE_TIMEOUT, app.close()).await };
        if tauri::async_runtime::block_on(closing).is_err() {
            tracing::warn!("the database was still busy at the end");
        }
    }

    /// The folder it lies in.
    pub(crate) fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// The app, or why there is none.
    pub(crate) fn app(&self) -> Result<&Arc<App>, ErrorView> {
        self.state
            .as_ref()
            .map(|opened| &opened.app)
            .map_err(Clone::clone)
    }

    /// What is open at present, or why nothing is.
    pub(crate) fn current(&self) -> Result<Arc<particle_core::app::Profile>, ErrorView> {
        self.app().map(|app| app.profile())
    }

    /// Where a damaged database was moved when this profile was opened.
    pub(crate) fn moved_aside(&self) -> Option<&PathBuf> {
        self.state.as_ref().ok()?.moved_aside.as_ref()
    }
}

/// Listens for the command line and for a second start of the app.
pub(crate) fn answer_other_processes(handle: &AppHandle) {
    let profile = handle.state::<Profile>();
    let Ok(app) = profile.app() else { return };
    let visited = handle.clone();
    let on_show = Arc::new(move || {
        window::show_soon(&visited);
        Welcome::Shown
    });
    let runtime = tauri::async_runtime::handle();
    let _in_runtime = runtime.inner().enter();
    match Server::listen(&profile.folder, Arc::clone(app), on_show) {
        Ok(server) => {
            handle.manage(server);
        }
        Err(error) => tracing::error!(%error, "the command line cannot reach this app"),
    }
}

/// Follows what the system tells of sleep, and of people who are not there.
pub(crate) fn follow_power(handle: &AppHandle) {
    let profile = handle.state::<Profile>();
    let Ok(app) = profile.app() else { return };
    let asked = handle.clone();
    let asks = move || asked.state::<AbsenceStore>().asks();
    tauri::async_runtime::spawn(App::follow_power(Arc::downgrade(app), asks));
}
