//! Stories through the real window on a screen of its own, steered as a person steers it.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

mod breaks;
mod data;
mod focus;
mod history;
mod intention;
mod keys;
mod looking;
mod network;
mod notifications;
mod palette;
mod pictures;
mod projects;
mod settings;
mod sleep;
mod small;
mod sound;
mod starting;
mod sync;
mod task_line;
mod tray;
