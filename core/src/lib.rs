//! The product without a window: what a particle is, how the timer moves, how both are kept.
//! Nothing here knows Tauri, a user interface or a terminal.

pub mod app;
pub mod change;
pub mod clock;
pub mod engine;
pub mod error;
pub mod folder;
pub mod ipc;
pub mod model;
pub mod randomness;
pub mod remote;
pub mod statistics;
pub mod store;
pub mod sync;
pub mod timer;
pub mod transfer;
