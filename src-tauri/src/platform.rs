//! What differs between systems, chosen once.

#[cfg(target_os = "linux")]
#[path = "platform/linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "platform/other.rs"]
mod system;

pub(crate) use system::{has_display, prepare_environment, tray_can_be_shown, watch_tray_host};

/// Tells why the app did not start, where a person who started it from a terminal sees it.
#[expect(clippy::print_stderr, reason = "there is no window to tell it in")]
pub(crate) fn report_failed_start(sentence: &str) {
    eprintln!("{sentence}");
}
