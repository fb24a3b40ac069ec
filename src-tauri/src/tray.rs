//! The tray: the running time beside the icon, and a small menu. It is told of changes, counts the
//! seconds itself, and draws only what differs.

mod face;
mod icon;
mod picture;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use particle_core::app::App;
use tauri::{AppHandle, Manager};
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;

use crate::platform;
use crate::profile::Profile;
use face::Face;
use icon::Icon;

/// How often the day's count is looked up when nothing happens: a day ends by itself.
const REFRESH: Duration = Duration::from_mins(10);

/// How soon a day that could not be read is read again.
const RETRY: Duration = Duration::from_secs(5);

/// The tray icon, where a host draws one.
#[derive(Default)]
pub(crate) struct Tray {
    /// Locked on the main thread only: whoever holds it calls into the window system.
    icon: Mutex<Option<Icon>>,
    is_reachable: Arc<AtomicBool>,
    redraw: Arc<Notify>,
}

impl Tray {
    /// Whether the app can be reached by its icon: there is one, and the host that drew it lives.
    pub(crate) fn is_reachable(&self) -> bool {
        self.is_reachable.load(Ordering::Relaxed)
    }

    /// Draws again, after the language changed.
    pub(crate) fn redraw(&self) {
        self.redraw.notify_one();
    }

    fn icon(&self) -> MutexGuard<'_, Option<Icon>> {
        self.icon.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows the tray if a host answers, and keeps it true until the app ends.
pub(crate) fn start(handle: &AppHandle) {
    let Ok(app) = handle.state::<Profile>().app().cloned() else {
        return;
    };
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        if !platform::tray_can_be_shown().await {
            tracing::info!("no tray host answers; the app lives in its window");
            return;
        }
        let on_main_thread = handle.clone();
        let (built, is_built) = tokio::sync::oneshot::channel();
        let building = handle.run_on_main_thread(move || {
            // An error means that nobody waits: the app ends.
            let _ended = built.send(build(&on_main_thread));
        });
        if building.is_ok() && is_built.await == Ok(true) {
            let is_reachable = Arc::clone(&handle.state::<Tray>().is_reachable);
            is_reachable.store(true, Ordering::Relaxed);
            tauri::async_runtime::spawn(platform::watch_tray_host(is_reachable));
            follow(&handle, &app).await;
        }
    });
}

fn build(handle: &AppHandle) -> bool {
    match Icon::build(handle) {
        Ok(icon) => {
            *handle.state::<Tray>().icon() = Some(icon);
            true
        }
        Err(error) => {
            tracing::warn!(%error, "the tray icon could not be built");
            false
        }
    }
}

async fn follow(handle: &AppHandle, app: &App) {
    let redraw = Arc::clone(&handle.state::<Tray>().redraw);
    let mut events = app.events();
    loop {
        let status = match app.profile().status().await {
            Ok(status) => status,
            Err(error) => {
                tracing::warn!(%error, "the tray could not be refreshed");
                tokio::time::sleep(RETRY).await;
                continue;
            }
        };
        let refresh = tokio::time::sleep(REFRESH);
        tokio::pin!(refresh);
        loop {
            let now = app.profile().now();
            draw(handle, Face::of(&status, now));
            tokio::select! {
                () = next_second(face::until_next_second(&status, now)) => {}
                event = events.recv() => match event {
                    Err(RecvError::Closed) => return,
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                },
                () = redraw.notified() => {}
                () = &mut refresh => break,
            }
        }
    }
}

/// In one hop to the main thread, which is where everything about the icon happens.
fn draw(handle: &AppHandle, face: Face) {
    let on_main_thread = handle.clone();
    let drawing = handle.run_on_main_thread(move || {
        if let Some(icon) = on_main_thread.state::<Tray>().icon().as_mut() {
            icon.draw(face);
        }
    });
    if let Err(error) = drawing {
        tracing::debug!(%error, "the app ends");
    }
}

async fn next_second(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
