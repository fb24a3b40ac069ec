//! The service that shows notifications, as far as the app sees it: it takes them, answers them as a
//! person does, and is told when they are withdrawn.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::zvariant::OwnedValue;
use zbus::{Connection, interface};

use crate::bus::Bus;
use crate::wait::eventually;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What the specification calls a notification that was closed by whoever sent it.
const CLOSED_BY_CALL: u32 = 3;

/// Everything that was sent, in its order; the id is the place, counted from 1.
type Sent = Arc<Mutex<Vec<Notification>>>;

/// The service on a session bus.
#[derive(Debug)]
pub struct NotificationHost {
    connection: Connection,
    sent: Sent,
}

/// What was to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its number.
    pub id: u32,
    /// Its first line.
    pub title: String,
    /// Its sentence.
    pub body: String,
    /// Keys and labels of its actions.
    pub actions: Vec<(String, String)>,
    /// Whether the app took it back.
    pub is_withdrawn: bool,
}

impl Notification {
    /// The labels of its buttons: of all actions but the click on itself.
    pub fn buttons(&self) -> Vec<&str> {
        let buttons = self.actions.iter().filter(|(key, _)| key != "default");
        buttons.map(|(_, label)| label.as_str()).collect()
    }
}

struct Service(Sent);

#[expect(
    clippy::unused_self,
    clippy::too_many_arguments,
    clippy::needless_pass_by_value,
    reason = "the specification and zbus want them so"
)]
#[interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<String> {
        vec!["actions".into(), "body".into()]
    }

    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expire_timeout: i32,
    ) -> u32 {
        assert_eq!((app_name, replaces_id), ("Particle", 0));
        assert_eq!((app_icon, expire_timeout), ("particle-desktop", -1));
        assert!(hints.contains_key("desktop-entry"), "whose it is");
        let mut sent = self.0.lock().expect("no test fails in here");
        let id = u32::try_from(sent.len() + 1).expect("a few");
        let actions = actions.chunks_exact(2);
        sent.push(Notification {
            id,
            title: summary.into(),
            body: body.into(),
            actions: actions
                .map(|pair| (pair[0].clone(), pair[1].clone()))
                .collect(),
            is_withdrawn: false,
        });
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: zbus::object_server::SignalEmitter<'_>,
    ) {
        let at = usize::try_from(id).expect("a few") - 1;
        self.0.lock().expect("no test fails in here")[at].is_withdrawn = true;
        let told = Self::notification_closed(&emitter, id, CLOSED_BY_CALL).await;
        told.expect("the bus answers");
    }

    #[zbus(signal)]
    async fn notification_closed(
        emitter: &zbus::object_server::SignalEmitter<'_>,
        id: u32,
        reason: u32,
    ) -> zbus::Result<()>;
}

impl NotificationHost {
    /// Takes the place of the service on `bus`.
    pub async fn start(bus: &Bus) -> Self {
        let sent = Sent::default();
        let connection = zbus::connection::Builder::address(bus.address())
            .and_then(|bus| bus.serve_at(PATH, Service(sent.clone())))
            .and_then(|bus| bus.name(NAME))
            .expect("valid names");
        let connection = connection.build().await.expect("the bus answers");
        Self { connection, sent }
    }

    /// Everything that was sent up to now.
    pub fn sent(&self) -> Vec<Notification> {
        self.sent.lock().expect("no test fails in here").clone()
    }

    /// Waits until so many were sent, and gives the last of them.
    pub async fn wait_for(&self, number: usize) -> Notification {
        let what = format!("{number} notifications are sent");
        let mut sent = eventually(&what, async || {
            let sent = self.sent();
            if sent.len() == number {
                Ok(sent)
            } else {
                Err(sent)
            }
        })
        .await;
        sent.pop().expect("at least one")
    }

    /// Waits until the app has taken back the notification with this id.
    pub async fn wait_for_withdrawal(&self, id: u32) {
        eventually(&format!("notification {id} is withdrawn"), async || {
            let sent = self.sent();
            if sent.iter().any(|it| it.id == id && it.is_withdrawn) {
                Ok(())
            } else {
                Err(sent)
            }
        })
        .await;
    }

    /// Answers with the action that says `label`; nothing for a click on the notification itself.
    pub async fn answer(&self, notification: &Notification, label: Option<&str>) {
        let mut actions = notification.actions.iter();
        let wanted = actions.find(|(key, says)| match label {
            Some(label) => says == label,
            None => key == "default",
        });
        let (key, _) = wanted.unwrap_or_else(|| panic!("{label:?} is offered: {notification:?}"));
        let invoked = (notification.id, key.as_str());
        let told = self
            .connection
            .emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &invoked);
        told.await.expect("the bus answers");
    }
}
