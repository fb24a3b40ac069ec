//! The HTTP doors: what PostgREST and GoTrue promise, seen from outside.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

mod auth;
mod faults;
mod gateway;
mod lifecycle;
mod rest;
mod support;
