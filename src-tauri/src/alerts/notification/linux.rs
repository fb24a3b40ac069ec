//! `org.freedesktop.Notifications`, by the zbus that asks for the tray host, too: notify-rust would bring
//! another zbus along.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt;
use zbus::zvariant::Value;

use super::APP_NAME;
use crate::alerts::notice::{Action, Notice};

/// How long the service may take: it may have to be started first.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The icon and the entry of the menu, as the package installs them.
const ICON: &str = env!("CARGO_PKG_NAME");

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the specification has them")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// A notification on the screen. It stays there when this is dropped.
pub(crate) struct Shown {
    service: NotificationsProxy<'static>,
    id: u32,
    invoked: ActionInvokedStream,
    closed: NotificationClosedStream,
}

/// Shows `notice`, if a service answers.
pub(crate) async fn show(notice: &Notice) -> zbus::Result<Shown> {
    let shown = tokio::time::timeout(TIMEOUT, send(notice)).await;
    shown.unwrap_or_else(|_| Err(zbus::Error::Failure("the service does not answer".into())))
}

async fn send(notice: &Notice) -> zbus::Result<Shown> {
    let bus = zbus::Connection::session().await?;
    let service = NotificationsProxy::builder(&bus)
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
        .await?;
    // Before it is shown: an answer may be quick.
    let invoked = service.receive_action_invoked().await?;
    let closed = service.receive_notification_closed().await?;
    let mut actions = Vec::new();
    // A service without actions may show something else instead of the notification.
    if service
        .get_capabilities()
        .await?
        .iter()
        .any(|it| it == "actions")
    {
        let all = [Action::Show].into_iter().chain(notice.buttons.clone());
        actions.extend(all.map(|action| (action.key(), action.label())));
    }
    let actions: Vec<&str> = actions
        .iter()
        .flat_map(|(key, label)| [*key, label.as_str()])
        .collect();
    let hints = HashMap::from([
        ("desktop-entry", Value::from(APP_NAME)),
        // The bell is ours, if there is one.
        ("suppress-sound", Value::from(true)),
    ]);
    let (title, body) = (&notice.title, &notice.body);
    let id = service
        .notify(APP_NAME, 0, ICON, title, body, &actions, hints, -1)
        .await?;
    Ok(Shown {
        service,
        id,
        invoked,
        closed,
    })
}

impl Shown {
    /// The key of what is answered; nothing once the notification is gone.
    pub(crate) async fn answer(&mut self) -> Option<String> {
        loop {
            tokio::select! {
                // Whoever answers closes it, too.
                biased;
                invoked = self.invoked.next() => {
                    let invoked = invoked?;
                    let args = invoked.args().ok()?;
                    if args.id == self.id {
                        return Some(args.action_key.to_owned());
                    }
                }
                closed = self.closed.next() => {
                    if closed?.args().ok()?.id == self.id {
                        return None;
                    }
                }
            }
        }
    }

    /// Takes it from the screen.
    pub(crate) async fn withdraw(self) {
        let closing = self.service.close_notification(self.id);
        if let Ok(Err(error)) = tokio::time::timeout(TIMEOUT, closing).await {
            tracing::debug!(%error, "a notification was gone already");
        }
    }
}
