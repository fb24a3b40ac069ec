//! macOS and Windows: nothing to prepare, and there is always a display and a tray.

pub(crate) fn prepare_environment() {}

pub(crate) fn has_display() -> bool {
    true
}

pub(crate) async fn tray_can_be_shown() -> bool {
    true
}
