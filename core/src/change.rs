//! What travels between devices and how it is ordered: stamps now; the wire form and the merge plan
//! join them here. Pure: no clock, no store.

mod field;
mod stamp;
mod stamped;

pub use field::{Entity, Field, IntentionField, ParticleField, ProjectField, SettingField, Stamps};
pub use stamp::{InvalidStamp, Stamp};
pub use stamped::{Incoming, Merged, Stamped, plausible};
