//! What keeps an exchange back: the ladder after a server could not answer, the silence that a server asked
//! for, and the wish of a person. All survive a restart.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::Reading;
use crate::randomness::Randomness;

const MINUTE: Duration = Duration::from_mins(1);
/// How long is waited after each failure in a row; the last one for all that follow.
const LADDER: [Duration; 5] = [
    MINUTE,
    MINUTE.saturating_mul(2),
    MINUTE.saturating_mul(4),
    MINUTE.saturating_mul(8),
    MINUTE.saturating_mul(16),
];
/// A wait is up to a tenth shorter or longer, so that devices do not come back together.
const JITTER_PERCENT: u64 = 10;
/// The longest wait of the ladder, whatever a clock says.
const WAIT_MAX: Duration = Duration::from_secs(16 * 66);
/// The longest silence that a server can ask for.
pub const SILENCE_MAX: Duration = Duration::from_hours(1);

/// What has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A push failed: pulls go on.
    Pushes,
    /// A pull failed.
    Everything,
}

/// What keeps exchanges back. Moments are of the clock that counts through sleep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    ladder: Option<Ladder>,
    silent_until: Option<Duration>,
    is_paused: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Ladder {
    /// Failures in a row, from 1.
    failures: usize,
    scope: Scope,
    until: Duration,
}

/// As kept over a restart: moments of the wall clock, in milliseconds of Unix time.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    #[serde(skip_serializing_if = "is_zero")]
    failures: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    silent_until: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    paused: bool,
}

impl Waits {
    /// Nothing but the wish of a person.
    pub fn paused() -> Self {
        Self {
            is_paused: true,
            ..Self::default()
        }
    }

    /// What was kept, at most as long as a wait can be: the wall clock may have been set since.
    pub fn restore(kept: &str, now: &Reading) -> Self {
        // What cannot be understood keeps nothing back.
        let kept: Kept = serde_json::from_str(kept).unwrap_or_default();
        let until = |millis: i64, longest| {
            let left = millis.saturating_sub(now.wall.timestamp_millis());
            let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
            now.total + left.min(longest)
        };
        Self {
            ladder: kept.scope.zip(kept.until).map(|(scope, at)| Ladder {
                failures: kept.failures.clamp(1, LADDER.len()),
                scope,
                until: until(at, WAIT_MAX),
            }),
            silent_until: kept.silent_until.map(|at| until(at, SILENCE_MAX)),
            is_paused: kept.paused,
        }
    }

    /// As it is kept.
    pub fn keep(&self, now: &Reading) -> String {
        let ladder = self.ladder.as_ref();
        let kept = Kept {
            failures: ladder.map_or(0, |ladder| ladder.failures),
            scope: ladder.map(|ladder| ladder.scope),
            until: ladder.map(|ladder| wall(ladder.until, now).timestamp_millis()),
            silent_until: self.silent_until.map(|at| wall(at, now).timestamp_millis()),
            paused: self.is_paused,
        };
        serde_json::to_string(&kept).unwrap_or_else(|_| "{}".into())
    }

    /// A failure of an exchange: the next rung.
    pub fn climb(&mut self, scope: Scope, now: Duration, randomness: &Randomness) {
        let failures = self.ladder.as_ref().map_or(0, |ladder| ladder.failures) + 1;
        let failures = failures.min(LADDER.len());
        self.ladder = Some(Ladder {
            failures,
            scope,
            until: now + with_jitter(LADDER[failures - 1], randomness),
        });
    }

    /// A pull failed while pushes waited already: now everything waits, and not longer for it.
    pub fn widen(&mut self) {
        if let Some(ladder) = &mut self.ladder {
            ladder.scope = Scope::Everything;
        }
    }

    /// A pull worked: only pushes wait, and until now. The next failure is the next one in a row.
    pub fn narrow(&mut self, now: Duration) {
        if let Some(ladder) = &mut self.ladder {
            ladder.scope = Scope::Pushes;
            ladder.until = ladder.until.min(now);
        }
    }

    /// The server asked to be left alone.
    pub fn be_silent(&mut self, asked: Duration, now: Duration) {
        let asked_until = now + asked.min(SILENCE_MAX);
        self.silent_until = self.silent_until.max(Some(asked_until));
    }

    /// Nothing is exchanged until the person asks for it.
    pub fn pause(&mut self) {
        self.is_paused = true;
    }

    /// The person asks for it.
    pub fn go_on(&mut self) {
        self.is_paused = false;
    }

    /// Whether the person wants nothing to be exchanged.
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// The ladder is over; a silence that was asked for is not, and neither is a pause.
    pub fn reset(&mut self) {
        self.ladder = None;
    }

    /// What the server could not do is over.
    pub fn clear(&mut self) {
        self.ladder = None;
        self.silent_until = None;
    }

    /// What waits, if anything does, and until when.
    pub fn ladder(&self) -> Option<(Scope, Duration)> {
        self.ladder.as_ref().map(|l| (l.scope, l.until))
    }

    /// The end of a silence that is not over.
    pub fn silence(&self, now: Duration) -> Option<Duration> {
        self.silent_until.filter(|until| *until > now)
    }
}

fn wall(moment: Duration, now: &Reading) -> DateTime<Utc> {
    let left = moment.saturating_sub(now.total);
    now.wall + TimeDelta::from_std(left).unwrap_or_default()
}

fn with_jitter(wait: Duration, randomness: &Randomness) -> Duration {
    let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    let spread = millis * JITTER_PERCENT / 100;
    let drawn = u64::from_be_bytes(randomness.bytes()) % (2 * spread + 1);
    Duration::from_millis(millis - spread + drawn)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the form that serde asks for"
)]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
