//! logind, as far as the app listens to it: it tells of sleep.

use zbus::{Connection, interface};

use crate::bus::Bus;

const NAME: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";

/// The service on a bus.
#[derive(Debug)]
pub struct PowerHost(Connection);

struct Manager;

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    #[zbus(signal)]
    async fn prepare_for_sleep(
        emitter: &zbus::object_server::SignalEmitter<'_>,
        start: bool,
    ) -> zbus::Result<()>;
}

impl PowerHost {
    /// Takes the place of the service on `bus`.
    pub async fn start(bus: &Bus) -> Self {
        let connection = zbus::connection::Builder::address(bus.address())
            .and_then(|bus| bus.serve_at(PATH, Manager))
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

    async fn tell(&self, start: bool) {
        let manager = self.0.object_server().interface::<_, Manager>(PATH).await;
        let manager = manager.expect("it is served");
        let told = Manager::prepare_for_sleep(manager.signal_emitter(), start).await;
        told.expect("the bus answers");
    }
}
