//! Finds out from two readings of the clocks whether the computer slept in between, and whether the
//! wall clock was set.

use chrono::{DateTime, Duration, Utc};

use super::Reading;

/// A sleep is noticed from here on; a shorter one just passes.
pub const SLEEP_FROM: Duration = Duration::seconds(30);

/// How far the wall clock may go apart from the others before it counts as set.
pub const JUMP_BEYOND: Duration = Duration::seconds(2);

/// A sleep of the computer, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sleep {
    /// When it fell asleep; seconds later than it did, if nobody looked on waking.
    pub from: DateTime<Utc>,
    /// When it was seen awake again.
    pub until: DateTime<Utc>,
}

/// Compares readings. What it noticed stays noticed until it was taken care of.
#[derive(Debug, Clone)]
pub struct Watch {
    /// Of the wall clock, when the machine was started.
    zero: DateTime<Utc>,
    /// How long the machine had slept in all.
    asleep: Duration,
    jump: Duration,
    sleep: Option<Sleep>,
}

impl Watch {
    /// A watch that begins with `reading`.
    pub fn new(reading: Reading) -> Self {
        Self {
            zero: zero(reading),
            asleep: asleep(reading),
            jump: Duration::zero(),
            sleep: None,
        }
    }

    /// Notices what happened up to `reading`.
    pub fn look(&mut self, reading: Reading) {
        let jump = whole_millis(zero(reading) - self.zero);
        if jump.abs() > JUMP_BEYOND {
            self.zero += jump;
            self.jump += jump;
            self.sleep = self.sleep.map(|sleep| Sleep {
                from: sleep.from + jump,
                until: sleep.until + jump,
            });
        }
        let slept = whole_millis(asleep(reading) - self.asleep);
        self.asleep += slept;
        if slept >= SLEEP_FROM {
            let from = reading.wall - slept;
            self.sleep = Some(Sleep {
                from: self.sleep.map_or(from, |earlier| earlier.from),
                until: reading.wall,
            });
        }
    }

    /// How far the wall clock was put forward.
    pub fn jump(&self) -> Option<Duration> {
        Some(self.jump).filter(|jump| !jump.is_zero())
    }

    /// The sleep of the computer.
    pub fn sleep(&self) -> Option<Sleep> {
        self.sleep
    }

    /// The jump was taken care of.
    pub fn forget_jump(&mut self) {
        self.jump = Duration::zero();
    }

    /// The sleep was taken care of.
    pub fn forget_sleep(&mut self) {
        self.sleep = None;
    }
}

fn zero(reading: Reading) -> DateTime<Utc> {
    reading.wall - span(reading.total)
}

fn asleep(reading: Reading) -> Duration {
    span(reading.total) - span(reading.awake)
}

/// Clocks of a machine count from its start; none of them gets near the limit.
fn span(clock: std::time::Duration) -> Duration {
    Duration::from_std(clock).unwrap_or(Duration::MAX)
}

/// To the nearest: the clocks are read one after the other, and moments are kept in milliseconds.
fn whole_millis(span: Duration) -> Duration {
    let half = Duration::microseconds(if span < Duration::zero() { -500 } else { 500 });
    Duration::milliseconds((span + half).num_milliseconds())
}
