//! Focuses of the same time, of which a person keeps both or trims one.

use super::Profile;
use crate::engine::Event;
use crate::error::AppError;
use crate::model::{Days, Particle};
use crate::store::{Overlap, OverlapPair};

impl Profile {
    /// Where, in `days`, two focuses have the same time and nobody decided about it.
    pub async fn overlaps(&self, days: Days) -> Result<Vec<Overlap>, AppError> {
        let boundary = self.day_boundary().await?;
        Ok(self.store.overlaps(days, boundary).await?)
    }

    /// Both of `pair` are to be kept as they are, or are no longer.
    pub async fn keep_both(&self, pair: OverlapPair, is_kept: bool) -> Result<(), AppError> {
        self.store.keep_both(pair, is_kept).await?;
        let ids = vec![pair.earlier, pair.later];
        self.engine.announce(Event::ParticlesChanged { ids });
        Ok(())
    }

    /// Lets the later one of `pair` begin where the earlier one ends; deletes it where nothing would be left.
    pub async fn trim(&self, pair: OverlapPair) -> Result<Particle, AppError> {
        let edited = self.store.trim(pair, self.now()).await?;
        Ok(self.particle_edited(edited))
    }
}
