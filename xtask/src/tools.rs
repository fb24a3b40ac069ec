//! Cargo tools of one exact version, built once per user and found again by every clone.

use std::path::PathBuf;

use anyhow::Result;

use crate::workspace::{Workspace, cache_dir};

const CARGO_DENY: &str = "0.20.2";

/// The pinned cargo-deny, compiled on the first call.
pub(crate) fn cargo_deny(workspace: &Workspace) -> Result<PathBuf> {
    install(workspace, "cargo-deny", CARGO_DENY)
}

/// Known weaknesses in the crates and in the npm packages that reach a person.
pub(crate) fn advisories(workspace: &Workspace) -> Result<()> {
    let deny = cargo_deny(workspace)?;
    workspace
        .shell
        .cmd(deny)
        .args(["--locked", "check", "advisories"])
        .run()?;
    crate::ui::npm(workspace)
        .args(["audit", "--audit-level=high"])
        .run()?;
    Ok(())
}

fn install(workspace: &Workspace, name: &str, version: &str) -> Result<PathBuf> {
    let tools = cache_dir()?.join("tools");
    let home = tools.join(format!("{name}-{version}"));
    let binary = home
        .join("bin")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if binary.exists() {
        return Ok(binary);
    }
    let build = tools.join(format!("{name}-{version}-build"));
    // Without optimisation: it runs for seconds, but would compile three times as long.
    workspace
        .cargo()
        .args(["install", "--locked", "--quiet", "--version", version])
        .args(["--profile", "dev", "--root"])
        .arg(&home)
        .arg(name)
        .env("CARGO_TARGET_DIR", &build)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .run()?;
    std::fs::remove_dir_all(&build)?;
    Ok(binary)
}
