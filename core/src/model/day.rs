//! A person's day: it begins at the day boundary, not at midnight, and is counted on the wall of the
//! place where a particle was lived, not on that of the machine that looks back.

use chrono::{DateTime, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::DayBoundary;

/// The days from one to another, both included; an end that is not named is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Days {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

impl DayBoundary {
    /// The day that a clock on the wall is in when it shows `local`.
    pub fn day_of(self, local: DateTime<FixedOffset>) -> NaiveDate {
        let shown = local.naive_local();
        shown
            .checked_sub_signed(self.night())
            .unwrap_or(shown)
            .date()
    }

    /// What a clock on the wall shows when `day` begins.
    pub fn begin(self, day: NaiveDate) -> NaiveDateTime {
        let midnight = day.and_time(NaiveTime::MIN);
        midnight
            .checked_add_signed(self.night())
            .unwrap_or(midnight)
    }

    /// What a clock on the wall shows when `day` is over.
    pub fn end(self, day: NaiveDate) -> NaiveDateTime {
        self.begin(day.succ_opt().unwrap_or(day))
    }

    fn night(self) -> TimeDelta {
        TimeDelta::minutes(self.as_minutes().into())
    }
}

impl Days {
    /// One day.
    pub fn one(day: NaiveDate) -> Self {
        Self {
            from: Some(day),
            to: Some(day),
        }
    }

    /// The year with this number; `None` when no calendar has it.
    pub fn year(year: i32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        Some(Self {
            from: Some(first),
            to: first.checked_add_months(Months::new(12))?.pred_opt(),
        })
    }

    /// Whether `day` is one of them.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::before("2027-01-15T03:59:59.999+01:00", 240, "2027-01-14")]
    #[case::at_it("2027-01-15T04:00:00+01:00", 240, "2027-01-15")]
    #[case::midnight("2027-01-15T00:00:00-11:00", 0, "2027-01-15")]
    #[case::the_latest("2027-01-15T05:59:59+14:00", 360, "2027-01-14")]
    #[case::a_new_year("2027-01-01T01:00:00+00:00", 240, "2026-12-31")]
    fn a_day_begins_at_the_boundary(#[case] at: &str, #[case] minutes: u32, #[case] day: &str) {
        let boundary = DayBoundary::minutes(minutes).unwrap();
        let local: DateTime<FixedOffset> = at.parse().unwrap();
        let found = boundary.day_of(local);
        assert_eq!(found.to_string(), day);
        assert!(boundary.begin(found) <= local.naive_local());
        assert!(local.naive_local() < boundary.end(found));
    }

    #[test]
    fn a_year_has_all_its_days_and_no_other() {
        let year = Days::year(2028).unwrap();
        let is_in = |day: &str| year.contains(day.parse().unwrap());
        assert!(is_in("2028-01-01") && is_in("2028-02-29") && is_in("2028-12-31"));
        assert!(!is_in("2027-12-31") && !is_in("2029-01-01"));
        assert_eq!(Days::year(300_000), None);
    }
}
