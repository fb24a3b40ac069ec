//! Linux: WebKitGTK and the status notifier.

// Two calls that Rust cannot check: the environment before any thread reads it, and the loading of a
// library that runs no initialiser of ours.
#![expect(unsafe_code)]

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use zbus::fdo::DBusProxy;

/// The service that draws tray icons.
const TRAY_HOST: &str = "org.kde.StatusNotifierWatcher";

/// What libraries the tray can be drawn with, in the order in which they are tried.
const TRAY_LIBRARIES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];

/// How long the session bus may take to answer.
const BUS_TIMEOUT: Duration = Duration::from_secs(2);

/// Some graphics drivers leave WebKitGTK's window blank with this renderer
/// (<https://bugs.webkit.org/show_bug.cgi?id=262607>). A person's own choice stands.
pub(crate) fn prepare_environment() {
    const DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if env::var_os(DMABUF).is_none() {
        // SAFETY: `main` calls this first; no other thread exists.
        unsafe { env::set_var(DMABUF, "1") };
    }
}

/// Whether a window could be shown. Building one without a display ends the process.
pub(crate) fn has_display() -> bool {
    gtk::init().is_ok()
}

/// Whether a tray icon would be seen. Building one without its library ends the process.
pub(crate) async fn tray_can_be_shown() -> bool {
    has_library()
        && tokio::time::timeout(BUS_TIMEOUT, has_host())
            .await
            .unwrap_or(false)
}

fn has_library() -> bool {
    // SAFETY: both libraries are the ones that would be loaded for the icon itself.
    TRAY_LIBRARIES
        .into_iter()
        .any(|name| unsafe { libloading::Library::new(name) }.is_ok())
}

/// Keeps `is_there` true while a host draws icons: one may go and come.
pub(crate) async fn watch_tray_host(is_there: Arc<AtomicBool>) {
    if let Err(error) = follow_tray_host(&is_there).await {
        tracing::warn!(%error, "the tray host cannot be watched");
    }
}

async fn follow_tray_host(is_there: &AtomicBool) -> zbus::Result<()> {
    let bus = zbus::Connection::session().await?;
    let proxy = DBusProxy::new(&bus).await?;
    let mut changes = proxy
        .receive_name_owner_changed_with_args(&[(0, TRAY_HOST)])
        .await?;
    while let Some(change) = changes.next().await {
        is_there.store(change.args()?.new_owner().is_some(), Ordering::Relaxed);
    }
    Ok(())
}

async fn has_host() -> bool {
    let Ok(bus) = zbus::Connection::session().await else {
        return false;
    };
    let Ok(proxy) = DBusProxy::new(&bus).await else {
        return false;
    };
    let Ok(name) = TRAY_HOST.try_into() else {
        return false;
    };
    proxy.name_has_owner(name).await.unwrap_or(false)
}
