//! macOS and Windows: nothing to prepare, and there is always a display and a tray.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub(crate) fn prepare_environment() {}

pub(crate) fn has_display() -> bool {
    true
}

/// The tray never goes.
pub(crate) async fn watch_tray_host(_is_there: Arc<AtomicBool>) {}

pub(crate) async fn tray_can_be_shown() -> bool {
    true
}
