//! Time as a parameter: the machine's clocks for people, hand-moved ones for tests.

mod manual;
mod watch;

// Platform code by file.
#[cfg(target_os = "linux")]
#[path = "clock/linux.rs"]
mod platform;
#[cfg(target_os = "macos")]
#[path = "clock/macos.rs"]
mod platform;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
#[path = "clock/other.rs"]
mod platform;
// Its arithmetic is the same everywhere, so it is tested everywhere.
#[cfg(all(test, any(target_os = "linux", target_os = "macos")))]
mod other;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Local, Offset, TimeZone, Utc};

pub use manual::ManualClock;
pub use watch::{JUMP_BEYOND, SLEEP_FROM, Sleep, Watch};

/// How long [`SystemClock`] lets anybody wait before the clocks are compared again.
const RECHECK: Duration = Duration::from_secs(10);

/// A future that ends when a moment has come.
pub type Alarm<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// What three clocks show at one moment. How far they went apart tells what happened in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock: a person can set it.
    pub wall: DateTime<Utc>,
    /// Counts while the computer is awake.
    pub awake: Duration,
    /// Counts while it sleeps, too.
    pub total: Duration,
}

/// The clocks of a machine and its time zone.
pub trait Clock: Send + Sync {
    /// What the clocks show at present.
    fn reading(&self) -> Reading;

    /// What a clock on the wall of this machine showed at `moment`.
    fn local(&self, moment: DateTime<Utc>) -> DateTime<FixedOffset>;

    /// Ends once `now() >= moment`, and before that when the clocks have to be compared again: the
    /// computer may have slept, or the wall clock been set.
    fn wait_until(&self, moment: DateTime<Utc>) -> Alarm<'_>;

    /// The present moment by the wall clock, in whole milliseconds, which is what the store keeps.
    fn now(&self) -> DateTime<Utc> {
        self.reading().wall
    }
}

/// The clocks of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn reading(&self) -> Reading {
        let (awake, total) = platform::awake_and_total();
        Reading {
            wall: whole_millis(Utc::now()),
            awake,
            total,
        }
    }

    fn local(&self, moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        let local = moment.with_timezone(&Local);
        local.with_timezone(&local.offset().fix())
    }

    fn wait_until(&self, moment: DateTime<Utc>) -> Alarm<'_> {
        Box::pin(async move {
            // An error means that it has passed.
            if let Ok(left) = (moment - self.now()).to_std() {
                tokio::time::sleep(left.min(RECHECK)).await;
            }
        })
    }

    fn now(&self) -> DateTime<Utc> {
        whole_millis(Utc::now())
    }
}

fn whole_millis(moment: DateTime<Utc>) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(moment.timestamp_millis())
        .single()
        .unwrap_or(moment)
}
