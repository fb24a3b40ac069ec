//! A Supabase for this machine: real PostgreSQL with the shipped migrations, roles and policies,
//! behind a thin HTTP layer that does what PostgREST and GoTrue document for the few calls that
//! Particle makes. For development and tests; never shipped. Nothing below HTTP is imitated.

#![cfg(unix)]

mod auth;
mod cluster;
mod database;
mod error;
mod faults;
mod gateway;
mod jwt;
mod mailbox;
mod requests;
mod rest;
mod server;
mod settings;
mod shared;

pub use cluster::{Cluster, ClusterOptions};
pub use database::Database;
pub use error::LocalError;
pub use faults::{Arrival, CannedAnswer, Fault, Faults, Held, Matching, Moment};
pub use jwt::Claims;
pub use mailbox::{Mail, MailKind, Mailbox};
pub use requests::{Answered, Requests, RequestsFromNow};
pub use server::{Keys, Server, ServerOptions};
pub use settings::Settings;
