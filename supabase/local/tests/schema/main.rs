//! What `supabase/migrations` promise, shown on real PostgreSQL.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "these are tests"
)]

mod accounts;
mod attack;
mod black_box;
mod chance;
mod commit_order;
mod compare;
mod costs;
mod declared;
mod devices;
mod echo;
mod epochs;
mod foreign;
mod hostile;
mod later_fields;
mod limits;
mod merge;
mod migrations;
mod model;
mod paging;
mod poison;
mod spoilt;
mod support;
mod together;
mod wire;
