//! The way to the timer: through the process that owns the data folder, or, when none runs, as its
//! owner for the length of one step.

use particle_core::app::{Answer, App, Command, Environment, OpenedApp};
use particle_core::error::AppError;
use particle_core::folder::{DataFolder, Ownership};
use particle_core::ipc::{self, Client, Reached};
use particle_core::store::Store;
use particle_core::transfer::Progress;
use tokio::sync::watch;

use crate::output::Output;
use crate::{daemon, push};

pub(crate) enum Access {
    /// Another process owns the folder.
    There(Client),
    /// This one does.
    Here {
        app: App,
        folder: DataFolder,
        /// A focus ended since the last step, and is kept.
        ended_unseen: bool,
    },
}

impl Access {
    /// For one step.
    pub(crate) async fn open(folder: &DataFolder, output: &Output) -> Result<Self, AppError> {
        Self::open_by(folder, output, App::open_for_a_step).await
    }

    /// For a process that stays, if it becomes the owner.
    pub(crate) async fn open_to_stay(
        folder: &DataFolder,
        output: &Output,
    ) -> Result<Self, AppError> {
        Self::open_by(folder, output, App::open).await
    }

    async fn open_by(
        folder: &DataFolder,
        output: &Output,
        open: impl AsyncFnOnce(&DataFolder, Ownership, Environment) -> Result<OpenedApp, AppError>,
    ) -> Result<Self, AppError> {
        match ipc::reach(folder).await? {
            Reached::Owner(client) => Ok(Self::There(client)),
            Reached::Free(ownership) => {
                let opened = open(folder, ownership, Environment::system()).await?;
                if let Some(path) = opened.moved_aside {
                    output.note(&format!(
                        "The database was damaged. It was moved to {} and a new one made. \
                         `particle backup list` shows the copies of before, and \
                         `particle backup restore` puts one in its place.",
                        path.display()
                    ));
                }
                Ok(Self::Here {
                    app: opened.app,
                    folder: folder.clone(),
                    ended_unseen: opened.ended_unseen,
                })
            }
        }
    }

    /// Does `command`, and tells how far it is if that takes long.
    pub(crate) async fn run(
        self,
        command: Command,
        progress: &watch::Sender<Progress>,
    ) -> Result<Answer, AppError> {
        match self {
            Self::There(client) => client.run_told(command, progress).await,
            Self::Here { app, folder, .. } if command.may_take_long() => {
                let can_be_left = command.can_be_left();
                let work = async |app: &App| app.run_told(command, progress).await;
                let done = daemon::answer_meanwhile(&folder, app, can_be_left, work).await;
                done.unwrap_or(Err(AppError::Stopped))
            }
            Self::Here {
                app,
                ended_unseen,
                folder,
            } => {
                // What it is to finish has just been kept, at its planned end.
                let is_done = ended_unseen && command.ends_the_focus();
                let command = if is_done { Command::Status } else { command };
                let answer = app.run_told(command, progress).await;
                let is_to_be_sent = app.profile().has_something_to_send().await;
                app.close().await;
                drop(app);
                if is_to_be_sent {
                    push::start(&folder);
                }
                answer
            }
        }
    }

    /// The app, for a process that stays its owner.
    pub(crate) fn into_app(self) -> Result<App, AppError> {
        match self {
            Self::There(_) => Err(AppError::Owned),
            Self::Here { app, .. } => Ok(app),
        }
    }

    /// The store to read lists from, also while another process owns it: they may be long. Nobody has
    /// to wait until they are printed, so this process owns nothing any more.
    pub(crate) async fn into_store(self, folder: &DataFolder) -> Result<Store, AppError> {
        match self {
            Self::There(_) => {
                let profile = folder.active_profile()?.database;
                Ok(Store::open_for_reading(&profile).await?)
            }
            Self::Here { app, .. } => {
                // A focus that ended unseen is kept by opening alone.
                let is_to_be_sent = app.profile().has_something_to_send().await;
                let store = app.into_store().await;
                if is_to_be_sent {
                    push::start(folder);
                }
                Ok(store)
            }
        }
    }
}
