//! Waiting: for a condition, with a deadline, never for a duration.

use std::cell::RefCell;
use std::fmt::Debug;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

/// How long anything may take on a machine that compiles at the same time.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// How often it is looked.
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// Looks until `look` finds what it looks for. After [`DEADLINE`] the test fails with `what`, and
/// with what `look` saw last instead.
pub async fn eventually<Found, Seen: Debug>(
    what: &str,
    look: impl AsyncFnMut() -> Result<Found, Seen>,
) -> Found {
    eventually_within(DEADLINE, what, look).await
}

/// [`eventually`] with a deadline of its own.
async fn eventually_within<Found, Seen: Debug>(
    deadline: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Found, Seen>,
) -> Found {
    let last = RefCell::new(None);
    let looking = async {
        let mut ticks = interval(BETWEEN_LOOKS);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match look().await {
                Ok(found) => return found,
                Err(seen) => *last.borrow_mut() = Some(seen),
            }
        }
    };
    let found = timeout(deadline, looking).await;
    found.unwrap_or_else(|_| match last.take() {
        Some(seen) => panic!("{what}: not within {deadline:?}; seen last: {seen:?}"),
        None => panic!("{what}: not within {deadline:?}; the first look never ended"),
    })
}
