//! What the system tells of sleep. Each word is a hint: without it the clocks say the same some seconds later.

#[cfg(target_os = "linux")]
mod logind;

use std::sync::{Arc, Weak};

use super::App;
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
}

impl App {
    /// Listens to the system for as long as `app` is held by somebody. Where nothing is told it returns.
    pub async fn follow_power(app: Weak<Self>) {
        #[cfg(target_os = "linux")]
        logind::follow(app).await;
        #[cfg(not(target_os = "linux"))]
        drop(app);
    }

    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux is listened to")
    )]
    async fn hear_power(self: Arc<Self>, power: Power) {
        tracing::info!(?power, "the system tells of sleep");
        let profile = self.profile();
        // What is due before a sleep takes effect before it; after one, the clocks tell how long it was.
        if let Err(error) = profile.look().await {
            tracing::warn!(%error, "the timer has not seen a sleep yet");
        }
        if power == Power::Woke {
            profile.hear(Trigger::Woke);
        }
    }
}
