//! Which moments belong to which stretch, and how much was spent in them.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate};

use crate::model::{DayBoundary, Kind, Particle, ProjectId};

const DAY_MILLIS: i64 = 86_400_000;

/// No pauses are this long. A stretch that claims to last longer is taken without its pauses, and one
/// from elsewhere that lasts shorter than what was spent in it lasts as long as that.
pub const SPAN_MILLIS_MAX: i64 = 2 * DAY_MILLIS;

/// What statistics need to know of a particle. Moments are milliseconds of Unix time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Focus, or a break of either length.
    pub is_focus: bool,
    /// The first moment.
    pub started_at: i64,
    /// The last moment.
    pub ended_at: i64,
    /// What was planned.
    pub planned_seconds: u32,
    /// What was spent; at most a day.
    pub duration_seconds: u32,
    /// Where its wall stood, east of UTC.
    pub utc_offset_minutes: i32,
    /// The project, if it has one that is kept.
    pub project_id: Option<ProjectId>,
}

impl From<&Particle> for Stretch {
    fn from(particle: &Particle) -> Self {
        let time = &particle.time;
        Self {
            is_focus: particle.kind == Kind::Focus,
            started_at: time.started_at.timestamp_millis(),
            ended_at: time.ended_at.timestamp_millis(),
            planned_seconds: time.planned_seconds,
            duration_seconds: time.duration_seconds,
            utc_offset_minutes: time.utc_offset_minutes,
            project_id: particle.project_id,
        }
    }
}

impl Stretch {
    fn spent_millis(&self) -> i64 {
        i64::from(self.duration_seconds) * 1000
    }

    /// How long it lasts, in milliseconds: never shorter than what was spent.
    fn span(&self) -> i64 {
        let span = self.ended_at - self.started_at;
        let is_possible = (self.spent_millis()..=SPAN_MILLIS_MAX).contains(&span);
        if is_possible {
            span
        } else {
            self.spent_millis()
        }
    }

    /// The moment after its last.
    pub(crate) fn end(&self) -> i64 {
        self.started_at + self.span()
    }

    /// How many milliseconds more were spent in both than passed from the first moment to the last.
    pub(super) fn excess(&self, later: &Self) -> i64 {
        let first = self.started_at.min(later.started_at);
        let passed = self.end().max(later.end()) - first;
        self.spent_millis() + later.spent_millis() - passed
    }

    /// Whole seconds spent until `moment`.
    fn spent_until(&self, moment: i64) -> i64 {
        (moment - self.started_at) * i64::from(self.duration_seconds) / self.span()
    }

    /// What its wall shows at `moment`, if days began at midnight.
    pub(super) fn local(&self, moment: i64, boundary: DayBoundary) -> i64 {
        let minutes = i64::from(self.utc_offset_minutes) - i64::from(boundary.as_minutes());
        moment + minutes * 60_000
    }

    /// The densest first.
    fn by_density(&self, other: &Self) -> Ordering {
        let own = i64::from(self.duration_seconds) * other.span();
        let others = i64::from(other.duration_seconds) * self.span();
        others
            .cmp(&own)
            .then(self.started_at.cmp(&other.started_at))
    }

    /// Tells how much was spent from `from` to `until` on each day.
    fn split(
        &self,
        mut from: i64,
        until: i64,
        boundary: DayBoundary,
        spend: &mut impl FnMut(&Self, NaiveDate, u32),
    ) {
        while from < until {
            let local = self.local(from, boundary);
            let day_ends = from - local.rem_euclid(DAY_MILLIS) + DAY_MILLIS;
            let to = until.min(day_ends);
            let seconds = self.spent_until(to) - self.spent_until(from);
            let day = DateTime::from_timestamp_millis(local).map(|moment| moment.date_naive());
            if let (Some(day), Ok(seconds @ 1..)) = (day, u32::try_from(seconds)) {
                spend(self, day, seconds);
            }
            from = to;
        }
    }
}

/// Tells of every stretch how much was spent in it on which day, without what another one spent at the
/// same moment. `stretches` stand in the order of their starts.
pub(super) fn spread(
    stretches: &[Stretch],
    boundary: DayBoundary,
    mut spend: impl FnMut(&Stretch, NaiveDate, u32),
) {
    for is_focus in [true, false] {
        let alike = stretches.iter().filter(|s| s.is_focus == is_focus);
        let mut alike = alike.filter(|s| s.duration_seconds > 0).peekable();
        let mut touching = Vec::new();
        while let Some(first) = alike.next() {
            let mut end = first.end();
            touching.push(first);
            while let Some(next) = alike.next_if(|next| next.started_at < end) {
                end = end.max(next.end());
                touching.push(next);
            }
            if let [alone] = touching.as_slice() {
                alone.split(alone.started_at, end, boundary, &mut spend);
            } else {
                share(&touching, boundary, &mut spend);
            }
            touching.clear();
        }
    }
}

/// Gives every moment to the densest of the stretches over it.
fn share(
    stretches: &[&Stretch],
    boundary: DayBoundary,
    spend: &mut impl FnMut(&Stretch, NaiveDate, u32),
) {
    let mut ranked = stretches.to_vec();
    ranked.sort_by(|one, other| one.by_density(other));
    let starts = |(rank, stretch): (usize, &&Stretch)| (stretch.started_at, rank, true);
    let ends = |(rank, stretch): (usize, &&Stretch)| (stretch.end(), rank, false);
    let mut changes: Vec<_> = ranked.iter().enumerate().map(starts).collect();
    changes.extend(ranked.iter().enumerate().map(ends));
    changes.sort_unstable();
    let mut running = BTreeSet::new();
    let mut since = i64::MIN;
    for (moment, rank, begins) in changes {
        if let Some(densest) = running.first().and_then(|rank: &usize| ranked.get(*rank)) {
            densest.split(since, moment, boundary, spend);
        }
        since = moment;
        if begins {
            running.insert(rank);
        } else {
            running.remove(&rank);
        }
    }
}
