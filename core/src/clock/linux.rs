//! Linux has a clock that stands still while the computer sleeps, and one that does not.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

pub(super) fn awake_and_total() -> (Duration, Duration) {
    (read(ClockId::Monotonic), read(ClockId::Boottime))
}

fn read(id: ClockId) -> Duration {
    // An error would mean a moment before the machine was started.
    Duration::try_from(clock_gettime(id)).unwrap_or_default()
}
