//! The sentence of a day.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::Profile;
use super::command::check_key;
use crate::clock::Clock;
use crate::engine::Event;
use crate::error::AppError;
use crate::model::{
    Assignment, Intention, IntentionId, IntentionStatus, IntentionText, InvalidValue, ProjectKey,
};
use crate::store::{IntentionEdit, IntentionFilter, Store};

/// What to do with the intention of a day; without a day, of today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum IntentionRequest {
    /// Make or change it.
    Set(IntentionChange),
    /// Delete it; it can be restored for 30 days.
    Delete(Option<IntentionId>),
    /// Bring it back.
    Restore(Option<IntentionId>),
}

/// What to change about the intention of a day; nothing leaves a part as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct IntentionChange {
    /// Which day; nothing for today.
    pub day: Option<IntentionId>,
    /// The sentence, at most 200 characters; the first one makes the intention.
    pub text: Option<String>,
    /// What became of it.
    pub status: Option<IntentionStatus>,
    /// The id or exact name of its project, or `none`.
    pub project: Option<ProjectKey>,
}

impl IntentionRequest {
    pub(super) fn check(&self) -> Result<(), InvalidValue> {
        match self {
            Self::Delete(_) | Self::Restore(_) => Ok(()),
            Self::Set(change) => {
                check_key(change.project.as_ref())?;
                change.parse(None).map(drop)
            }
        }
    }
}

impl IntentionChange {
    fn parse(&self, project: Option<Assignment>) -> Result<IntentionEdit, InvalidValue> {
        Ok(IntentionEdit {
            text: self.text.as_deref().map(IntentionText::new).transpose()?,
            status: self.status,
            project,
        })
    }
}

/// The day that it is for the person of `store`: it began at their day boundary.
pub async fn current_day(store: &Store, clock: &dyn Clock) -> Result<IntentionId, AppError> {
    let boundary = store.settings().await?.day_boundary_minutes.as_minutes();
    let local = clock.local(clock.now()) - Duration::minutes(boundary.into());
    Ok(IntentionId::new(local.date_naive())?)
}

impl Profile {
    /// Makes, changes, deletes or restores the intention of a day.
    pub async fn intention(&self, request: IntentionRequest) -> Result<Intention, AppError> {
        request.check()?;
        let now = self.now();
        let edited = match request {
            IntentionRequest::Set(change) => {
                let project = self.assignment(change.project.as_ref()).await?;
                let edit = change.parse(project)?;
                let day = self.day_or_today(change.day).await?;
                self.store.edit_intention(day, &edit, now).await?
            }
            IntentionRequest::Delete(day) => {
                let day = self.day_or_today(day).await?;
                self.store.delete_intention(day, now).await?
            }
            IntentionRequest::Restore(day) => {
                let day = self.day_or_today(day).await?;
                self.store.restore_intention(day, now).await?
            }
        };
        if edited.has_changed {
            self.engine.announce(Event::IntentionsChanged);
        }
        Ok(edited.row)
    }

    /// The intention of a day, without a day that of today. Nothing where there is none, or it is
    /// deleted.
    pub async fn intention_of(
        &self,
        day: Option<IntentionId>,
    ) -> Result<Option<Intention>, AppError> {
        let day = self.day_or_today(day).await?;
        let filter = IntentionFilter {
            from: Some(day),
            to: Some(day),
            ..IntentionFilter::default()
        };
        Ok(self.store.list_intentions(&filter).await?.pop())
    }

    async fn day_or_today(&self, day: Option<IntentionId>) -> Result<IntentionId, AppError> {
        match day {
            Some(day) => Ok(day),
            None => current_day(&self.store, &*self.environment.clock).await,
        }
    }
}
