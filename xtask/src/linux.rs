//! What only Linux has here: a screen and a session bus without a person in front of them, and a
//! clean Debian to install the package in.

pub(crate) mod clean_root;
pub(crate) mod deb;
pub(crate) mod demo;
pub(crate) mod desktop;
pub(crate) mod headless;
pub(crate) mod mirror;
pub(crate) mod process;
pub(crate) mod screen;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Asks `probe` until it has an answer. A condition with a deadline, never a duration.
///
/// # Errors
/// The probe's own error at once, or the deadline's, which says what was waited for.
pub(crate) fn wait_for<T>(
    what: &str,
    deadline: Duration,
    mut probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    const PAUSE: Duration = Duration::from_millis(20);
    let start = Instant::now();
    loop {
        if let Some(answer) = probe()? {
            return Ok(answer);
        }
        if start.elapsed() > deadline {
            bail!("waited {} s in vain for {what}", deadline.as_secs());
        }
        std::thread::sleep(PAUSE);
    }
}
