//! `org.freedesktop.login1` on the system bus.

use std::sync::Weak;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, Result};

use super::{App, Power};

/// The session of whoever asks; of a service of theirs, the one on their screen.
const OWN_SESSION: &str = "auto";

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1",
    gen_blocking = false
)]
trait Manager {
    fn get_session(&self, id: &str) -> Result<OwnedObjectPath>;

    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> Result<()>;
}

/// The desktop says there whether anybody is at it.
#[zbus::proxy(
    interface = "org.freedesktop.login1.Session",
    default_service = "org.freedesktop.login1",
    gen_blocking = false
)]
trait Session {
    #[zbus(property)]
    fn idle_hint(&self) -> Result<bool>;

    /// When the hint changed, in microseconds of Unix time.
    #[zbus(property(emits_changed_signal = "false"))]
    fn idle_since_hint(&self) -> Result<u64>;
}

/// Tells `app` of each sleep, and of each absence if it `asks`.
pub(super) async fn follow(app: Weak<App>, asks: impl Fn() -> bool) {
    let followed = async {
        let bus = Connection::system().await?;
        let manager = ManagerProxy::builder(&bus)
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?;
        let absences = async {
            if let Err(error) = follow_absences(&app, &bus, &manager, asks).await {
                tracing::info!(%error, "the system does not tell when nobody is there");
            }
        };
        tokio::join!(follow_sleeps(&app, &manager), absences).0
    };
    if let Err(error) = followed.await {
        tracing::info!(%error, "the system tells nothing of sleep");
    }
}

/// A logind that begins later, or anew, is heard as well.
async fn follow_sleeps(app: &Weak<App>, manager: &ManagerProxy<'_>) -> Result<()> {
    let mut sleeps = manager.receive_prepare_for_sleep().await?;
    while let Some(sleep) = sleeps.next().await {
        let power = if sleep.args()?.start {
            Power::FallsAsleep
        } else {
            Power::Woke
        };
        let Some(app) = app.upgrade() else { break };
        app.hear_power(power).await;
    }
    Ok(())
}

async fn follow_absences(
    app: &Weak<App>,
    bus: &Connection,
    manager: &ManagerProxy<'_>,
    asks: impl Fn() -> bool,
) -> Result<()> {
    let session = SessionProxy::builder(bus)
        .path(manager.get_session(OWN_SESSION).await?)?
        .build()
        .await?;
    let mut hints = session.receive_idle_hint_changed().await;
    let mut since = None;
    if let Some(app) = app.upgrade() {
        app.absences_are_told.store(true, Ordering::Relaxed);
    }
    while let Some(hint) = hints.next().await {
        if hint.get().await? {
            if asks() {
                since = moment(session.idle_since_hint().await?);
                tracing::info!(?since, "nobody is there");
            }
            continue;
        }
        let Some(app) = app.upgrade() else { break };
        if let Some(since) = since.take()
            && asks()
        {
            app.hear_power(Power::CameBack(since)).await;
        }
    }
    Ok(())
}

fn moment(micros: u64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros.try_into().ok()?)
}
