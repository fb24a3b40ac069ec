//! What a developer types: `cargo xtask run | test | simulate | supabase | demo | package | bench`. Here is only
//! the command line; each verb has its module.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's tool speaks to a terminal"
)]

mod app;
#[cfg(target_os = "linux")]
mod bench;
mod debian;
#[cfg(target_os = "linux")]
mod linux;
mod package;
mod run;
#[cfg(target_os = "linux")]
mod server;
mod simulate;
mod steps;
mod supabase;
mod test;
mod tools;
mod ui;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Install what is missing, build Particle and open it
    Run(run::Options),
    /// Everything that CI checks, in the same order
    Test(test::Options),
    /// Let devices, a network and a server live through many seeds, and look for broken promises
    Simulate(simulate::Options),
    /// Run a Supabase for this machine, for development and tests (--help shows its options)
    Supabase(supabase::Options),
    /// Two windows as two machines of one person, and a Supabase between them
    #[cfg(target_os = "linux")]
    Demo(linux::demo::Options),
    /// Build the Debian package with the app and the command line
    Package,
    /// Ask the advisory databases about all dependencies (needs the network)
    Advisories,
    /// Measure start, memory, CPU and size, and print them as a table
    #[cfg(target_os = "linux")]
    Bench(bench::Options),
    /// The part of `test` that needs root: a package in a clean Debian (started by `test`)
    #[cfg(target_os = "linux")]
    #[command(hide = true)]
    CleanRoot(linux::clean_root::Options),
}

fn main() -> ExitCode {
    match perform(Cli::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(verb: Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Run(options) => run::run(&Workspace::find()?, &options),
        Verb::Test(options) => test::test(&Workspace::find()?, &options),
        Verb::Simulate(options) => simulate::simulate(&Workspace::find()?, &options),
        Verb::Supabase(options) => supabase::supabase(&Workspace::find()?, &options),
        #[cfg(target_os = "linux")]
        Verb::Demo(options) => linux::demo::demo(&Workspace::find()?, &options),
        Verb::Package => package::package(&Workspace::find()?).map(drop),
        Verb::Advisories => tools::advisories(&Workspace::find()?),
        #[cfg(target_os = "linux")]
        Verb::Bench(options) => bench::bench(&Workspace::find()?, &options),
        // As root, for whom Cargo need not be set up: no workspace is looked for.
        #[cfg(target_os = "linux")]
        Verb::CleanRoot(options) => linux::clean_root::perform(&options),
    }
}
