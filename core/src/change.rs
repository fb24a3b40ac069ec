//! What travels between devices and how it merges: stamps, the wire form, the merge plan. Pure: no
//! clock, no store.

mod field;
mod merge;
mod stamp;
mod stamped;
pub mod wire;

pub use field::{Entity, Field, IntentionField, ParticleField, ProjectField, SettingField, Stamps};
pub use merge::{Choice, plan};
pub use stamp::{InvalidStamp, Stamp};
pub use stamped::{Incoming, Merged, Stamped, plausible};
