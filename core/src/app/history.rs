//! The past: what was kept is listed, added to, corrected, deleted and restored, and gathered under
//! projects.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{NewParticle, ParticleRequest, Profile, ProjectRequest};
use crate::engine::Event;
use crate::error::AppError;
use crate::model::{
    Assignment, Brightness, DayBoundary, Days, IN_THE_FUTURE, Kind, Particle, ParticleId,
    ParticleLength, ParticleTime, Preset, Project, ProjectId, ProjectKey, ProjectName, Task,
};
use crate::store::{
    Cursor, Declined, Edited, Kinds, ParticleFilter, ProjectEdit, Store, StoreError,
};

/// Which particles to list. What is left out is not narrowed; of kinds, focuses are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct PageRequest {
    /// Focuses, breaks or both.
    pub kinds: Kinds,
    /// Begun on this day or later.
    pub from_day: Option<NaiveDate>,
    /// Begun on this day or before.
    pub to_day: Option<NaiveDate>,
    /// The id or exact name of a project, or `none`.
    pub project: Option<ProjectKey>,
    /// A part of the task, letters of either case.
    pub search: Option<String>,
    /// Deleted ones that can be restored, instead of those that are not deleted.
    pub deleted: bool,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many, 1 to 1000; nothing for 1000.
    pub limit: Option<u32>,
}

/// A page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ParticlePage {
    /// What stands on it.
    pub particles: Vec<DatedParticle>,
    /// Where the next page begins; nothing when this is the last.
    pub next: Option<Cursor>,
}

/// A particle with the day that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DatedParticle {
    /// The particle.
    #[serde(flatten)]
    pub particle: Particle,
    /// The day in which it began, where it was lived.
    pub day: NaiveDate,
}

/// Which projects to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectList {
    /// Those that are not deleted.
    Kept,
    /// Those that are deleted and can be restored.
    Deleted,
}

impl PageRequest {
    /// The page of `store` at `now`.
    pub async fn read(&self, store: &Store, now: DateTime<Utc>) -> Result<ParticlePage, AppError> {
        let boundary = store.settings().await?.day_boundary_minutes;
        let filter = self.filter(store, boundary, now).await?;
        let (particles, next) = store.list_page(&filter).await?;
        let dated = |particle: Particle| DatedParticle {
            day: particle.time.day(boundary),
            particle,
        };
        Ok(ParticlePage {
            particles: particles.into_iter().map(dated).collect(),
            next,
        })
    }

    /// The same list, from `after` on.
    #[must_use]
    pub fn after(&self, after: Cursor) -> Self {
        Self {
            after: Some(after),
            ..self.clone()
        }
    }

    async fn filter(
        &self,
        store: &Store,
        boundary: DayBoundary,
        now: DateTime<Utc>,
    ) -> Result<ParticleFilter, AppError> {
        self.project.as_ref().map_or(Ok(()), ProjectKey::check)?;
        let project = match &self.project {
            None => None,
            Some(key) if key.is_nothing() => Some(Assignment::Nothing),
            Some(key) => Some(Assignment::Project(
                store.find_project(key, false).await?.id,
            )),
        };
        let days = Days {
            from: self.from_day,
            to: self.to_day,
        };
        let filter = ParticleFilter {
            kinds: self.kinds,
            project,
            search: self.search.clone(),
            below: self.after,
            limit: self.limit,
            ..ParticleFilter::default()
        };
        let filter = filter.within(days, boundary);
        Ok(if self.deleted {
            filter.restorable(now)
        } else {
            filter
        })
    }
}

impl ProjectList {
    /// The projects of `store` at `now`, by name.
    pub async fn read(self, store: &Store, now: DateTime<Utc>) -> Result<Vec<Project>, AppError> {
        Ok(match self {
            Self::Kept => store.list_projects().await?,
            Self::Deleted => store.list_restorable_projects(now).await?,
        })
    }
}

impl Profile {
    /// Keeps a particle that a person tells afterwards. One with the id of a particle that is kept
    /// already changes nothing.
    pub async fn add(&self, new: NewParticle) -> Result<Particle, AppError> {
        let now = self.now();
        let ended_at = new.ended_at.unwrap_or(now);
        if ended_at > now {
            return Err(IN_THE_FUTURE.into());
        }
        let offset = self
            .environment
            .clock
            .local(ended_at)
            .offset()
            .local_minus_utc()
            / 60;
        let project = self.assignment(new.project.as_ref()).await?;
        let particle = Particle {
            id: new
                .id
                .unwrap_or_else(|| ParticleId::new(now, &self.environment.randomness)),
            kind: Kind::Focus,
            task: Task::new(&new.task)?,
            project_id: project.and_then(Assignment::project_id),
            time: ParticleTime::told(ended_at, ParticleLength::minutes(new.minutes)?, offset)?,
            preset: Preset::Custom,
            deleted: false,
        };
        let kept = self.store.record_particle(particle, now).await?;
        self.announce_particle(kept.id);
        Ok(kept)
    }

    /// Changes the parts of a particle that `request` names.
    pub async fn edit_particle(&self, request: ParticleRequest) -> Result<Particle, AppError> {
        request.check()?;
        let project = self.assignment(request.project.as_ref()).await?;
        let correction = request.parse(project)?;
        let now = self.now();
        let edited = self.store.correct_particle(request.id, &correction, now);
        Ok(self.particle_edited(edited.await?))
    }

