//! What was done, in numbers.

use super::Profile;
use crate::error::AppError;
use crate::model::{DayBoundary, Days};
use crate::statistics::{Statistics, Tally};

impl Profile {
    /// What was done in `days`.
    pub async fn statistics(&self, days: Days) -> Result<Statistics, AppError> {
        let boundary = self.day_boundary().await?;
        Ok(self.store.statistics(days, boundary).await?)
    }

    /// When a day begins.
    pub(super) async fn day_boundary(&self) -> Result<DayBoundary, AppError> {
        Ok(self.store.settings().await?.day_boundary_minutes)
    }

    /// What was done today.
    pub(super) async fn total_today(&self) -> Result<Tally, AppError> {
        let boundary = self.day_boundary().await?;
        let today = boundary.day_of(self.environment.clock.local(self.now()));
        Ok(self.store.total(today, boundary).await?)
    }
}
