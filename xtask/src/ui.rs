//! The front end: its npm packages, its checks and its build. A stamp inside `node_modules` says
//! what was done last; `npm ci` takes the folder away, and with it the stamp.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::Cmd;

use crate::workspace::{Workspace, files_below, fingerprint};

/// `npm ci`, unless the lock file is the one it was last run for.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    install_in(workspace, &workspace.root.join("ui"))
}

/// [`install`] in another folder with a lock file.
pub(crate) fn install_in(workspace: &Workspace, folder: &Path) -> Result<()> {
    let wanted = fingerprint(&[
        folder.join("package.json"),
        folder.join("package-lock.json"),
    ])?;
    let stamp = stamp(folder, "packages");
    if is_current(&stamp, &wanted) {
        println!("npm packages are the ones of package-lock.json");
        return Ok(());
    }
    npm_in(workspace, folder)
        .args(["ci", "--no-audit", "--no-fund"])
        .run()
        .with_context(|| format!("npm could not install the packages of {}", folder.display()))?;
    write_stamp(&stamp, &wanted)
}

/// `npm run build` into `ui/dist`, unless nothing changed since the last time.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let ui = workspace.root.join("ui");
    let mut sources = files_below(&ui, &["node_modules", "dist", ".svelte-kit"])?;
    // What the front end reads outside its folder: the texts that it shares with the tray.
    let locales = workspace.root.join("locales");
    if locales.is_dir() {
        sources.extend(files_below(&locales, &[])?);
    }
    let wanted = fingerprint(&sources)?;
    let stamp = stamp(&ui, "dist");
    // Not the page: the desktop app puts a placeholder there when nothing was built.
    if ui.join("dist/assets").is_dir() && is_current(&stamp, &wanted) {
        println!("ui/dist is current");
        return Ok(());
    }
    script(workspace, "build")?;
    write_stamp(&stamp, &wanted)
}

/// A script of `ui/package.json`.
pub(crate) fn script(workspace: &Workspace, name: &str) -> Result<()> {
    npm(workspace).args(["run", name]).run()?;
    Ok(())
}

/// `npm` in the folder of the front end.
pub(crate) fn npm(workspace: &Workspace) -> Cmd<'_> {
    npm_in(workspace, &workspace.root.join("ui"))
}

/// `npm` in another folder.
pub(crate) fn npm_in<'a>(workspace: &'a Workspace, folder: &Path) -> Cmd<'a> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    workspace.shell.cmd(program).arg("--prefix").arg(folder)
}

fn stamp(folder: &Path, of: &str) -> PathBuf {
    folder.join("node_modules/.xtask").join(of)
}

fn is_current(stamp: &Path, wanted: &str) -> bool {
    std::fs::read_to_string(stamp).is_ok_and(|found| found == wanted)
}

fn write_stamp(stamp: &Path, value: &str) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(stamp, value).with_context(|| stamp.display().to_string())
}
