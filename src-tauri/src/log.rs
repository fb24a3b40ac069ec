//! A log file a day, seven kept. Never task texts, addresses or tokens above `debug`.

use particle_core::folder::DataFolder;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

const FILES_MAX: usize = 7;

/// Starts the log in `folder`. Without one the app runs all the same.
pub(crate) fn start(folder: &DataFolder) {
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .max_log_files(FILES_MAX)
        .filename_prefix("particle")
        .filename_suffix("log")
        .build(folder.logs());
    let Ok(appender) = appender else { return };
    let filter = EnvFilter::try_from_env("PARTICLE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::sync::Mutex::new(appender))
        .init();
}
