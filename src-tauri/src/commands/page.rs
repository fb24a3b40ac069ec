//! A page of the history, with the day of each particle.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use particle_core::app::{App, ListRequest};
use particle_core::clock::{Clock, SystemClock};
use particle_core::error::AppError;
use particle_core::model::{Day, Particle, ParticleId, ProjectKey};
use particle_core::store::{Kinds, ParticleFilter};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Which particles to list.
#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct PageRequest {
    /// Focuses, breaks or both.
    kinds: ListedKinds,
    /// Begun on this day or later.
    from_day: Option<NaiveDate>,
    /// Begun on this day or before.
    to_day: Option<NaiveDate>,
    /// The id or exact name of a project, or `none`.
    project: Option<ProjectKey>,
    /// A part of the task, letters of either case.
    search: Option<String>,
    /// Deleted ones that can be restored, instead of those that are not deleted.
    deleted: bool,
    /// Where the page before ended.
    after: Option<Cursor>,
    /// How many, 1 to 1000; nothing for 1000.
    limit: Option<u32>,
}

/// Which kinds of particle to list.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
enum ListedKinds {
    /// Focuses only.
    Focus,
    /// Breaks only, short and long.
    Break,
    /// Everything.
    All,
}

/// A place in a list: below this particle.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Type)]
struct Cursor {
    /// When the particle above began.
    started_at: DateTime<Utc>,
    /// Which it is.
    id: ParticleId,
}

/// A page of a list, newest first.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ParticlePage {
    /// What stands on it.
    particles: Vec<DatedParticle>,
    /// Where the next page begins; nothing when this is the last.
    next: Option<Cursor>,
}

/// A particle with the day that it belongs to.
#[derive(Debug, Clone, Serialize, Type)]
struct DatedParticle {
    /// The particle.
    #[serde(flatten)]
    particle: Particle,
    /// The day in which it began, where it was lived.
    day: NaiveDate,
}

/// Work before four in the morning counts to the day before.
const BOUNDARY: Duration = Duration::hours(4);

/// The date of the present day.
pub(super) fn today(app: &App) -> NaiveDate {
    (SystemClock.local(app.now()) - BOUNDARY).date_naive()
}

impl PageRequest {
    /// The page of the profile of `app`.
    pub(super) async fn read(self, app: &App) -> Result<ParticlePage, AppError> {
        let list = ListRequest {
            kinds: self.kinds.into(),
            from: self.from_day.map(|day| Day::on(day, &SystemClock).from),
            until: self.to_day.map(|day| Day::on(day, &SystemClock).until),
            project: self.project,
            search: self.search,
            deleted: self.deleted,
        };
        let filter = ParticleFilter {
            limit: self.limit,
            below: self.after.map(|after| (after.started_at, after.id)),
            ..list.filter(app.store(), app.now()).await?
        };
        let particles = app.store().list_particles(&filter).await?;
        let next = filter.after(&particles).and_then(|filter| filter.below);
        Ok(ParticlePage {
            particles: particles.into_iter().map(DatedParticle::of).collect(),
            next: next.map(|(started_at, id)| Cursor { started_at, id }),
        })
    }
}

impl From<ListedKinds> for Kinds {
    fn from(kinds: ListedKinds) -> Self {
        match kinds {
            ListedKinds::Focus => Self::Focus,
            ListedKinds::Break => Self::Break,
            ListedKinds::All => Self::All,
        }
    }
}

impl DatedParticle {
    fn of(particle: Particle) -> Self {
        let offset = Duration::minutes(particle.time.utc_offset_minutes.into());
        let day = (particle.time.started_at + offset - BOUNDARY).date_naive();
        Self { particle, day }
    }
}
