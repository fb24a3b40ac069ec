//! macOS and Windows, by notify-rust. Neither lets it take a notification back: one that stays does nothing
//! when it is answered too late.

use notify_rust::{Notification, NotificationResponse};
use tokio::sync::oneshot;

use super::APP_NAME;
use crate::alerts::notice::{Action, Notice};

/// As in tauri.conf.json: whose notification it is.
const IDENTIFIER: &str = "app.particle.desktop";

/// A notification on the screen. It stays there when this is dropped.
pub(crate) struct Shown(oneshot::Receiver<NotificationResponse>);

/// Shows `notice`. Its answer is waited for on a thread that ends with it.
pub(crate) async fn show(notice: &Notice) -> std::io::Result<Shown> {
    let mut notification = Notification::new();
    notification
        .appname(APP_NAME)
        .summary(&notice.title)
        .body(&notice.body);
    for action in &notice.buttons {
        notification.action(action.key(), &action.label());
    }
    identify(&mut notification);
    let (tell, told) = oneshot::channel();
    let waiting = move || match notification.show() {
        Ok(shown) => {
            let waited = shown.wait_for_response(move |response: &NotificationResponse| {
                // An error means that nobody waits any more.
                drop(tell.send(response.clone()));
            });
            if let Err(error) = waited {
                tracing::debug!(%error, "a notification was not answered");
            }
        }
        Err(error) => tracing::debug!(%error, "no notification could be shown"),
    };
    std::thread::Builder::new()
        .name("notification".into())
        .spawn(waiting)?;
    Ok(Shown(told))
}

#[cfg(target_os = "macos")]
fn identify(_: &mut Notification) {
    // It fails from the second time on, and the first one holds.
    drop(notify_rust::set_application(IDENTIFIER));
}

#[cfg(windows)]
fn identify(notification: &mut Notification) {
    notification.app_id(IDENTIFIER);
}

#[cfg(not(any(target_os = "macos", windows)))]
fn identify(_: &mut Notification) {}

impl Shown {
    /// The key of what is answered; nothing once the notification is gone.
    pub(crate) async fn answer(&mut self) -> Option<String> {
        match (&mut self.0).await.ok()? {
            NotificationResponse::Default => Some(Action::Show.key().to_owned()),
            NotificationResponse::Action(key) => Some(key),
            NotificationResponse::Reply(_) | NotificationResponse::Closed(_) => None,
        }
    }

    /// Waits for no answer any more.
    pub(crate) async fn withdraw(self) {
        drop(self);
    }
}
