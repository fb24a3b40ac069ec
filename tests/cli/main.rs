//! The `particle` command: its contract with scripts, and what it makes of bad input.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

mod bad_files;
mod bad_input;
mod contract;
mod correcting;
mod daemon;
mod generated;
mod looking;
mod network;
mod outbox;
mod owner;
mod reading;
mod transfer;
