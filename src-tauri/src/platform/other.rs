//! macOS and Windows: nothing to prepare, and there is always a tray.

pub(crate) fn prepare_environment() {}

pub(crate) async fn tray_can_be_shown() -> bool {
    true
}
