//! A row as it comes from elsewhere: its values, and the stamp of every field.

use serde::Serialize;

use super::{Field, IntentionField, ParticleField, ProjectField, SettingField, Stamp, Stamps};
use crate::model::{Intention, Particle, Project, Setting};

/// A row and its stamps. Its `deleted` is what the person said last about that, not yet whether the row
/// is deleted: a later edit of another field brings it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(bound(serialize = "R: Serialize"))]
pub struct Stamped<R, F: Field> {
    /// The values.
    #[serde(flatten)]
    pub row: R,
    /// Of every field.
    pub stamps: Stamps<F>,
}

/// A row of any entity that comes from elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// A particle.
    Particle(Stamped<Particle, ParticleField>),
    /// A project.
    Project(Stamped<Project, ProjectField>),
    /// The sentence of a day.
    Intention(Stamped<Intention, IntentionField>),
    /// What a person set up.
    Setting(Stamped<Setting, SettingField>),
}

/// What became of a row that came from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    /// Nothing had its id.
    New,
    /// At least one field was newer than what is kept.
    Changed,
    /// Nothing in it was newer.
    Unchanged,
}

impl<R, F: Field> Stamped<R, F> {
    /// A row whose fields were all edited in one transaction.
    pub fn at_once(row: R, stamp: Stamp) -> Self {
        let stamps = F::ALL.iter().map(|field| (*field, stamp)).collect();
        Self { row, stamps }
    }
}

/// `stamps` without any beyond `limit`, in the same order among themselves.
///
/// A stamp ahead of every clock is one of a device whose clock was wrong. Taken as it is, it would win
/// over each later edit until that moment comes, drag the logical clock of this machine along, and in
/// the end leave no greater stamp to give. It says nothing about when the edit was made, only what came
/// after what; so it is replaced by one just after the newest believable stamp of its row, or else after
/// `origin`, which the row itself tells. The same row always gets the same stamps: to take it in twice
/// changes nothing, and no edit that is known to be newer is lost to it.
#[must_use]
pub fn plausible<F: Field>(stamps: &Stamps<F>, limit: Stamp, origin: Stamp) -> Stamps<F> {
    let mut ahead: Vec<Stamp> = stamps.values().copied().filter(|s| *s > limit).collect();
    ahead.sort_unstable();
    ahead.dedup();
    let believable = stamps.values().copied().filter(|s| *s <= limit).max();
    let origin = if origin <= limit { origin } else { Stamp::ZERO };
    let mut last = believable.unwrap_or(origin);
    let given: Vec<(Stamp, Stamp)> = ahead
        .into_iter()
        .map(|wrong| {
            last = last.followed_by(wrong);
            (wrong, last)
        })
        .collect();
    let corrected = |stamp: &Stamp| {
        let found = given.iter().find(|(wrong, _)| wrong == stamp);
        found.map_or(*stamp, |(_, right)| *right)
    };
    let fields = stamps.iter();
    fields.map(|(field, s)| (*field, corrected(s))).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    use super::*;

    fn stamps() -> impl Strategy<Value = Stamps<ProjectField>> {
        let stamp = (0..2000i64, 0..3u32).prop_map(|(millis, tag)| {
            Stamp::derived(DateTime::<Utc>::from_timestamp_millis(millis).unwrap(), tag)
        });
        prop::collection::vec(stamp, 4)
            .prop_map(|stamps| ProjectField::ALL.iter().copied().zip(stamps).collect())
    }

    fn at(millis: i64) -> Stamp {
        Stamp::derived(DateTime::<Utc>::from_timestamp_millis(millis).unwrap(), 0)
    }

    proptest! {
        #[test]
        fn stamps_ahead_of_the_clock_come_within_it_in_their_old_order(
            stamps in stamps(),
            origin in 0..2000i64,
        ) {
            let limit = at(1000);
            let settled = plausible(&stamps, limit, at(origin));
            for (a, settled_a) in stamps.values().zip(settled.values()) {
                prop_assert!(settled_a.moment() <= limit.moment());
                prop_assert!(*a > limit || a == settled_a, "a believable stamp stays");
                for (b, settled_b) in stamps.values().zip(settled.values()) {
                    prop_assert_eq!(a.cmp(b), settled_a.cmp(settled_b));
                }
            }
            prop_assert_eq!(&settled, &plausible(&stamps, limit, at(origin)), "repeatable");
        }
    }

    #[test]
    fn a_row_from_a_clock_years_ahead_is_as_old_as_it_says_itself() {
        let wrong = Stamp::last_at(DateTime::<Utc>::MAX_UTC);
        let stamps: Stamps<ProjectField> = ProjectField::ALL.iter().map(|f| (*f, wrong)).collect();
        let settled = plausible(&stamps, at(1000), at(700));
        assert!(settled.values().all(|s| s.moment() == at(700).moment()));
        let future = plausible(&stamps, at(1000), at(1001));
        assert!(future.values().all(|s| s.moment() == at(0).moment()));
    }
}
