//! `cargo xtask bench`: the budgets of window, server, exchange and store, measured on this machine in one run.
//! Prints what it saw and never fails because of a number.

mod load;
mod paint;
mod report;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use report::{Report, median};
use tempfile::TempDir;

use crate::linux::desktop::{Desktop, Size};
use crate::linux::process::Owned;
use crate::linux::screen::Colour;
use crate::supabase::LOCAL_SUPABASE;
use crate::workspace::Workspace;
use crate::{app, debian, package};

/// The package and binary of the empty window.
const EMPTY: &str = "empty-window";
/// The colour of its page.
const EMPTY_COLOUR: Colour = [0x33, 0x66, 0x99];
/// How often each window is opened; an odd number has a median.
const STARTS: usize = 7;
const STATUS_CALLS: usize = 50;

/// What can be measured by itself.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Start, memory, CPU and size of the desktop app, and the command
    Window,
    /// Merging on the server
    Server,
    /// Uploads, pulls and idle exchanges of the command
    Exchange,
    /// Looking back at 100,000 particles, and the command beside them
    Store,
}

/// What `cargo xtask bench` understands.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this part
    #[arg(long, value_enum, value_name = "PART")]
    only: Option<Part>,
    /// Print the window's part as one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// How long the CPU is watched, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    watch: u64,
}

/// A window whose start and size are measured.
struct Subject {
    name: &'static str,
    program: PathBuf,
    /// What tells that its first real paint is on the screen.
    painted: Painted,
    /// Draws like Particle, which turns WebKit's DMABUF renderer off by itself.
    without_dmabuf: bool,
    /// Its home and data folder, kept from start to start: a first start also makes a database.
    home: TempDir,
}

#[derive(Clone, Copy)]
enum Painted {
    /// Text or another drawing stands on the background.
    Drawing,
    /// The middle has the page's own colour.
    Filled(Colour),
}

/// Builds, measures, prints.
pub(crate) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    let is_wanted = |part| options.only.is_none_or(|only| only == part);
    if is_wanted(Part::Window) {
        window(workspace, options)?;
    }
    if is_wanted(Part::Server) {
        server(workspace)?;
    }
    if is_wanted(Part::Exchange) {
        exchange(workspace)?;
    }
    if is_wanted(Part::Store) {
        store(workspace)?;
    }
    Ok(())
}

fn store(workspace: &Workspace) -> Result<()> {
    debian::require(&workspace.shell, &[debian::BUILD])?;
    app::build(workspace, app::CLI_PACKAGE, &["--release"])?;
    let data = tempfile::tempdir()?;
    let history = ["bench", "--package", "particle-core", "--bench", "history"];
    let history = workspace.cargo().args(history);
    history.env("HISTORY_DATA_DIR", data.path()).run()?;
    let [status, nothing] = status_calls(workspace, |program| {
        let mut command = Command::new(program);
        command.arg("--data-dir").arg(data.path());
        command
    })?;
    // The last rows of its table.
    println!("| `particle status`, the process | {status:.2} | | 15 |");
    println!("| a process that does nothing | {nothing:.2} | | |");
    Ok(())
}

fn server(workspace: &Workspace) -> Result<()> {
    debian::require(&workspace.shell, &[debian::BUILD, debian::DATABASE])?;
    let merge = ["bench", "--package", LOCAL_SUPABASE, "--bench", "merge"];
    Ok(workspace.cargo().args(merge).run()?)
}

fn exchange(workspace: &Workspace) -> Result<()> {
    debian::require(&workspace.shell, &[debian::BUILD, debian::DATABASE])?;
    app::build(workspace, app::CLI_PACKAGE, &["--release"])?;
    let exchange = [
        "bench",
        "--package",
        "particle-tests",
        "--bench",
        "exchange",
    ];
    let programs = workspace.binary("release", app::CLI);
    let folder = programs.parent().context("a program lies in a folder")?;
    let exchange = workspace.cargo().args(exchange);
    Ok(exchange.env("PARTICLE_BIN_DIR", folder).run()?)
}

