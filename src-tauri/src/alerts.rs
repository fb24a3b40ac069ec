//! What is told when a focus or a break is over: a sound, and a notification that can be answered.

pub(crate) mod choice;
pub(crate) mod notice;
pub(crate) mod notification;
pub(crate) mod sound;

mod bell;

use std::sync::Arc;
use std::time::Duration;

use particle_core::app::{App, Profile as OpenProfile, StartRequest, TimerRequest, TimerState};
use particle_core::engine::Event;
use particle_core::error::AppError;
use particle_core::model::Kind;
use tauri::{AppHandle, Manager};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::oneshot;

use crate::profile::Profile;
use crate::window;
use choice::AlertStore;
use notice::{Action, MORE_MINUTES, Notice};

/// What was told last. It holds while the timer stays as it was then.
struct Told {
    version: u32,
    /// Dropping it withdraws the notification.
    _held: oneshot::Sender<()>,
}

/// Tells of every end from now on, until the app ends.
pub(crate) fn start(handle: &AppHandle) {
    let Ok(app) = handle.state::<Profile>().app().cloned() else {
        return;
    };
    tauri::async_runtime::spawn(follow(handle.clone(), app));
}

async fn follow(handle: AppHandle, app: Arc<App>) {
    let mut events = app.events();
    let mut told: Option<Told> = None;
    loop {
        match events.recv().await {
            Ok(Event::EndReached { kind }) => told = tell(&handle, &app, kind).await,
            Ok(Event::TimerChanged | Event::AccountChanged) | Err(RecvError::Lagged(_)) => {
                if let Some(last) = &told
                    && version(&app).await != Some(last.version)
                {
                    told = None;
                }
            }
            Ok(_) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn version(app: &App) -> Option<u32> {
    Some(app.profile().status().await.ok()?.version)
}

async fn tell(handle: &AppHandle, app: &App, kind: Kind) -> Option<Told> {
    let profile = app.profile();
    let Ok(status) = profile.status().await else {
        sound::ring(handle.state::<AlertStore>().get());
        return None;
    };
    let (held, withdrawn) = oneshot::channel();
    let version = status.version;
    let notice = Notice::of(kind, &status);
    tauri::async_runtime::spawn(alert(handle.clone(), profile, notice, version, withdrawn));
    Some(Told {
        version,
        _held: held,
    })
}

/// Rings and notifies, and does what is answered, until the notification is gone or withdrawn.
async fn alert(
    handle: AppHandle,
    profile: Arc<OpenProfile>,
    notice: Option<Notice>,
    version: u32,
    mut withdrawn: oneshot::Receiver<()>,
) {
    loop {
        let choice = handle.state::<AlertStore>().get();
        let notifies = choice.notifications;
        sound::ring(choice);
        let Some(notice) = notice.as_ref().filter(|_| notifies) else {
            return;
        };
        let done = match ask(notice, &mut withdrawn).await {
            None => return,
            Some(Action::Show) => return window::show_soon(&handle),
            Some(Action::RemindLater) => {
                let later = tokio::time::sleep(Duration::from_mins(u64::from(MORE_MINUTES)));
                tokio::select! {
                    () = later => continue,
                    _ = &mut withdrawn => return,
                }
            }
            Some(Action::StartBreak) => start_break(&profile, version).await,
            Some(Action::FocusMore) => {
                let minutes = i32::try_from(MORE_MINUTES).ok();
                let more = StartRequest {
                    minutes,
                    ..StartRequest::default()
                };
                start_next(&profile, more, version).await
            }
            Some(Action::StartFocus) => {
                start_next(&profile, StartRequest::default(), version).await
            }
        };
        if let Err(error) = done {
            tracing::debug!(%error, "a notification was answered too late");
        }
        return;
    }
}

/// Shows `notice` and waits for an answer. Nothing if there is none, or nowhere to show it.
async fn ask(notice: &Notice, withdrawn: &mut oneshot::Receiver<()>) -> Option<Action> {
    let shown = notification::show(notice).await;
    let mut shown = shown
        .inspect_err(|error| tracing::debug!(%error, "no notification could be shown"))
        .ok()?;
    tokio::select! {
        answer = shown.answer() => notice.action(&answer?),
        _ = withdrawn => {
            shown.withdraw().await;
            None
        }
    }
}

/// Finishes a focus that flows over, and begins the break that comes after it.
async fn start_break(profile: &OpenProfile, version: u32) -> Result<(), AppError> {
    let mut seen = version;
    if profile.status().await?.state == TimerState::Overflow {
        let finished = profile.timer(TimerRequest::Finish, Some(version)).await?;
        if finished.kind == Kind::Focus {
            return Ok(());
        }
        seen = finished.version;
    }
    start_next(profile, StartRequest::default(), seen).await
}

async fn start_next(
    profile: &OpenProfile,
    request: StartRequest,
    version: u32,
) -> Result<(), AppError> {
    let request = TimerRequest::Start(request);
    profile.timer(request, Some(version)).await.map(drop)
}
