//! Functions, tables and tokens at the REST door.

mod calls;
mod errors;
mod outages;
mod tables;
mod tokens;
