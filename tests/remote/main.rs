//! The client of the server: every answer that HTTP may give, the calls of an account, and sessions,
//! before real PostgreSQL; and the `particle` command on machines of people who are signed in.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

mod accounts;
mod answers;
mod app;
mod commands;
mod connections;
mod devices;
mod failures;
mod keyring;
mod refreshes;
mod sessions;
mod support;
