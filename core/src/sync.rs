//! The exchange with a server: when it runs, and what it does.

pub mod backoff;
pub mod exchange;
mod once;

pub use once::{Done, Setback, settle};
