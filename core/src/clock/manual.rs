//! Clocks that move by hand.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, Offset, Utc};
use tokio::sync::watch;

use super::{Alarm, Clock, Reading, whole_millis};

/// Clocks that move only by hand.
#[derive(Debug)]
pub struct ManualClock {
    hands: watch::Sender<Hands>,
    zone: FixedOffset,
}

#[derive(Debug, Clone, Copy)]
struct Hands {
    reading: Reading,
    /// Grows when the clocks went apart.
    turns: u32,
}

impl ManualClock {
    /// Clocks of a machine that is just started at `now` in a zone `utc_offset_minutes` east of UTC
    /// (out of range: UTC).
    pub fn new(now: DateTime<Utc>, utc_offset_minutes: i32) -> Self {
        let zone = FixedOffset::east_opt(utc_offset_minutes * 60).unwrap_or(Utc.fix());
        let reading = Reading {
            wall: whole_millis(now),
            awake: Duration::ZERO,
            total: Duration::ZERO,
        };
        Self {
            hands: watch::Sender::new(Hands { reading, turns: 0 }),
            zone,
        }
    }

    /// Puts the clock on the wall at `now`, forwards or back.
    pub fn set(&self, now: DateTime<Utc>) {
        self.hands.send_modify(|hands| {
            hands.reading.wall = whole_millis(now);
            hands.turns += 1;
        });
    }

    /// Lets `by` pass.
    pub fn advance(&self, by: Duration) {
        self.hands.send_modify(|hands| {
            hands.reading.wall += by;
            hands.reading.awake += by;
            hands.reading.total += by;
        });
    }

    /// Lets `by` pass while the computer sleeps.
    pub fn sleep(&self, by: Duration) {
        self.hands.send_modify(|hands| {
            hands.reading.wall += by;
            hands.reading.total += by;
            hands.turns += 1;
        });
    }
}

impl Clock for ManualClock {
    fn reading(&self) -> Reading {
        self.hands.borrow().reading
    }

    fn local(&self, moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        moment.with_timezone(&self.zone)
    }

    fn wait_until(&self, moment: DateTime<Utc>) -> Alarm<'_> {
        let mut hands = self.hands.subscribe();
        let turns = hands.borrow().turns;
        Box::pin(async move {
            let is_over = |hands: &Hands| hands.reading.wall >= moment || hands.turns != turns;
            // An error means that the clock is gone, and then nobody waits for it any more.
            if hands.wait_for(is_over).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}
