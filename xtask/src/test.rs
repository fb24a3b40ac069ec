//! `cargo xtask test`: everything that CI checks. What fails fast comes first.

use anyhow::{Result, bail};

use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{debian, package, supabase, tools, ui};

/// A part of the whole, for a developer who changed only that.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Lint, types, unit tests of the front end
    Ui,
    /// Formatting, clippy, licences of all Rust
    Lint,
    /// Build and tests of all Rust, with the real binaries
    Rust,
    /// The server's SQL and the local Supabase, by pgTAP, the Supabase CLI and supabase-js
    Server,
    /// The Debian package in a clean Debian
    Deb,
}

/// What `cargo xtask test` understands.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PARTS")]
    only: Vec<Part>,
    /// Try random cases 25 times as often; takes most of an hour more
    #[arg(long)]
    long: bool,
}

/// Performs the steps up to the first that fails, and prints how long each took.
pub(crate) fn test(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    let outcome = perform(workspace, &wanted, options.long, &mut steps);
    if let Err(error) = &outcome {
        println!("\n{error:#}");
    }
    steps.print_summary();
    if outcome.is_err() {
        bail!("not everything passed");
    }
    Ok(())
}

fn perform(
    workspace: &Workspace,
    wanted: &dyn Fn(Part) -> bool,
    long: bool,
    steps: &mut Steps,
) -> Result<()> {
    if wanted(Part::Lint) {
        steps.perform("Rust format", || {
            Ok(workspace.cargo().args(["fmt", "--all", "--check"]).run()?)
        })?;
    }
    steps.perform("Debian packages", || {
        let lists = [debian::BUILD, debian::HEADLESS, debian::TEST];
        debian::require(&workspace.shell, &lists)?;
        if wanted(Part::Rust) || wanted(Part::Server) {
            debian::require_database(&workspace.shell)?;
        }
        Ok(())
    })?;
    steps.perform("npm packages", || ui::install(workspace))?;
    if wanted(Part::Ui) {
        steps.perform("UI lint", || ui::script(workspace, "lint"))?;
        steps.perform("UI types", || ui::script(workspace, "check"))?;
        steps.perform("UI tests", || ui::script(workspace, "test"))?;
    }
    // The desktop app embeds it, so every other part needs it.
    steps.perform("UI build", || ui::build(workspace))?;
    if wanted(Part::Lint) {
        lint(workspace, steps)?;
    }
    if wanted(Part::Rust) {
        rust(workspace, long, steps)?;
    }
    if wanted(Part::Server) {
        // Alone it would be compiled with other features than together with the rest.
        if !wanted(Part::Rust) {
            steps.perform("Server: build", || supabase::build(workspace))?;
        }
        server(workspace, steps)?;
    }
    if wanted(Part::Deb) {
        deb(workspace, steps)?;
    }
    Ok(())
}

fn lint(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.perform("Rust lint", || {
        let clippy = ["clippy", "--workspace", "--all-targets", "--locked"];
        let strict = ["--", "--deny", "warnings"];
        Ok(workspace.cargo().args(clippy).args(strict).run()?)
    })?;
    let cargo_deny = steps.perform("cargo-deny", || tools::cargo_deny(workspace))?;
    steps.perform("Rust dependencies", || {
        let deny = workspace.shell.cmd(&cargo_deny);
        let checks = ["--locked", "check", "bans", "licenses", "sources"];
        Ok(deny.args(checks).run()?)
    })
}

fn rust(workspace: &Workspace, long: bool, steps: &mut Steps) -> Result<()> {
    // All targets: the features of the dependencies are then the ones of the tests, and nothing
    // is compiled twice.
    steps.perform("Rust build", || {
        let build = ["build", "--workspace", "--all-targets", "--locked"];
        Ok(workspace.cargo().args(build).run()?)
    })?;
    steps.perform("Rust tests", || {
        let tests = workspace
            .cargo()
            .args(["test", "--workspace", "--locked", "--no-fail-fast"])
            .env("PARTICLE_BIN_DIR", workspace.target.join("debug"));
        let tests = if long {
            tests.env("PARTICLE_LONG", "1")
        } else {
            tests
        };
        Ok(tests.run()?)
    })
}

#[cfg(target_os = "linux")]
fn server(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    crate::server::test(workspace, steps)
}

/// PostgreSQL is started as Debian installs it.
#[cfg(not(target_os = "linux"))]
fn server(_: &Workspace, _: &mut Steps) -> Result<()> {
    println!("The server is not tried on this system.");
    Ok(())
}

#[cfg(target_os = "linux")]
fn deb(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    let deb = steps.perform("Debian package", || package::package(workspace))?;
    steps.perform("Package in a clean Debian", || {
        crate::linux::deb::test(workspace, &deb)
    })
}

#[cfg(not(target_os = "linux"))]
fn deb(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps
        .perform("Bundle", || package::package(workspace))
        .map(drop)
}