    /// Takes an edit back: the particle has the task, the project and the time of `before` again, to the
    /// second, which [`Profile::edit_particle`] cannot say.
    pub async fn put_particle_back(&self, before: Particle) -> Result<Particle, AppError> {
        before.time.check()?;
        let edited = self.store.put_particle_back(&before, self.now()).await?;
        Ok(self.particle_edited(edited))
    }

    /// Deletes a particle; it can be restored for 30 days.
    pub async fn delete_particle(&self, id: ParticleId) -> Result<Particle, AppError> {
        let edited = self.store.delete_particle(id, self.now()).await?;
        Ok(self.particle_edited(edited))
    }

    /// Brings a deleted particle back.
    pub async fn restore_particle(&self, id: ParticleId) -> Result<Particle, AppError> {
        let edited = self.store.restore_particle(id, self.now()).await?;
        Ok(self.particle_edited(edited))
    }

    /// Makes or changes a project.
    pub async fn project(&self, request: ProjectRequest) -> Result<Project, AppError> {
        request.check()?;
        let is_deleted = matches!(request, ProjectRequest::Restore(_));
        let (key, edit) = match request {
            ProjectRequest::Add { name, brightness } => {
                return self.add_project(&name, brightness).await;
            }
            ProjectRequest::Rename(key, name) => {
                (key, ProjectEdit::Rename(ProjectName::new(&name)?))
            }
            ProjectRequest::SetBrightness(key, grey) => (key, ProjectEdit::SetBrightness(grey)),
            ProjectRequest::Edit {
                key,
                name,
                brightness,
            } => {
                let name = name.as_deref().map(ProjectName::new).transpose()?;
                (key, ProjectEdit::Dress(name, brightness))
            }
            ProjectRequest::Archive(key) => (key, ProjectEdit::SetArchived(true)),
            ProjectRequest::Unarchive(key) => (key, ProjectEdit::SetArchived(false)),
            ProjectRequest::Delete(key) => (key, ProjectEdit::Delete),
            ProjectRequest::Restore(key) => (key, ProjectEdit::Restore),
            ProjectRequest::Merge { from, into } => return self.merge_projects(&from, &into).await,
        };
        let id = self.store.find_project(&key, is_deleted).await?.id;
        let edited = self.store.edit_project(id, edit, self.now()).await?;
        if edited.has_changed {
            self.engine.announce(Event::ProjectsChanged);
        }
        if is_deleted {
            // Those that it lost when it was merged are its own again.
            let ids = Vec::new();
            self.engine.announce(Event::ParticlesChanged { ids });
        }
        Ok(edited.row)
    }

    /// What runs keeps its project, and would be without one.
    async fn merge_projects(
        &self,
        from: &ProjectKey,
        into: &ProjectKey,
    ) -> Result<Project, AppError> {
        let from = self.store.find_project(from, false).await?.id;
        let into = self.store.find_project(into, false).await?.id;
        let timer = self.engine.timer().session.timer;
        if timer
            .stretch()
            .is_some_and(|stretch| stretch.project_id == Some(from))
        {
            return Err(AppError::TimerRuns);
        }
        let merged = self.store.merge_projects(from, into, self.now()).await?;
        self.engine.announce(Event::ProjectsChanged);
        let ids = Vec::new();
        self.engine.announce(Event::ParticlesChanged { ids });
        Ok(merged)
    }

    async fn add_project(
        &self,
        name: &str,
        brightness: Option<Brightness>,
    ) -> Result<Project, AppError> {
        let now = self.now();
        let project = Project {
            id: ProjectId::new(now, &self.environment.randomness),
            name: ProjectName::new(name)?,
            brightness: brightness.unwrap_or(Brightness::FULL),
            archived: false,
            deleted: false,
        };
        let project = self.store.add_project(&project, now).await?;
        self.engine.announce(Event::ProjectsChanged);
        Ok(project)
    }

    /// A page of the history.
    pub async fn particles(&self, request: PageRequest) -> Result<ParticlePage, AppError> {
        request.read(&self.store, self.now()).await
    }

    /// The date of the present day, which begins at the day boundary.
    pub async fn today(&self) -> Result<NaiveDate, AppError> {
        let boundary = self.day_boundary().await?;
        Ok(boundary.day_of(self.environment.clock.local(self.now())))
    }

    /// The focuses of today, newest first.
    pub async fn particles_today(&self) -> Result<Vec<Particle>, AppError> {
        let boundary = self.day_boundary().await?;
        let filter = ParticleFilter::default().within(Days::one(self.today().await?), boundary);
        Ok(self.store.list_particles(&filter).await?)
    }

    /// Where lists are read from.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What a person means by `key`, for something that is to belong to it.
    pub(super) async fn assignment(
        &self,
        key: Option<&ProjectKey>,
    ) -> Result<Option<Assignment>, AppError> {
        let Some(key) = key else { return Ok(None) };
        if key.is_nothing() {
            return Ok(Some(Assignment::Nothing));
        }
        let project = self.store.find_project(key, false).await?;
        if project.deleted {
            return Err(StoreError::from(Declined::Deleted { what: "project" }).into());
        }
        Ok(Some(Assignment::Project(project.id)))
    }

    pub(super) fn particle_edited(&self, edited: Edited<Particle>) -> Particle {
        if edited.has_changed {
            self.announce_particle(edited.row.id);
        }
        edited.row
    }

    fn announce_particle(&self, id: ParticleId) {
        self.engine
            .announce(Event::ParticlesChanged { ids: vec![id] });
    }
}
