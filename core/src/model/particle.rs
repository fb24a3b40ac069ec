//! A finished stretch of time.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, Offset, Utc};
use serde::{Deserialize, Serialize};

use super::{DayBoundary, InvalidValue, Kind, ParticleId, ParticleLength, Preset, ProjectId, Task};

const BEFORE_1970: InvalidValue = InvalidValue::Time("A particle cannot begin before 1970.");
pub(crate) const IN_THE_FUTURE: InvalidValue =
    InvalidValue::Time("A particle cannot end in the future.");

/// A finished stretch of focus, or of a break that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Particle {
    /// Made when the stretch began; the same on every device.
    pub id: ParticleId,
    /// Focus or a break.
    pub kind: Kind,
    /// What it was spent on; may be empty.
    pub task: Task,
    /// The project, which may be deleted, or not have arrived on this device yet.
    pub project_id: Option<ProjectId>,
    /// When, how long.
    #[serde(flatten)]
    pub time: ParticleTime,
    /// What it was started with.
    pub preset: Preset,
    /// Deleted by the person; can be restored for 30 days.
    pub deleted: bool,
}

/// When and how long: one field, so that merging two edits cannot make an impossible particle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ParticleTime {
    /// The first moment.
    pub started_at: DateTime<Utc>,
    /// The last moment, not before the first.
    pub ended_at: DateTime<Utc>,
    /// What was planned; for a particle added by hand, its duration.
    pub planned_seconds: u32,
    /// Time spent, pauses excluded, overflow included.
    pub duration_seconds: u32,
    /// The part of the duration beyond the plan.
    pub overflow_seconds: u32,
    /// Minutes east of UTC where the person was at the end.
    pub utc_offset_minutes: i32,
}

impl Particle {
    /// Whether a person told of it afterwards: then what was planned is what was spent, also after a
    /// correction. A focus of one's own length that ended to the second looks alike, and is treated so.
    pub(super) fn is_told(&self) -> bool {
        let ParticleTime {
            planned_seconds,
            duration_seconds,
            overflow_seconds,
            ..
        } = self.time;
        let is_exact = planned_seconds == duration_seconds && overflow_seconds == 0;
        self.preset == Preset::Custom && is_exact
    }

    /// The same, begun at `moment` if that is later; pauses give way first. `None` when less than the
    /// shortest particle is left.
    pub(crate) fn begun_at(&self, moment: DateTime<Utc>) -> Option<Self> {
        if moment <= self.time.started_at {
            return Some(self.clone());
        }
        let spent = Duration::seconds(self.time.duration_seconds.into());
        // A row from elsewhere may end sooner than what was spent in it.
        let ended_at = self.time.ended_at.max(self.time.started_at + spent);
        let left = u32::try_from((ended_at - moment).num_seconds()).unwrap_or(0);
        let duration_seconds = self.time.duration_seconds.min(left);
        let time = ParticleTime {
            started_at: moment,
            ended_at,
            duration_seconds,
            overflow_seconds: duration_seconds.saturating_sub(self.time.planned_seconds),
            ..self.time.clone()
        };
        let time = if self.is_told() { time.as_told() } else { time };
        (duration_seconds >= ParticleTime::SECONDS_MIN).then(|| Self {
            time,
            ..self.clone()
        })
    }
}

impl ParticleTime {
    /// What a person can make of a particle is not shorter: a minute.
    const SECONDS_MIN: u32 = 60;
    /// No stretch and no part of it is longer: a day.
    const SECONDS_MAX: u32 = 24 * 60 * 60;
    /// The first moment after the year 9999.
    const MILLIS_END: i64 = 253_402_300_800_000;
    /// No zone is further from UTC.
    const OFFSET_MINUTES_MAX: u32 = 18 * 60;

    /// Whether a particle can have this time, which was made elsewhere. In whole milliseconds, which is
    /// what is kept.
    pub fn check(&self) -> Result<(), InvalidValue> {
        let wrong = |what| Err(InvalidValue::Time(what));
        let (start, end) = (self.started_at, self.ended_at);
        if start.timestamp_millis() < 0 {
            return wrong("A particle cannot begin before 1970.");
        }
        if end.timestamp_millis() >= Self::MILLIS_END {
            return wrong("A particle cannot end after the year 9999.");
        }
        if end < start {
            return wrong("A particle cannot end before it begins.");
        }
        if self.planned_seconds.max(self.duration_seconds) > Self::SECONDS_MAX {
            return wrong("A particle takes 24 hours at most.");
        }
        if self.overflow_seconds > self.duration_seconds {
            return wrong("The overflow of a particle is a part of its duration.");
        }
        if self.utc_offset_minutes.unsigned_abs() > Self::OFFSET_MINUTES_MAX {
            return wrong("No place is more than 18 hours from UTC.");
        }
        Ok(())
    }

