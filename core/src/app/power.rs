//! What the system tells of sleep, and of people who are not there. Of a sleep that is a hint: without it the
//! clocks say the same some seconds later.

#[cfg(target_os = "linux")]
mod logind;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use chrono::{DateTime, Utc};

use super::App;
use crate::error::AppError;
use crate::sync::exchange::Trigger;

/// What the system tells.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only Linux is listened to")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    FallsAsleep,
    Woke,
    /// Nobody was at the computer since then, and somebody is now.
    CameBack(DateTime<Utc>),
}

impl App {
    /// Listens to the system for as long as `app` is held by somebody. Where nothing is told it returns.
    /// A focus in which nobody was there is asked about if `asks` says so at that moment.
    pub async fn follow_power(app: Weak<Self>, asks: impl Fn() -> bool) {
        #[cfg(target_os = "linux")]
        logind::follow(app, asks).await;
        #[cfg(not(target_os = "linux"))]
        drop((app, asks));
    }

    /// Whether the system tells when nobody is there.
    pub fn absences_are_told(&self) -> bool {
        self.absences_are_told.load(Ordering::Relaxed)
    }

    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux is listened to")
    )]
    async fn hear_power(self: Arc<Self>, power: Power) {
        tracing::info!(?power, "the system tells of sleep or absence");
        if let Err(error) = self.follow(power).await {
            tracing::warn!(%error, "the timer has not seen a sleep or an absence yet");
        }
    }

    async fn follow(&self, power: Power) -> Result<(), AppError> {
        let profile = self.profile();
        match power {
            // What is due before it takes effect before it.
            Power::FallsAsleep => drop(profile.look().await?),
            Power::Woke => {
                profile.hear(Trigger::Woke);
                // The clocks tell how long it was.
                profile.look().await?;
            }
            Power::CameBack(since) => profile.was_away(since).await?,
        }
        Ok(())
    }
}
