//! `cargo xtask demo`: a Supabase for this machine, and two windows as two machines of one person.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::desktop::{Desktop, Size};
use super::headless::wait_until_still;
use super::process::Owned;
use super::wait_for;
use crate::workspace::Workspace;
use crate::{app, debian, supabase, ui};

const EMAIL: &str = "demo@example.com";
/// Of an account that lives as long as the demo, on a server that answers nobody else.
const PASSWORD: &str = "particle demo";
/// A server starts with a database cluster of its own.
const SERVER_READY_WITHIN: Duration = Duration::from_mins(1);
/// What one machine keeps is on the other by itself after half a minute.
const SYNCED_WITHIN: Duration = Duration::from_secs(35);
const PAINTED_WITHIN: Duration = Duration::from_mins(1);
const ENDED_WITHIN: Duration = Duration::from_hours(24 * 7);
/// Both windows side by side.
const SCREEN: &str = "820x600";
const LEFT_HALF: u16 = 410;

/// What `cargo xtask demo` understands.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// On a screen of its own: show that the two agree, take a picture of both, and end
    #[arg(long)]
    headless: bool,
}

/// What the two machines share.
struct Account {
    url: String,
    key: String,
}

/// One of them.
struct Machine<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
}

/// Installs what is missing, builds, starts everything, and returns when both windows are closed.
pub(crate) fn demo(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut packages = vec![debian::BUILD, debian::DATABASE];
    if options.headless {
        packages.push(debian::HEADLESS);
    }
    debian::require(&workspace.shell, &packages)?;
    ui::install(workspace)?;
    ui::build(workspace)?;
    for package in [supabase::LOCAL_SUPABASE, app::CLI_PACKAGE, app::DESKTOP] {
        app::build(workspace, package, &[])?;
    }

    let place = workspace.target.join("demo");
    if place.exists() {
        fs::remove_dir_all(&place).with_context(|| place.display().to_string())?;
    }
    let (_server, account) = start_server(workspace)?;
    let [desk, laptop] = ["desk", "laptop"].map(|name| Machine {
        workspace,
        folder: place.join(name),
    });
    for (task, minutes) in [("Write the report", "50"), ("Read a paper", "25")] {
        desk.run(&["add", task, "--minutes", minutes], "")?;
    }
    desk.sign("signup", &account)?;
    laptop.sign("login", &account)?;
    if options.headless {
        return show(&desk, &laptop, &workspace.target.join("demo.png"));
    }
    println!(
        "Two machines of {EMAIL} (password: {PASSWORD}) are open, on {}.\n\
         What is done in one is in the other when it gets the focus. Close both to end the demo.",
        account.url
    );
    let mut windows = [desk.command(), laptop.command()].map(|command| Owned::start(&command));
    for window in &mut windows {
        let window = window
            .as_mut()
            .map_err(|error| anyhow::anyhow!("{error:#}"))?;
        wait_for("the end of a window", ENDED_WITHIN, || {
            Ok(window.check_alive().is_err().then_some(()))
        })?;
    }
    Ok(())
}

fn start_server(workspace: &Workspace) -> Result<(Owned, Account)> {
    let mut command = Command::new(workspace.binary("debug", supabase::LOCAL_SUPABASE));
    command.arg("--json");
    let (server, ready) = Owned::start_and_read_line(&command, SERVER_READY_WITHIN)?;
    let ready: Value = serde_json::from_str(&ready).context("where the server is")?;
    let text = |name: &str| {
        let text = ready[name].as_str().map(str::to_owned);
        text.with_context(|| format!("the server did not tell its {name}"))
    };
    let account = Account {
        url: text("url")?,
        key: text("publishable_key")?,
    };
    Ok((server, account))
}

/// Shows without a person that one has what the other keeps.
fn show(desk: &Machine<'_>, laptop: &Machine<'_>, picture: &Path) -> Result<()> {
    let desktop = Desktop::start(SCREEN.parse::<Size>().map_err(anyhow::Error::msg)?)?;
    let screen = desktop.screen()?;
    let mut windows = Vec::new();
    for machine in [desk, laptop] {
        let mut command = machine.command();
        let mut window = Owned::start(desktop.host(&mut command))?;
        wait_for("a painted window", PAINTED_WITHIN, || {
            window.check_alive()?;
            Ok(screen.is_painted_left_of(LEFT_HALF)?.then_some(()))
        })?;
        if windows.is_empty() {
            // Room for the other one.
            screen.move_newest_window_to(LEFT_HALF.into(), 0)?;
        }
        windows.push(window);
    }
    desk.run(&["add", "Made at the desk", "--minutes", "25"], "")?;
    wait_for("what the desk keeps, on the laptop", SYNCED_WITHIN, || {
        let listed = laptop.run(&["list"], "")?;
        Ok(listed.contains("Made at the desk").then_some(()))
    })?;
    wait_until_still(&screen)?;
    screen.save_all(picture)?;
    println!(
        "What was made at the desk is on the laptop: {}",
        picture.display()
    );
    Ok(())
}

impl Machine<'_> {
    fn sign(&self, verb: &str, account: &Account) -> Result<()> {
        let signing = [verb, "--email", EMAIL, "--password-stdin"];
        let server = ["--server", &account.url, "--key", &account.key];
        self.run(&[signing, server].concat(), PASSWORD).map(drop)
    }

    /// Runs the command of this machine, and says what it printed.
    fn run(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = Command::new(self.workspace.binary("debug", app::CLI));
        let mut child = self
            .at_home(&mut command)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("particle could not be started")?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "particle {}: {complaint}",
            arguments[0]
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The window of this machine.
    fn command(&self) -> Command {
        let mut command = Command::new(self.workspace.binary("debug", app::DESKTOP));
        self.at_home(&mut command);
        command
    }

    /// Nothing of a demo goes into the keyring of whoever looks at it.
    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("PARTICLE_DATA_DIR", &self.folder)
            .env("PARTICLE_KEYRING", "off")
    }
}
