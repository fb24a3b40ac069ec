//! A person's day: it begins at the day boundary, not at midnight.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime, Offset, Utc};

use crate::clock::Clock;

/// From one day boundary to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The first moment of the day.
    pub from: DateTime<Utc>,
    /// The first moment of the next day.
    pub until: DateTime<Utc>,
}

impl Day {
    /// 04:00: work before it counts to the day before.
    const BOUNDARY_HOURS: i64 = 4;

    /// The day that `local` belongs to.
    pub fn of(local: DateTime<FixedOffset>) -> Self {
        let date = (local - Duration::hours(Self::BOUNDARY_HOURS)).date_naive();
        Self::begun(date, *local.offset())
    }

    /// The day with this date on the wall of the machine of `clock`.
    pub fn on(date: NaiveDate, clock: &dyn Clock) -> Self {
        let in_utc = Self::begun(date, Utc.fix()).from;
        Self::begun(date, *clock.local(in_utc).offset())
    }

    fn begun(date: NaiveDate, offset: FixedOffset) -> Self {
        let boundary = date.and_time(NaiveTime::MIN) + Duration::hours(Self::BOUNDARY_HOURS);
        let from = (boundary - offset).and_utc();
        Self {
            from,
            until: from + Duration::days(1),
        }
    }
}
