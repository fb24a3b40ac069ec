//! Notifications of the desktop, chosen once by the system.

#[cfg(target_os = "linux")]
#[path = "notification/linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "notification/other.rs"]
mod system;

pub(crate) use system::show;

/// Who notifies.
const APP_NAME: &str = "Particle";
