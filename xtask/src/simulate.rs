//! `cargo xtask simulate`: more seeds than the tests have time for.

use anyhow::Result;

use crate::workspace::Workspace;

/// What `cargo xtask simulate` understands.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many seeds
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Print what happens, step by step
    #[arg(long)]
    trace: bool,
}

/// Builds the simulation and lives through the seeds. The last line counts them.
pub(crate) fn simulate(workspace: &Workspace, options: &Options) -> Result<()> {
    let cargo = workspace.cargo();
    let run = ["run", "--quiet", "--package", "particle-simulation", "--"];
    let (seeds, from) = (options.seeds.to_string(), options.from.to_string());
    let simulate = cargo.args(run).args(["--seeds", &*seeds, "--from", &*from]);
    let simulate = simulate.args(options.trace.then_some("--trace"));
    Ok(simulate.run()?)
}
