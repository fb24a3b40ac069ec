//! `org.freedesktop.login1` on the system bus.

use std::sync::Weak;

use futures_util::StreamExt;

use super::{App, Power};

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1",
    gen_blocking = false
)]
trait Manager {
    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
}

/// Tells `app` of each sleep. A logind that begins later, or anew, is heard as well.
pub(super) async fn follow(app: Weak<App>) {
    if let Err(error) = listen(&app).await {
        tracing::info!(%error, "the system tells nothing of sleep");
    }
}

async fn listen(app: &Weak<App>) -> zbus::Result<()> {
    let bus = zbus::Connection::system().await?;
    let manager = ManagerProxy::builder(&bus)
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
        .await?;
    let mut sleeps = manager.receive_prepare_for_sleep().await?;
    while let Some(sleep) = sleeps.next().await {
        let power = match sleep.args()?.start {
            true => Power::FallsAsleep,
            false => Power::Woke,
        };
        let Some(app) = app.upgrade() else { break };
        app.hear_power(power).await;
    }
    Ok(())
}
