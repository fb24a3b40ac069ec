//! One person, two machines, two windows, and the real server between them.

pub(crate) mod people;
mod stories;
mod table;
