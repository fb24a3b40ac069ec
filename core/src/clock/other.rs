//! Elsewhere no safe interface tells the two clocks apart. Whoever waits looks every few seconds, so
//! a long while without a look was a sleep.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest that two looks lie apart while the computer is awake and a timer runs.
const LOOKS_APART_MAX: Duration = Duration::from_secs(20);

static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
static LOOKS: Mutex<Looks> = Mutex::new(Looks {
    awake: Duration::ZERO,
    total: Duration::ZERO,
});

/// What the last look saw.
struct Looks {
    awake: Duration,
    total: Duration,
}

pub(super) fn awake_and_total() -> (Duration, Duration) {
    let total = FIRST.elapsed();
    let mut looks = LOOKS.lock().unwrap_or_else(PoisonError::into_inner);
    looks.look(total);
    (looks.awake, looks.total)
}

impl Looks {
    fn look(&mut self, total: Duration) {
        let passed = total.saturating_sub(self.total);
        self.awake += passed.min(LOOKS_APART_MAX);
        self.total = self.total.max(total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_while_without_a_look_was_a_sleep() {
        let mut looks = Looks {
            awake: Duration::ZERO,
            total: Duration::ZERO,
        };
        for total in [10, 20, 3620, 3630] {
            looks.look(Duration::from_secs(total));
        }
        let asleep = looks.total.checked_sub(looks.awake);
        assert_eq!(asleep, Some(Duration::from_secs(3580)));
        assert!(awake_and_total().0 <= awake_and_total().1);
    }
}
