//! The desktop app without WebDriver, and what it needs around it.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use crate::bus::Bus;
use crate::cli::Cli;
use crate::display::Display;
use crate::machine::Machine;
use crate::program::Program;
use crate::wait::eventually;

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
        // An app that was killed leaves an address where nobody listens.
        eventually("the app answers", async || {
            app.0.check_alive();
            connect(machine)
        })
        .await;
        Cli::on(machine).status();
        app
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