    /// A stretch of `length` that ended at `ended_at`, told afterwards.
    pub fn told(
        ended_at: DateTime<Utc>,
        length: ParticleLength,
        utc_offset_minutes: i32,
    ) -> Result<Self, InvalidValue> {
        let started_at = ended_at
            .checked_sub_signed(Duration::seconds(length.as_seconds().into()))
            .filter(|start| start.timestamp() >= 0)
            .ok_or(BEFORE_1970)?;
        Ok(Self {
            started_at,
            ended_at,
            planned_seconds: length.as_seconds(),
            duration_seconds: length.as_seconds(),
            overflow_seconds: 0,
            utc_offset_minutes,
        })
    }

    /// The day in which it began, where it was lived.
    pub fn day(&self, boundary: DayBoundary) -> NaiveDate {
        let wall = FixedOffset::east_opt(self.utc_offset_minutes * 60).unwrap_or(Utc.fix());
        boundary.day_of(self.started_at.with_timezone(&wall))
    }

    /// The same, begun at `start` and with `length` instead, if given. Pauses stay as long as they were;
    /// where a longer stretch has no room until now, they give way. An error when it would begin before
    /// 1970 or end in the future.
    pub fn moved(
        &self,
        start: DateTime<Utc>,
        length: Option<ParticleLength>,
        now: DateTime<Utc>,
    ) -> Result<Self, InvalidValue> {
        if start.timestamp() < 0 {
            return Err(BEFORE_1970);
        }
        // A clock that was set back is no reason to refuse a moment that has been.
        let latest_end = self.ended_at.max(now);
        let (span, pauses, time) = match length {
            None => (
                self.ended_at - self.started_at,
                Duration::zero(),
                self.clone(),
            ),
            Some(length) => {
                let span = Duration::seconds(length.as_seconds().into());
                (span, self.pauses(), self.of_length(length))
            }
        };
        let end = start.checked_add_signed(span);
        let end = end.filter(|end| *end <= latest_end).ok_or(IN_THE_FUTURE)?;
        Ok(Self {
            started_at: start,
            ended_at: (end + pauses.min(latest_end - end)),
            ..time
        })
    }

    fn of_length(&self, length: ParticleLength) -> Self {
        Self {
            duration_seconds: length.as_seconds(),
            overflow_seconds: length.as_seconds().saturating_sub(self.planned_seconds),
            ..self.clone()
        }
    }

    /// The same as a person tells it afterwards: planned as long as it took.
    pub(super) fn as_told(&self) -> Self {
        Self {
            planned_seconds: self.duration_seconds,
            overflow_seconds: 0,
            ..self.clone()
        }
    }

    /// How long it stood. Rows from elsewhere may last longer than from their start to their end.
    fn pauses(&self) -> Duration {
        let spent = Duration::seconds(self.duration_seconds.into());
        (self.ended_at - self.started_at - spent).max(Duration::zero())
    }

