//! The hybrid logical clock: a moment, a counter, and a tag that makes it this process's own.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// When a field was last edited. Orders as its text does, bytewise: 48 bits of milliseconds, 16 bits
/// of counter, 32 bits of tag, each as fixed-width lower-case hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Stamp {
    millis: u64,
    counter: u16,
    tag: u32,
}

/// A text that is no stamp.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a stamp of 24 lower-case hex digits")]
pub struct InvalidStamp(String);

impl Stamp {
    /// The last moment that fits: in the year 10889.
    const MILLIS_MAX: u64 = (1 << 48) - 1;
    const TEXT_LEN: usize = 24;

    /// Before every stamp that a process gives.
    pub const ZERO: Self = Self {
        millis: 0,
        counter: 0,
        tag: 0,
    };

    /// Not after any stamp that was given at `moment` or later.
    #[must_use]
    pub fn first_at(moment: DateTime<Utc>) -> Self {
        let millis = u64::try_from(moment.timestamp_millis()).unwrap_or(0);
        Self {
            millis: millis.min(Self::MILLIS_MAX),
            ..Self::ZERO
        }
    }

    /// Not before any stamp that was given at `moment` or earlier.
    #[must_use]
    pub fn last_at(moment: DateTime<Utc>) -> Self {
        Self {
            counter: u16::MAX,
            tag: u32::MAX,
            ..Self::first_at(moment)
        }
    }

    /// The stamp of a row that was never stamped and is as old as `moment`. `tag` tells its content, so
    /// that rows that differ never have the same stamp.
    #[must_use]
    pub fn derived(moment: DateTime<Utc>, tag: u32) -> Self {
        Self {
            tag,
            ..Self::first_at(moment)
        }
    }

    /// The next greater stamp with the tag of `other`.
    #[must_use]
    pub fn followed_by(self, other: Self) -> Self {
        self.next(0, other.tag)
    }

    /// The moment of the edit, as the clock of its device said.
    pub fn moment(self) -> DateTime<Utc> {
        let millis = i64::try_from(self.millis).unwrap_or(i64::MAX);
        DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The stamp of the next transaction of the process with `tag`, at `now_millis` (Unix time) after
    /// `self`, the greatest stamp that was ever seen here. Always greater than `self`, whatever the
    /// clock does; a full counter borrows a millisecond from the future.
    #[must_use]
    pub fn next(self, now_millis: i64, tag: u32) -> Self {
        let now = u64::try_from(now_millis).unwrap_or(0).min(Self::MILLIS_MAX);
        if now > self.millis {
            return Self {
                millis: now,
                counter: 0,
                tag,
            };
        }
        match self.counter.checked_add(1) {
            Some(counter) => Self {
                counter,
                tag,
                ..self
            },
            None => Self {
                millis: (self.millis + 1).min(Self::MILLIS_MAX),
                counter: 0,
                tag,
            },
        }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:012x}{:04x}{:08x}",
            self.millis, self.counter, self.tag
        )
    }
}

impl FromStr for Stamp {
    type Err = InvalidStamp;

    fn from_str(text: &str) -> Result<Self, InvalidStamp> {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let invalid = || InvalidStamp(text.chars().take(Self::TEXT_LEN).collect());
        if text.len() != Self::TEXT_LEN || !text.bytes().all(is_hex) {
            return Err(invalid());
        }
        Ok(Self {
            millis: u64::from_str_radix(&text[..12], 16).map_err(|_| invalid())?,
            counter: u16::from_str_radix(&text[12..16], 16).map_err(|_| invalid())?,
            tag: u32::from_str_radix(&text[16..], 16).map_err(|_| invalid())?,
        })
    }
}

impl TryFrom<String> for Stamp {
    type Error = InvalidStamp;

    fn try_from(text: String) -> Result<Self, InvalidStamp> {
        text.parse()
    }
}

impl From<Stamp> for String {
    fn from(stamp: Stamp) -> Self {
        stamp.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stamp() -> impl Strategy<Value = Stamp> {
        (0..=Stamp::MILLIS_MAX, any::<u16>(), any::<u32>()).prop_map(|(millis, counter, tag)| {
            Stamp {
                millis,
                counter,
                tag,
            }
        })
    }

    proptest! {
        #[test]
        fn a_stamp_survives_its_text(stamp in stamp()) {
            prop_assert_eq!(stamp.to_string().parse(), Ok(stamp));
        }

        #[test]
        fn stamps_order_as_their_texts_do(a in stamp(), b in stamp()) {
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn the_next_stamp_is_greater_whatever_the_clock_says(
            last in (0..Stamp::MILLIS_MAX, any::<u16>(), any::<u32>()),
            now in any::<i64>(),
            tag in any::<u32>(),
        ) {
            let last = Stamp { millis: last.0, counter: last.1, tag: last.2 };
            prop_assert!(last.next(now, tag) > last);
        }

        #[test]
        fn a_text_of_another_form_is_refused(text in "[0-9a-fA-Fxé+-]{0,30}") {
            let is_stamp = text.len() == 24 && text.bytes().all(|b| b"0123456789abcdef".contains(&b));
            prop_assert_eq!(text.parse::<Stamp>().is_ok(), is_stamp);
        }
    }

    #[test]
    fn a_full_counter_borrows_a_millisecond() {
        let full = Stamp {
            millis: 7,
            counter: u16::MAX,
            tag: 9,
        };
        assert_eq!(
            full.next(5, 1),
            Stamp {
                millis: 8,
                counter: 0,
                tag: 1
            }
        );
    }
}
