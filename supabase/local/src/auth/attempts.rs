//! How often one address tried to sign in lately. Kept in memory, as GoTrue keeps it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::error::AuthError;

/// The time in which attempts are counted.
const WINDOW: TimeDelta = TimeDelta::minutes(5);

/// Attempts per address. Clones count together.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempts(Arc<Mutex<HashMap<String, Vec<DateTime<Utc>>>>>);

impl Attempts {
    /// Counts an attempt, or refuses it when there were `attempts_max` in the last five minutes.
    pub(super) fn count(
        &self,
        address: &str,
        attempts_max: u32,
        now: DateTime<Utc>,
    ) -> Result<(), AuthError> {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Also drops what lies ahead: the clock was set back.
        attempts.retain(|_, times| {
            times.retain(|&at| now - WINDOW < at && at <= now);
            !times.is_empty()
        });
        let times = attempts.entry(address.to_lowercase()).or_default();
        if times.len() >= usize::try_from(attempts_max).unwrap_or(usize::MAX) {
            return Err(AuthError::OverRequestRateLimit);
        }
        times.push(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_of_one_address_are_counted_for_five_minutes() {
        let attempts = Attempts::default();
        let start = DateTime::UNIX_EPOCH;
        assert!(attempts.count("a@example.com", 2, start).is_ok());
        assert!(
            attempts
                .count("A@example.com", 2, start + TimeDelta::minutes(1))
                .is_ok()
        );
        assert!(
            attempts
                .count("a@example.com", 2, start + TimeDelta::minutes(4))
                .is_err()
        );
        assert!(
            attempts
                .count("b@example.com", 2, start + TimeDelta::minutes(4))
                .is_ok()
        );
        assert!(
            attempts
                .count("a@example.com", 2, start + TimeDelta::minutes(5))
                .is_ok()
        );
    }
}
