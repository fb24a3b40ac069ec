//! `cargo xtask run`: from a checkout to an open window.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{app, debian, ui};

/// What `cargo xtask run` understands.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Keep everything in this folder instead of the platform's
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Open Particle on a screen of its own, take a picture of it, and end
    #[cfg(target_os = "linux")]
    #[arg(long)]
    headless: bool,
    /// Where the picture goes [default: particle.png in the target folder]
    #[cfg(target_os = "linux")]
    #[arg(long, value_name = "FILE", requires = "headless")]
    screenshot: Option<PathBuf>,
    /// The size of that screen
    #[cfg(target_os = "linux")]
    #[arg(
        long,
        value_name = "WxH",
        requires = "headless",
        default_value = "1280x800"
    )]
    size: crate::linux::desktop::Size,
}

/// Installs what is missing, builds, and opens the app; returns when it was closed.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let headless = is_headless(options);
    if cfg!(target_os = "linux") && !headless && !has_display() {
        bail!(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set); \
             `cargo xtask run --headless` opens Particle on a screen of its own and takes a \
             picture of it."
        );
    }
    let mut packages = vec![debian::BUILD];
    if headless {
        packages.push(debian::HEADLESS);
    }
    debian::require(&workspace.shell, &packages)?;
    ui::install(workspace)?;
    ui::build(workspace)?;
    app::build(workspace, app::DESKTOP, &[])?;

    let program = workspace.binary("debug", app::DESKTOP);
    #[cfg(target_os = "linux")]
    if headless {
        let picture = options
            .screenshot
            .clone()
            .unwrap_or_else(|| workspace.target.join("particle.png"));
        return crate::linux::headless::show(
            &program,
            options.data_dir.as_deref(),
            options.size,
            &picture,
        );
    }
    let mut command = Command::new(&program);
    if let Some(folder) = &options.data_dir {
        command.arg("--data-dir").arg(folder);
    }
    println!("Particle is open; quit it or press Ctrl+C here to end it.");
    let status = command
        .status()
        .with_context(|| format!("{} could not be started", program.display()))?;
    if !status.success() {
        bail!("Particle ended with {status}");
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn is_headless(options: &Options) -> bool {
    options.headless
}

#[cfg(not(target_os = "linux"))]
fn is_headless(_: &Options) -> bool {
    false
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
