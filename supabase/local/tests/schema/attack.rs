//! What somebody else's account, no account, or a forged token can do to a person's rows: nothing.
//! Over HTTP without a client that behaves, and directly in PostgreSQL.

mod account;
mod catalogue;
mod exchange;
mod forged;
mod functions;
pub(crate) mod ground;
mod sql;
mod tables;
mod tokens;
