//! Time as a parameter: the machine's clock for people, a hand-moved one for tests.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Local, Offset, TimeZone, Utc};
use tokio::sync::watch;

/// How long [`SystemClock`] trusts one sleep before it looks at the wall clock again. The monotonic
/// clock may stand still while the computer sleeps and never notices a clock that was set.
const RECHECK: Duration = Duration::from_secs(10);

/// A future that ends when a moment has come.
pub type Alarm<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The wall clock and the local time zone.
pub trait Clock: Send + Sync {
    /// The present moment, in whole milliseconds, which is what the store keeps.
    fn now(&self) -> DateTime<Utc>;

    /// What a clock on the wall of this machine showed at `moment`.
    fn local(&self, moment: DateTime<Utc>) -> DateTime<FixedOffset>;

    /// Ends once `now() >= moment`, also when the clock was set or the computer slept.
    fn wait_until(&self, moment: DateTime<Utc>) -> Alarm<'_>;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        whole_millis(Utc::now())
    }

    fn local(&self, moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        let local = moment.with_timezone(&Local);
        local.with_timezone(&local.offset().fix())
    }

    fn wait_until(&self, moment: DateTime<Utc>) -> Alarm<'_> {
        Box::pin(async move {
            while let Ok(left) = (moment - self.now()).to_std() {
                if left.is_zero() {
                    return;
                }
                tokio::time::sleep(left.min(RECHECK)).await;
            }
        })
    }
}

/// A clock that moves only by [`ManualClock::set`] and [`ManualClock::advance`].
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<DateTime<Utc>>,
    zone: FixedOffset,
}

impl ManualClock {
    /// A clock standing at `now` in a zone `utc_offset_minutes` east of UTC (out of range: UTC).
    pub fn new(now: DateTime<Utc>, utc_offset_minutes: i32) -> Self {
        let zone = FixedOffset::east_opt(utc_offset_minutes * 60).unwrap_or(Utc.fix());
        Self {
            now: watch::Sender::new(whole_millis(now)),
            zone,
        }
    }

    /// Puts the clock at `now`, forwards or back.
    pub fn set(&self, now: DateTime<Utc>) {
        self.now.send_replace(whole_millis(now));
    }

    /// Lets `by` pass.
    pub fn advance(&self, by: Duration) {
        self.now.send_modify(|now| *now += by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.borrow()
    }

    fn local(&self, moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        moment.with_timezone(&self.zone)
    }

    fn wait_until(&self, moment: DateTime<Utc>) -> Alarm<'_> {
        let mut now = self.now.subscribe();
        Box::pin(async move {
            // An error means that the clock is gone, and then nobody waits for it any more.
            if now.wait_for(|now| *now >= moment).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

fn whole_millis(moment: DateTime<Utc>) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(moment.timestamp_millis())
        .single()
        .unwrap_or(moment)
}
