//! An access token in the memory of a process, and until when it is used.

use std::time::Duration;

use crate::clock::Reading;
use crate::remote::AccessToken;
use crate::sync::vault::KeptAccess;

/// A token is not used in the last minute of its life, nor in the second half of a short one.
const MARGIN_MAX: Duration = Duration::from_mins(1);

pub(super) struct Held {
    pub(super) token: AccessToken,
    /// By the clock that nobody can set and that counts while the computer sleeps.
    used_until: Duration,
}

impl Held {
    /// One whose life is counted from `from`.
    pub(super) fn fresh(access: &KeptAccess, from: Reading) -> Self {
        Self {
            token: access.token.clone(),
            used_until: from.total + used_for(access.lifetime),
        }
    }

    /// One that another process, or a former one, left. `None` when the clock was set back since: its
    /// age is not known.
    pub(super) fn kept(access: KeptAccess, now: Reading) -> Option<Self> {
        let age = (now.wall - access.obtained_at).to_std().ok()?;
        Some(Self {
            token: access.token,
            used_until: now.total + used_for(access.lifetime).saturating_sub(age),
        })
    }

    pub(super) fn is_good(&self, now: Reading, rejected: Option<&AccessToken>) -> bool {
        now.total < self.used_until && rejected != Some(&self.token)
    }
}

fn used_for(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(MARGIN_MAX.min(lifetime / 2))
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};
    use rstest::rstest;

    use super::*;
    use crate::clock::{Clock, ManualClock};

    fn access(clock: &ManualClock, seconds: u64) -> KeptAccess {
        KeptAccess {
            token: AccessToken::new("a"),
            obtained_at: clock.now(),
            lifetime: Duration::from_secs(seconds),
        }
    }

    #[rstest]
    #[case::an_hour(3600, 3540)]
    #[case::two_minutes(120, 60)]
    #[case::ninety_seconds(90, 45)]
    #[case::five_seconds(5, 3)]
    #[case::no_time_at_all(0, 0)]
    fn a_token_is_used_until_its_margin_begins(#[case] lifetime: u64, #[case] used: u64) {
        let clock = ManualClock::new(Utc::now(), 0);
        let kept = access(&clock, lifetime);
        let (fresh, known) = (Held::fresh(&kept, clock.reading()), kept.clone());
        for second in 0..used {
            let now = clock.reading();
            let known = Held::kept(known.clone(), now).unwrap();
            assert!(fresh.is_good(now, None), "after {second} s");
            assert!(known.is_good(now, None), "after {second} s, from the vault");
            clock.advance(Duration::from_secs(1));
        }
        assert!(!fresh.is_good(clock.reading(), None));
        let known = Held::kept(known, clock.reading()).unwrap();
        assert!(!known.is_good(clock.reading(), None), "from the vault");
    }

    #[test]
    fn a_clock_that_is_set_changes_nothing_for_a_token_in_memory() {
        let clock = ManualClock::new(Utc::now(), 0);
        let held = Held::fresh(&access(&clock, 3600), clock.reading());
        clock.set(clock.now() + TimeDelta::days(1));
        assert!(held.is_good(clock.reading(), None));
        clock.set(clock.now() - TimeDelta::days(2));
        clock.sleep(Duration::from_secs(3541));
        assert!(!held.is_good(clock.reading(), None), "a sleep counts");
    }

    #[test]
    fn a_token_in_the_vault_is_not_used_after_the_clock_was_set_back() {
        let clock = ManualClock::new(Utc::now(), 0);
        let kept = access(&clock, 3600);
        clock.set(clock.now() - TimeDelta::seconds(1));
        assert!(Held::kept(kept, clock.reading()).is_none());
    }
}
