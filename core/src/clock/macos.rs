//! On macOS `Instant` stands still while the computer sleeps, and `CLOCK_MONOTONIC` does not.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);

pub(super) fn awake_and_total() -> (Duration, Duration) {
    let total = clock_gettime(ClockId::Monotonic);
    // An error would mean a moment before the machine was started.
    (
        FIRST.elapsed(),
        Duration::try_from(total).unwrap_or_default(),
    )
}
