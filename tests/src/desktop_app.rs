//! The desktop app without WebDriver, and what it needs around it.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::bus::Bus;
use crate::cli::Cli;
use crate::display::Display;
use crate::machine::Machine;
use crate::program::Program;
use crate::wait::eventually;

/// How often it is looked for a dialog that was answered before it is answered again.
const LOOKS_PER_TRY: u32 = 40;

/// A screen and a session bus.
#[derive(Debug)]
pub struct Desktop {
    display: Display,
    bus: Bus,
}

/// The app, started as a person does, with its window on the screen.
#[derive(Debug)]
pub struct DesktopApp(Program);

impl Desktop {
    /// Starts both for `machine`.
    pub fn start(machine: &Machine) -> Self {
        Self {
            display: Display::start(machine),
            bus: Bus::start(machine),
        }
    }

    /// The session bus.
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Starts a window manager: without one no window ever loses the focus to another.
    pub async fn manage_windows(&self, machine: &Machine) -> Program {
        let mut command = self.command(machine, "openbox");
        let manager = Program::start(
            "openbox",
            command.stdout(Stdio::null()).stderr(Stdio::null()),
        );
        eventually("the window manager answers", async || {
            self.xdotool(machine, &["get_desktop"])
        })
        .await;
        manager
    }

    /// Gives the focus to the window of the app with this id, as a person does who clicks on it in the panel.
    pub async fn focus(&self, machine: &Machine, app: u32) {
        let app = app.to_string();
        let search = ["search", "--onlyvisible", "--pid", &app];
        eventually("the window has the focus", async || {
            let found = self.xdotool(machine, &search)?;
            let id = found.lines().next_back().unwrap_or_default().to_owned();
            self.xdotool(machine, &["windowactivate", &id])?;
            let active = self.xdotool(machine, &["getactivewindow"])?;
            if active.trim() == id {
                Ok(())
            } else {
                Err(active)
            }
        })
        .await;
    }

    /// Closes the window of the app with this id, as a person does.
    pub async fn close(&self, machine: &Machine, app: u32) {
        self.focus(machine, app).await;
        let pressed = self.xdotool(machine, &["key", "alt+F4"]);
        pressed.expect("the keys are pressed");
    }

    /// Chooses a file in the dialog with this title, as a person does who writes its path; none to leave it.
    pub async fn choose_file(&self, machine: &Machine, title: &str, file: Option<&Path>) {
        let search = ["search", "--onlyvisible", "--name", title];
        eventually("the dialog has the focus", async || {
            let found = self.xdotool(machine, &search)?;
            let id = found.trim().to_owned();
            self.xdotool(machine, &["windowactivate", &id])?;
            let active = self.xdotool(machine, &["getactivewindow"])?;
            if active.trim() == id {
                Ok(())
            } else {
                Err(active)
            }
        })
        .await;
        let path = file.map(|file| file.display().to_string());
        let mut looks = 0;
        let mut was_gone = false;
        eventually("the dialog is gone", async || {
            let is_gone = self.xdotool(machine, &search).is_err();
            // A window that changes is not found for a moment.
            if is_gone && was_gone {
                return Ok(());
            }
            was_gone = is_gone;
            // The first letter opens the line for the path, and some of the next may be lost with that.
            if !is_gone && looks % LOOKS_PER_TRY == 0 {
                self.answer_dialog(machine, path.as_deref())?;
            }
            looks += 1;
            Err("it is there".to_owned())
        })
        .await;
    }

    fn answer_dialog(&self, machine: &Machine, path: Option<&str>) -> Result<(), String> {
        let Some(path) = path else {
            return self.xdotool(machine, &["key", "Escape"]).map(drop);
        };
        self.xdotool(machine, &["key", "ctrl+a"])?;
        self.xdotool(machine, &["type", path])?;
        self.xdotool(machine, &["key", "Return"]).map(drop)
    }

    fn xdotool(&self, machine: &Machine, arguments: &[&str]) -> Result<String, String> {
        let mut command = self.command(machine, "xdotool");
        let said = command.args(arguments).output().expect("xdotool runs");
        if said.status.success() {
            Ok(String::from_utf8_lossy(&said.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&said.stderr).into_owned())
        }
    }

    /// A command for a program on this desktop.
    pub fn command(&self, machine: &Machine, program: impl AsRef<Path>) -> Command {
        let mut command = machine.command(program);
        self.display.host(&mut command);
        self.bus.host(&mut command);
        command
    }
}

fn connect(machine: &Machine) -> std::io::Result<UnixStream> {
    let address = std::fs::read_to_string(machine.data().join("owner.address"))?;
    UnixStream::connect(address)
}

impl DesktopApp {
    /// Starts the app and waits until it answers the command line.
    pub async fn start(machine: &Machine, desktop: &Desktop) -> Self {
        let mut app = Self::start_only(machine, desktop);
        app.answers(machine).await;
        app
    }

    /// Waits until it answers the command line.
    pub async fn answers(&mut self, machine: &Machine) {
        // An app that was killed leaves an address where nobody listens.
        eventually("the app answers", async || {
            self.0.check_alive();
            connect(machine)
        })
        .await;
        Cli::on(machine).status();
    }

    /// Starts the app and waits for nothing.
    pub fn start_only(machine: &Machine, desktop: &Desktop) -> Self {
        let mut command = desktop.command(machine, machine.binary("particle-desktop"));
        Self(Program::start("particle-desktop", &mut command))
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// The process.
    pub fn program(&mut self) -> &mut Program {
        &mut self.0
    }
}
