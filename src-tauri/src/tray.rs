//! The tray: the running time beside the icon, and a small menu. It is told of changes, counts the
//! seconds itself, and draws only what differs.

mod face;
mod icon;

use std::sync::{Arc, Mutex, PoisonError};
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

/// The tray icon, where a host draws one.
#[derive(Default)]
pub(crate) struct Tray {
    icon: Mutex<Option<Icon>>,
    redraw: Arc<Notify>,
}

impl Tray {
    /// Whether the app can be reached by its icon at this moment: a host that drew it may be gone.
    pub(crate) fn can_be_reached(&self) -> bool {
        let is_built = self
            .icon
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some();
        is_built && tauri::async_runtime::block_on(platform::tray_can_be_shown())
    }

    /// Draws again, after the language changed.
    pub(crate) fn redraw(&self) {
        self.redraw.notify_one();
    }

    fn draw(&self, face: Face) {
        if let Some(icon) = self
            .icon
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
        {
            icon.draw(face);
        }
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
            follow(&handle, &app).await;
        }
    });
}

fn build(handle: &AppHandle) -> bool {
    match Icon::build(handle) {
        Ok(icon) => {
            let tray = handle.state::<Tray>();
            *tray.icon.lock().unwrap_or_else(PoisonError::into_inner) = Some(icon);
            true
        }
        Err(error) => {
            tracing::warn!(%error, "the tray icon could not be built");
            false
        }
    }
}

async fn follow(handle: &AppHandle, app: &App) {
    let tray = handle.state::<Tray>();
    let redraw = Arc::clone(&tray.redraw);
    let mut events = app.events();
    loop {
        let status = match app.status().await {
            Ok(status) => status,
            Err(error) => {
                tracing::warn!(%error, "the tray could not be refreshed");
                tokio::time::sleep(REFRESH).await;
                continue;
            }
        };
        let refresh = tokio::time::sleep(REFRESH);
        tokio::pin!(refresh);
        loop {
            let now = app.now();
            tray.draw(Face::of(&status, now));
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

async fn next_second(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
