//! What was done on which day and on what.
//!
//! A stretch spreads what was spent in it evenly from its start to its end: pauses are nobody's minutes.
//! Where stretches overlap (two devices that knew nothing of each other) every moment belongs to one of
//! them, to the densest; of equals to the one that began first. So no minute is counted twice, and a
//! stretch inside of another adds nothing. The moments of a stretch belong to the days of its own wall,
//! from day boundary to day boundary, so one that crosses a boundary is split there. Focuses and breaks
//! are counted apart, each among themselves. Seconds are cut so that the parts of a stretch add up to it.
//!
//! How many particles a day has goes by their starts, as in a list.

mod overlap;
mod spread;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::model::{DayBoundary, Days, ProjectId, ProjectName};

pub use overlap::{Excess, overlaps};
pub use spread::{SPAN_MILLIS_MAX, Stretch};

/// So many focuses show a rhythm; fewer show chance.
pub const RHYTHM_PARTICLES_MIN: u32 = 5;

/// What was done in some days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Statistics {
    /// All of it.
    pub total: Tally,
    /// Day by day, the first one first, without the days on which nothing was done.
    pub days: Vec<DayTally>,
    /// By project, the longest first. Deleted projects, and those that have not arrived, are none.
    pub projects: Vec<ProjectTally>,
    /// What was planned against what was spent; from five focuses on.
    pub rhythm: Option<Rhythm>,
}

/// What was done, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Tally {
    /// How many focuses began.
    pub particles: u32,
    /// The time in focus; no minute counts twice.
    pub focus_seconds: u32,
    /// The time in breaks; no minute counts twice.
    pub break_seconds: u32,
}

/// What was done on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DayTally {
    /// Which.
    pub day: NaiveDate,
    /// What was done on it.
    #[serde(flatten)]
    pub tally: Tally,
}

/// What was done for a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ProjectTally {
    /// Which; nothing for what belongs to none.
    pub project_id: Option<ProjectId>,
    /// Its name.
    pub name: Option<ProjectName>,
    /// How many focuses began.
    pub particles: u32,
    /// The time in focus. All projects add up to the total.
    pub focus_seconds: u32,
}

/// What a focus was planned to be and what it was, on average.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Rhythm {
    /// Of so many focuses.
    pub particles: u32,
    /// What was planned.
    pub planned_seconds: u32,
    /// What was spent, overflow included.
    pub spent_seconds: u32,
}

/// Adds up what `days` saw of `stretches`, which stand in the order of their starts.
pub(crate) fn add_up(stretches: &[Stretch], days: Days, boundary: DayBoundary) -> Sums {
    let mut sums = Sums::default();
    for focus in stretches.iter().filter(|stretch| stretch.is_focus) {
        let day = focus.first_day(boundary);
        if days.contains(day) {
            sums.begin(day, focus);
        }
    }
    spread::spread(stretches, boundary, |stretch, day, seconds| {
        if days.contains(day) {
            sums.spend(day, stretch, seconds);
        }
    });
    sums
}

/// Sums that grow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sums {
    pub(crate) total: Tally,
    pub(crate) days: BTreeMap<NaiveDate, Tally>,
    /// How many focuses, and their seconds.
    pub(crate) projects: BTreeMap<Option<ProjectId>, (u32, u32)>,
    planned_seconds: u64,
    spent_seconds: u64,
}

impl Sums {
    fn begin(&mut self, day: NaiveDate, focus: &Stretch) {
        self.total.particles += 1;
        self.days.entry(day).or_default().particles += 1;
        self.projects.entry(focus.project_id).or_default().0 += 1;
        self.planned_seconds += u64::from(focus.planned_seconds);
        self.spent_seconds += u64::from(focus.duration_seconds);
    }

    fn spend(&mut self, day: NaiveDate, stretch: &Stretch, seconds: u32) {
        let tally = self.days.entry(day).or_default();
        if stretch.is_focus {
            tally.focus_seconds += seconds;
            self.total.focus_seconds += seconds;
            self.projects.entry(stretch.project_id).or_default().1 += seconds;
        } else {
            tally.break_seconds += seconds;
            self.total.break_seconds += seconds;
        }
    }

    fn rhythm(&self) -> Option<Rhythm> {
        let particles = self.total.particles;
        let average = |sum: u64| u32::try_from(sum / u64::from(particles)).unwrap_or(u32::MAX);
        (particles >= RHYTHM_PARTICLES_MIN).then(|| Rhythm {
            particles,
            planned_seconds: average(self.planned_seconds),
            spent_seconds: average(self.spent_seconds),
        })
    }

    /// As a person is shown it. `name` says what a project is called.
    pub(crate) fn into_statistics(
        self,
        name: impl Fn(ProjectId) -> Option<ProjectName>,
    ) -> Statistics {
        let rhythm = self.rhythm();
        let days = self.days.into_iter();
        let mut projects: Vec<_> = self
            .projects
            .into_iter()
            .map(|(project_id, (particles, focus_seconds))| ProjectTally {
                project_id,
                name: project_id.and_then(&name),
                particles,
                focus_seconds,
            })
            .collect();
        projects.sort_by_key(|project| std::cmp::Reverse(project.focus_seconds));
        Statistics {
            total: self.total,
            days: days.map(|(day, tally)| DayTally { day, tally }).collect(),
            projects,
            rhythm,
        }
    }
}

impl Stretch {
    fn first_day(&self, boundary: DayBoundary) -> NaiveDate {
        let moment = DateTime::from_timestamp_millis(self.local(self.started_at, boundary));
        moment.unwrap_or_default().date_naive()
    }
}
