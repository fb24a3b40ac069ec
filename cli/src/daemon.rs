//! The owner of a data folder without a window: `particle daemon`, and a command that takes long. The
//! command line reaches it as it reaches the app; an app with a window takes its place.

use std::io;
use std::sync::Arc;

use particle_core::app::App;
use particle_core::folder::DataFolder;
use particle_core::ipc::{Server, Welcome};
use tokio::sync::Notify;

use crate::push;

/// Answers for `app` until the process is told to end or an app with a window takes its place.
/// `on_ready` is called once it can be reached.
pub(crate) async fn serve<E: From<io::Error>>(
    folder: &DataFolder,
    app: App,
    on_ready: impl AsyncFnOnce(&App) -> Result<(), E>,
) -> Result<(), E> {
    let app = Arc::new(app);
    let mut end = EndSignals::listen()?;
    let (server, room_asked_for) = listen(folder, &app)?;
    // Nobody looks at it: it asks nothing.
    tokio::spawn(App::follow_power(Arc::downgrade(&app), || false));
    let told = on_ready(&app).await;
    let is_room_wanted = told.is_ok()
        && tokio::select! {
            () = end.received() => false,
            () = room_asked_for.notified() => true,
        };
    server.close().await;
    leave(&app, is_room_wanted).await;
    told
}

/// Does what takes long, and answers others meanwhile. `None` when it was left, as far as it can be, because an
/// app with a window takes the place.
pub(crate) async fn answer_meanwhile<T>(
    folder: &DataFolder,
    app: App,
    can_be_left: bool,
    work: impl AsyncFnOnce(&App) -> T,
) -> Option<T> {
    let app = Arc::new(app);
    // Where nobody can be answered, the others wait and say so.
    let listening = listen(folder, &app).ok();
    let room_asked_for = async {
        match &listening {
            Some((_, room_asked_for)) if can_be_left => room_asked_for.notified().await,
            _ => std::future::pending().await,
        }
    };
    let done = tokio::select! {
        done = work(&app) => Some(done),
        () = room_asked_for => None,
    };
    let mut is_room_wanted = done.is_none();
    if let Some((server, room_asked_for)) = listening {
        // What others have asked for meanwhile is not stopped by the end of this.
        is_room_wanted = is_room_wanted
            || tokio::select! {
                () = rest(&server, &app) => false,
                () = room_asked_for.notified() => true,
            };
        if is_room_wanted {
            server.close().await;
        } else {
            // Somebody may have asked just now.
            server.finish().await;
        }
    }
    let is_to_be_sent = app.profile().has_something_to_send().await;
    leave(&app, is_room_wanted).await;
    drop(app);
    // Whoever asked for room sends it.
    if is_to_be_sent && !is_room_wanted {
        push::start(folder);
    }
    done
}

/// Until everybody is answered and the backup is made that is due.
async fn rest(server: &Server, app: &App) {
    server.answered().await;
    app.finish_backups().await;
}

async fn leave(app: &App, is_room_wanted: bool) {
    if is_room_wanted {
        app.make_room().await;
    } else {
        app.close().await;
    }
}

/// Answers for `app`, and says when an app with a window asks for room.
fn listen(folder: &DataFolder, app: &Arc<App>) -> io::Result<(Server, Arc<Notify>)> {
    let room_asked_for = Arc::new(Notify::new());
    let asked = Arc::clone(&room_asked_for);
    let on_show = Arc::new(move || {
        asked.notify_one();
        Welcome::MakesRoom
    });
    Ok((
        Server::listen(folder, Arc::clone(app), on_show)?,
        room_asked_for,
    ))
}

/// How an operating system asks a program to end.
struct EndSignals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
    #[cfg(windows)]
    close: tokio::signal::windows::CtrlClose,
}

#[cfg(unix)]
impl EndSignals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(windows)]
impl EndSignals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_c, ctrl_close};
        Ok(Self {
            interrupt: ctrl_c()?,
            close: ctrl_close()?,
        })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.close.recv() => {}
        }
    }
}
