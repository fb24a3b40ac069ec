//! The life of the Debian package in a clean Debian: installed, used by a person, removed; what
//! the person kept stays.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::clean_root::{CleanRoot, run};
use super::desktop::{Desktop, Size};
use super::headless::wait_until_still;
use super::process::Owned;
use super::wait_for;
use crate::workspace::{Workspace, cache_dir, files_below};
use crate::{app, debian};

const PAINTED_WITHIN: Duration = Duration::from_mins(1);
const PACKAGE: &str = "particle";
/// Some of what it brings.
const INSTALLED: &[&str] = &[
    "usr/bin/particle",
    "usr/bin/particle-desktop",
    "usr/share/man/man1/particle-start.1",
    "usr/share/bash-completion/completions/particle",
];
/// A particle that is added by hand while the app runs.
const ADDED: &str = "Read a paper";
/// The focus that runs while the app is ended.
const STARTED: &str = "Write the report";

/// Tries `package` in a clean Debian. Needs root, by sudo where this is not root.
pub(crate) fn test(workspace: &Workspace, package: &Path) -> Result<()> {
    // Kept: how to get out to the mirrors. All else of the environment stays outside.
    const KEPT: &[&str] = &["PATH", "http_proxy", "https_proxy", "no_proxy"];
    debian::require(&workspace.shell, &[debian::HEADLESS, debian::TEST])?;
    let environment = KEPT
        .iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)));
    debian::as_root(&workspace.shell, "setpriv")?
        .args(["--pdeathsig", "KILL", "--"])
        .args([
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "--",
        ])
        // Not `current_exe`: a build of the whole workspace may have replaced it meanwhile.
        .arg(workspace.binary("debug", "xtask"))
        .arg("clean-root")
        .arg("--package")
        .arg(package)
        .arg("--cache")
        .arg(cache_dir()?)
        .arg("--picture")
        .arg(workspace.target.join("particle-installed.png"))
        .env_clear()
        .envs(environment)
        .run()?;
    Ok(())
}

/// Installs, uses and removes the package; each line printed is something that was seen.
pub(super) fn story(root: &CleanRoot, package: &Path, picture: &Path) -> Result<()> {
    install(root, package)?;
    use_with_the_app(root, picture)?;
    let tasks = tasks(root)?;
    ensure!(
        tasks.contains(&ADDED.to_owned()),
        "without the app the particle is gone: {tasks:?}"
    );
    println!("The app was ended: the particle is still listed");
    remove(root)
}

fn install(root: &CleanRoot, package: &Path) -> Result<()> {
    let inside = root.folder().join("tmp/particle.deb");
    std::fs::copy(package, &inside).with_context(|| package.display().to_string())?;
    run(root.command("apt-get").args(["--quiet=2", "update"]))?;
    // Without recommended packages: the dependencies alone must be enough to run.
    let mut apt_get = root.command("apt-get");
    apt_get.args(["--quiet=2", "install", "--yes", "--no-install-recommends"]);
    run(apt_get
        .arg("/tmp/particle.deb")
        .stdout(std::process::Stdio::null()))?;
    for file in INSTALLED {
        ensure!(
            root.folder().join(file).exists(),
            "the package has no /{file}"
        );
    }
    let entries = files_below(&root.folder().join("usr/share/applications"), &[])?;
    let entry = entries
        .iter()
        .find(|file| file.to_string_lossy().contains("article"))
        .context("the package has no desktop entry")?;
    let entry = std::fs::read_to_string(entry)?;
    ensure!(
        entry.contains("Categories=") && entry.contains("Comment[de]="),
        "the desktop entry lacks its category or its German comment:\n{entry}"
    );
    let version = output(root.command_of_person("particle").arg("--version"))?;
    println!("Installed: {}", version.trim());
    Ok(())
}

/// The app on a screen, and the command line beside it on the same data folder.
fn use_with_the_app(root: &CleanRoot, picture: &Path) -> Result<()> {
    let size: Size = "1280x800".parse().map_err(anyhow::Error::msg)?;
    let desktop = Desktop::start_with(size, root.folder(), |name| root.command_of_person(name))?;
    let screen = desktop.screen()?;
    let mut command = root.command_of_person(app::DESKTOP);
    let mut running = Owned::start(desktop.host(&mut command))?;
    wait_for(
        "the installed app to paint its window",
        PAINTED_WITHIN,
        || {
            running.check_alive()?;
            Ok(screen.is_painted()?.then_some(()))
        },
    )?;
    println!("The app was opened and painted its window");

    particle(root, &["add", ADDED, "--minutes", "25"])?;
    particle(root, &["start", STARTED])?;
    let status: Value = serde_json::from_str(&particle(root, &["status", "--json"])?)?;
    ensure!(
        status["state"] == "running" && status["task"] == STARTED,
        "after `particle start` the status is {status}"
    );
    let tasks = tasks(root)?;
    ensure!(
        tasks.contains(&ADDED.to_owned()),
        "the added particle is not listed: {tasks:?}"
    );
    wait_until_still(&screen)?;
    screen.save(picture)?;
    running.check_alive()?;
    println!("With the app open: a particle added, a focus started, both seen by the command line");
    Ok(())
}

fn remove(root: &CleanRoot) -> Result<()> {
    let kept = kept_files(root)?;
    ensure!(
        !kept.is_empty(),
        "nothing was kept in the person's home folder"
    );
    let quiet = || std::process::Stdio::null();
    run(root
        .command("apt-get")
        .args(["--quiet=2", "remove", "--yes", PACKAGE])
        .stdout(quiet()))?;
    for file in INSTALLED {
        ensure!(
            !root.folder().join(file).exists(),
            "/{file} is still there after removal"
        );
    }
    run(root
        .command("dpkg")
        .args(["--purge", PACKAGE])
        .stdout(quiet()))?;
    let after = kept_files(root)?;
    ensure!(
        kept == after,
        "removing the package changed the data: {kept:?} became {after:?}"
    );
    println!(
        "Removed and purged: both programs are gone, the person's {} files stay",
        kept.len()
    );
    Ok(())
}

/// Path and size of every file below the person's home folder.
fn kept_files(root: &CleanRoot) -> Result<Vec<(PathBuf, u64)>> {
    let skeleton = |file: &PathBuf| {
        file.file_name().is_some_and(|name| {
            [".bashrc", ".profile", ".bash_logout"]
                .iter()
                .any(|known| name == *known)
        })
    };
    files_below(&root.home(), &[])?
        .into_iter()
        .filter(|file| !skeleton(file))
        .map(|file| {
            let size = file.metadata()?.len();
            Ok((file, size))
        })
        .collect()
}

/// The tasks of all particles, as `particle list --json` prints them: one object per line.
fn tasks(root: &CleanRoot) -> Result<Vec<String>> {
    particle(root, &["list", "--json"])?
        .lines()
        .map(|line| {
            let particle: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
            Ok(particle["task"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

fn particle(root: &CleanRoot, arguments: &[&str]) -> Result<String> {
    output(root.command_of_person(app::CLI).args(arguments))
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{command:?} ended with {}: {}",
            output.status,
            complaint.trim()
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}
