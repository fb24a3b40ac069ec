//! logind, as far as the app listens to it: it tells of sleep, and whether anybody is there.

use std::time::SystemTime;

use zbus::zvariant::{ObjectPath, OwnedObjectPath};
use zbus::{Connection, interface};

use crate::bus::Bus;

const NAME: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";
const SESSION: &str = "/org/freedesktop/login1/session/_31";

/// The service on a bus.
#[derive(Debug)]
pub struct PowerHost(Connection);

struct Manager;

#[derive(Default)]
struct Session {
    /// Since when nobody is there, in microseconds of Unix time.
    idle_since: Option<u64>,
}

#[expect(clippy::unused_self, reason = "zbus wants it so")]
#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn get_session(&self, id: &str) -> OwnedObjectPath {
        assert_eq!(id, "auto");
        ObjectPath::from_static_str_unchecked(SESSION).into()
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(
        emitter: &zbus::object_server::SignalEmitter<'_>,
        start: bool,
    ) -> zbus::Result<()>;
}

#[interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn idle_hint(&self) -> bool {
        self.idle_since.is_some()
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn idle_since_hint(&self) -> u64 {
        self.idle_since.unwrap_or_default()
    }
}

impl PowerHost {
    /// Takes the place of the service on `bus`.
    pub async fn start(bus: &Bus) -> Self {
        let connection = zbus::connection::Builder::address(bus.address())
            .and_then(|bus| bus.serve_at(PATH, Manager))
            .and_then(|bus| bus.serve_at(SESSION, Session::default()))
            .and_then(|bus| bus.name(NAME))
            .expect("valid names");
        Self(connection.build().await.expect("the bus answers"))
    }

    /// The computer is about to sleep.
    pub async fn falls_asleep(&self) {
        self.tell(true).await;
    }

    /// It is awake again.
    pub async fn wakes(&self) {
        self.tell(false).await;
    }

    /// Nobody is there since `since`.
    pub async fn nobody_is_there(&self, since: SystemTime) {
        let since = since.duration_since(SystemTime::UNIX_EPOCH);
        let since = since.expect("a moment of today").as_micros();
        self.hint(Some(since.try_into().expect("a moment of today")))
            .await;
    }

    /// Somebody is.
    pub async fn somebody_is_there(&self) {
        self.hint(None).await;
    }

    async fn hint(&self, idle_since: Option<u64>) {
        let session = self
            .0
            .object_server()
            .interface::<_, Session>(SESSION)
            .await;
        let session = session.expect("it is served");
        let mut told = session.get_mut().await;
        told.idle_since = idle_since;
        let changed = told.idle_hint_changed(session.signal_emitter()).await;
        changed.expect("the bus answers");
    }

    async fn tell(&self, start: bool) {
        let manager = self.0.object_server().interface::<_, Manager>(PATH).await;
        let manager = manager.expect("it is served");
        let told = Manager::prepare_for_sleep(manager.signal_emitter(), start).await;
        told.expect("the bus answers");
    }
}
