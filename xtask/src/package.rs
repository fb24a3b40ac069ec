//! `cargo xtask package`: the release build and what a person installs of it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;
use xshell::cmd;

use crate::workspace::{Workspace, files_below};
use crate::{app, debian, ui};

const BUNDLE: &str = if cfg!(target_os = "macos") {
    "dmg"
} else if cfg!(windows) {
    "nsis"
} else {
    "deb"
};
/// Printed beside the size, never a failure.
const BUDGET_BYTES: u64 = 12_000_000;

/// Builds both programs with optimisation and bundles them; returns the path of the bundle.
pub(crate) fn package(workspace: &Workspace) -> Result<PathBuf> {
    debian::require(&workspace.shell, &[debian::BUILD])?;
    ui::install(workspace)?;
    ui::build(workspace)?;

    // A bundle of an earlier version would stay beside the new one.
    let folder = workspace.target.join("release/bundle").join(BUNDLE);
    workspace.shell.remove_path(&folder)?;
    let tauri = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let command_line = workspace.binary("release", app::CLI);
    // Man pages and completions come out of the program that was just built.
    let shared = workspace.target.join("release/share");
    workspace.shell.remove_path(&shared)?;
    let generate = format!(
        r#""{}" package-files "{}""#,
        command_line.display(),
        shared.display()
    );
    let config = json!({
        "build": { "beforeBundleCommand": generate },
        "bundle": { "linux": { "deb": { "files": {
            "/usr/bin/particle": command_line,
            "/usr/share": shared,
        } } } }
    });
    workspace
        .shell
        .cmd(workspace.root.join("ui/node_modules/.bin").join(tauri))
        .args(["build", "--ci", "--bundles", BUNDLE, "--config"])
        .arg(config.to_string())
        // In one call for both programs, so that what they share is compiled once.
        .args(["--", "--locked", "--package", app::DESKTOP])
        .args(["--package", app::CLI_PACKAGE])
        .run()?;

    let bundle = files_below(&folder, &[])?
        .into_iter()
        .find(|file| file.parent() == Some(&folder) && file.extension().is_some())
        .with_context(|| format!("no bundle in {}", folder.display()))?;
    if BUNDLE == "deb" {
        compress_well(workspace, &bundle)?;
    }
    let bytes = bundle.metadata()?.len();
    println!(
        "{}: {} (budget {})",
        bundle.display(),
        megabytes(bytes),
        megabytes(BUDGET_BYTES)
    );
    Ok(bundle)
}

/// The bundler packs by gzip; Debian's own packages are packed by xz, which takes a quarter less.
fn compress_well(workspace: &Workspace, package: &Path) -> Result<()> {
    let shell = &workspace.shell;
    let unpacked = shell.create_temp_dir()?;
    let folder = unpacked.path().join("package");
    cmd!(shell, "dpkg-deb --raw-extract {package} {folder}").run()?;
    cmd!(
        shell,
        "dpkg-deb --root-owner-group -Zxz --build {folder} {package}"
    )
    .run()?;
    Ok(())
}

/// A size in MB of a million bytes, with two digits behind the point.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{}.{:02} MB", bytes / 1_000_000, bytes % 1_000_000 / 10_000)
}
