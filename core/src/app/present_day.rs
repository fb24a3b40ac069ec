//! The day that a person lives in at present.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Profile;
use crate::error::AppError;

/// The present day, and when the next one begins: whoever shows it looks again then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PresentDay {
    /// Its date.
    pub date: NaiveDate,
    /// Its end, at the day boundary. On a day when the clocks are put forward over the boundary, up to
    /// that much beside it.
    pub ends_at: DateTime<Utc>,
}

impl Profile {
    /// The present day, which began at the day boundary.
    pub async fn present_day(&self) -> Result<PresentDay, AppError> {
        let boundary = self.day_boundary().await?;
        let clock = &self.environment.clock;
        let local = clock.local(self.now());
        let date = boundary.day_of(local);
        let end = boundary.end(date).and_utc();
        // The clocks may be put forward or back until then.
        let about = end - chrono::Duration::seconds(local.offset().local_minus_utc().into());
        let offset = clock.local(about).offset().local_minus_utc();
        Ok(PresentDay {
            date,
            ends_at: end - chrono::Duration::seconds(offset.into()),
        })
    }
}
