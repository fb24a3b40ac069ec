//! Ids: UUID version 7, made where the row is born, the same on client and server.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use super::InvalidValue;
use crate::randomness::Randomness;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id that sorts by `now` (before 1970: as 1970).
            pub fn new(now: DateTime<Utc>, randomness: &Randomness) -> Self {
                Self::derived(now, &randomness.bytes())
            }

            /// The id of something that `content` tells from all else of that moment: the same
            /// wherever it is made.
            pub fn derived(moment: DateTime<Utc>, content: &[u8; 10]) -> Self {
                let millis = u64::try_from(moment.timestamp_millis()).unwrap_or_default();
                Self(Builder::from_unix_timestamp_millis(millis, content).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                let id = Uuid::try_parse(text).map_err(|_| InvalidValue::Id(text.into()))?;
                Ok(Self(id))
            }
        }
    };
}

id!(
    /// The id of a [`Particle`](super::Particle).
    ParticleId
);

id!(
    /// The id of a project.
    ProjectId
);

id!(
    /// The id of a machine. It says nothing about when it was made.
    DeviceId
);

impl DeviceId {
    /// A new id.
    pub fn random(randomness: &Randomness) -> Self {
        Self(Builder::from_random_bytes(randomness.bytes()).into_uuid())
    }
}
