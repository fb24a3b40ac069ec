//! The exchange with a server: when it runs and what it does, and the session that it goes by.

pub mod backoff;
pub mod exchange;
pub mod occasions;
mod once;
pub mod runner;
pub mod session;
pub mod vault;

pub use once::{Done, Setback, exchange_once, settle};