/// Both windows, Particle's and the empty one.
fn window(workspace: &Workspace, options: &Options) -> Result<()> {
    debian::require(&workspace.shell, &[debian::BUILD, debian::HEADLESS])?;
    let bundle = package::package(workspace)?;
    // The feature that the Tauri CLI builds the app with.
    let flags = ["--release", "--features", "tauri/custom-protocol"];
    app::build(workspace, EMPTY, &flags)?;

    let particle = Subject::new(workspace, app::DESKTOP, Painted::Drawing)?;
    let empty = Subject::new(workspace, EMPTY, Painted::Filled(EMPTY_COLOUR))?;
    let lighter = Subject {
        without_dmabuf: true,
        ..Subject::new(workspace, EMPTY, Painted::Filled(EMPTY_COLOUR))?
    };
    let subjects = [&particle, &empty, &lighter];
    let size: Size = "1280x800".parse().map_err(anyhow::Error::msg)?;
    let desktop = Desktop::start(size)?;
    let mut report = Report::new();

    let [own, reference, lightest] = paint::compare(&desktop, subjects)?;
    report.compare("start to first real paint", "ms", own, reference, 1.1);
    report.plain("an empty window without DMABUF", "ms", lightest);
    let [own, reference, lightest] = load::compare_memory(&desktop, subjects)?;
    report.compare("memory, PSS of all processes", "MiB", own, reference, 1.06);
    report.plain("an empty window without DMABUF", "MiB", lightest);

    let window = load::watch_focus(
        workspace,
        &desktop,
        &particle,
        Duration::from_secs(options.watch),
    )?;
    report.limit(
        "CPU, focus running, window visible",
        "%",
        window.cpu_percent,
        1.0,
    );
    report.plain(
        "the same, context switches per second",
        "",
        window.switches_per_second,
    );

    let [alone, reference] = status_calls(workspace, |program| particle.command(program))?;
    report.limit("particle status", "ms", alone, 15.0);
    report.plain("a process that does nothing", "ms", reference);
    let bytes = u32::try_from(bundle.metadata()?.len()).context("the package is huge")?;
    report.limit("Debian package", "MB", f64::from(bytes) / 1e6, 12.0);
    println!(
        "{}",
        if options.json {
            report.json()
        } else {
            report.markdown()
        }
    );
    Ok(())
}

impl Subject {
    fn new(workspace: &Workspace, name: &'static str, painted: Painted) -> Result<Self> {
        Ok(Self {
            name,
            program: workspace.binary("release", name),
            painted,
            without_dmabuf: false,
            home: tempfile::tempdir()?,
        })
    }

    /// Starts it on the desktop; it is ended when the answer is dropped.
    fn start(&self, desktop: &Desktop) -> Result<Owned> {
        let mut command = self.command(&self.program);
        Owned::start(desktop.host(&mut command))
    }

    /// A command that finds the folders of this subject and no others.
    fn command(&self, program: &std::path::Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("HOME", self.home.path())
            .env("PARTICLE_DATA_DIR", self.home.path().join("data"));
        if self.without_dmabuf {
            command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        }
        for name in [
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
        ] {
            command.env_remove(name);
        }
        command
    }
}

/// The median of `particle status` without an app, and of a process that does nothing, in ms. `particle`
/// makes a command of the program.
fn status_calls(
    workspace: &Workspace,
    particle: impl Fn(&std::path::Path) -> Command,
) -> Result<[f64; 2]> {
    let program = workspace.binary("release", app::CLI);
    let time = |command: &mut Command| -> Result<f64> {
        let start = std::time::Instant::now();
        let output = command.output()?;
        let took = start.elapsed();
        ensure!(
            output.status.success(),
            "{command:?} ended with {}",
            output.status
        );
        Ok(took.as_secs_f64() * 1e3)
    };
    // The first one of a day makes a backup.
    time(particle(&program).arg("status"))?;
    let (mut status, mut nothing) = (Vec::new(), Vec::new());
    for _ in 0..STATUS_CALLS {
        status.push(time(particle(&program).arg("status"))?);
        nothing.push(time(&mut Command::new("true"))?);
    }
    Ok([median(status), median(nothing)])
}
