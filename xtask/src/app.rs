//! The two programs of the product, by name, and how the verbs build them.

use anyhow::Result;

use crate::workspace::Workspace;

/// The desktop app: package and binary.
pub(crate) const DESKTOP: &str = "particle-desktop";
/// The binary of the command line; its package is [`CLI_PACKAGE`].
pub(crate) const CLI: &str = "particle";
/// The package of the command line.
pub(crate) const CLI_PACKAGE: &str = "particle-cli";

/// Builds one package. With `ui/dist` in place the desktop app embeds it.
pub(crate) fn build(workspace: &Workspace, package: &str, flags: &[&str]) -> Result<()> {
    workspace
        .cargo()
        .args(["build", "--locked", "--package", package])
        .args(flags)
        .run()?;
    Ok(())
}
