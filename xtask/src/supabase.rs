//! `cargo xtask supabase`: a Supabase for this machine, from a checkout to its addresses.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{app, debian};

/// The package and the binary.
pub(crate) const LOCAL_SUPABASE: &str = "local-supabase";

/// What `cargo xtask supabase` understands: whatever the program itself does.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// Options of local-supabase; --help shows them
    #[arg(
        value_name = "OPTIONS",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    options: Vec<OsString>,
}

/// Installs PostgreSQL if it is missing, builds, and runs until it is told to end.
pub(crate) fn supabase(workspace: &Workspace, options: &Options) -> Result<()> {
    debian::require(&workspace.shell, &[debian::DATABASE])?;
    build(workspace)?;
    let program = workspace.binary("debug", LOCAL_SUPABASE);
    let mut command = Command::new(&program);
    become_program(command.args(&options.options))
        .with_context(|| format!("{} could not be started", program.display()))
}

/// Builds the program.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    app::build(workspace, LOCAL_SUPABASE, &["--quiet"])
}

/// From here on this process is the program, so that a signal to it reaches the program.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    anyhow::ensure!(status.success(), "it ended with {status}");
    Ok(())
}