    /// `length` spent from the same start. Pauses stay as long as they were, unless the end would then
    /// lie in the future; a length that has no room until now began earlier. The plan stays, and what
    /// goes beyond it is overflow. An error when it would begin before 1970.
    pub fn corrected(
        &self,
        length: ParticleLength,
        now: DateTime<Utc>,
    ) -> Result<Self, InvalidValue> {
        let spent = Duration::seconds(length.as_seconds().into());
        let pauses = self.pauses();
        // A clock that was set back is no reason to end earlier.
        let latest_end = self.ended_at.max(now);
        let started_at = self.started_at.min(latest_end - spent);
        if started_at.timestamp() < 0 {
            return Err(BEFORE_1970);
        }
        let ended_at = started_at + spent + pauses;
        Ok(Self {
            started_at,
            ended_at: ended_at.min(latest_end),
            ..self.of_length(length)
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        Utc.timestamp_opt(1_800_000_000 + seconds, 0).unwrap()
    }

    /// 25 minutes planned, 30 spent, 10 of pause.
    fn paused() -> ParticleTime {
        ParticleTime {
            started_at: at(0),
            ended_at: at(2400),
            planned_seconds: 1500,
            duration_seconds: 1800,
            overflow_seconds: 300,
            utc_offset_minutes: 60,
        }
    }

    #[rstest]
    #[case::the_same(30, at(9000), (0, 2400, 300))]
    #[case::shorter(20, at(9000), (0, 1800, 0))]
    #[case::longer(45, at(9000), (0, 3300, 1200))]
    #[case::the_pause_gives_way_to_now(45, at(3000), (0, 3000, 1200))]
    #[case::up_to_now(50, at(3000), (0, 3000, 1500))]
    #[case::it_began_earlier(51, at(3000), (-60, 3000, 1560))]
    #[case::shorter_with_a_clock_set_back(29, at(-9000), (0, 2340, 240))]
    fn a_corrected_length_keeps_plan_and_pauses_and_ends_by_now(
        #[case] minutes: i32,
        #[case] now: DateTime<Utc>,
        #[case] expected: (i64, i64, u32),
    ) {
        let length = ParticleLength::minutes(minutes).unwrap();
        let time = paused().corrected(length, now).unwrap();
        let seconds = |moment: DateTime<Utc>| (moment - at(0)).num_seconds();
        let found = (
            seconds(time.started_at),
            seconds(time.ended_at),
            time.overflow_seconds,
        );
        assert_eq!(found, expected);
        assert_eq!(time.planned_seconds, 1500);
    }

    #[test]
    fn a_corrected_length_does_not_begin_before_1970() {
        let start = DateTime::UNIX_EPOCH;
        let early = ParticleTime {
            started_at: start,
            ended_at: start + Duration::hours(1),
            ..paused()
        };
        let length = ParticleLength::minutes(61).unwrap();
        assert!(early.corrected(length, start).is_err());
    }

    #[rstest]
    #[case::as_it_is(at(-5000), None, at(9000), Some((-5000, -2600)))]
    #[case::up_to_now(at(6600), None, at(9000), Some((6600, 9000)))]
    #[case::into_the_future(at(6601), None, at(9000), None)]
    #[case::with_a_length(at(600), Some(20), at(9000), Some((600, 2400)))]
    #[case::the_pause_gives_way(at(7200), Some(25), at(9000), Some((7200, 9000)))]
    #[case::a_length_without_room(at(7800), Some(25), at(9000), None)]
    #[case::a_clock_set_back(at(-60), None, at(-90_000), Some((-60, 2340)))]
    #[case::before_1970(at(-1_800_000_001), None, at(9000), None)]
    fn a_moved_particle_keeps_its_length_and_ends_by_now(
        #[case] start: DateTime<Utc>,
        #[case] minutes: Option<i32>,
        #[case] now: DateTime<Utc>,
        #[case] expected: Option<(i64, i64)>,
    ) {
        let length = minutes.map(|minutes| ParticleLength::minutes(minutes).unwrap());
        let moved = paused().moved(start, length, now).ok();
        let seconds = |moment: DateTime<Utc>| (moment - at(0)).num_seconds();
        let found = moved
            .as_ref()
            .map(|t| (seconds(t.started_at), seconds(t.ended_at)));
        assert_eq!(found, expected);
        let spent = minutes.map_or(1800, |minutes| minutes.unsigned_abs() * 60);
        assert!(moved.is_none_or(|time| time.duration_seconds == spent));
    }

    proptest! {
        #[test]
        fn a_corrected_time_is_possible(
            pause_millis in -90_000_000..90_000_000i64,
            planned_seconds in 0..=86_400u32,
            spent in 60..=86_400u32,
            minutes in 1..=1440i32,
            now in -200_000..200_000i64,
        ) {
            let time = ParticleTime {
                // From elsewhere: it may last longer than from start to end, but not end before it.
                ended_at: (at(spent.into()) + Duration::milliseconds(pause_millis)).max(at(0)),
                planned_seconds,
                duration_seconds: spent,
                overflow_seconds: spent.saturating_sub(planned_seconds),
                ..paused()
            };
            let length = ParticleLength::minutes(minutes).unwrap();
            let Ok(after) = time.corrected(length, at(now)) else { return Ok(()) };
            let span = after.ended_at - after.started_at;
            prop_assert!(span >= Duration::seconds(after.duration_seconds.into()));
            prop_assert!(after.ended_at <= at(now).max(time.ended_at));
            prop_assert!(after.overflow_seconds <= after.duration_seconds);
            prop_assert_eq!(after.corrected(length, at(now)), Ok(after.clone()), "repeatable");
        }
    }
}
