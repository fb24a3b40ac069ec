//! `local-supabase`: a Supabase for this machine as a program. For development and tests only.

#[cfg(unix)]
#[path = "main/keys.rs"]
mod keys;
#[cfg(unix)]
#[path = "main/program.rs"]
mod program;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to hear that standard error is closed.
            drop(writeln!(std::io::stderr(), "local-supabase: {error}"));
            ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
fn run() -> Result<(), local_supabase::LocalError> {
    program::run(&clap::Parser::parse())
}

#[cfg(not(unix))]
fn run() -> Result<(), &'static str> {
    Err("it needs a system with Unix sockets")
}
