//! A desktop without a person: an X server that draws into memory and a session bus, both our
//! own, so that nothing here meets the windows or the bus of whoever is logged in.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result};

use super::process::Owned;
use super::screen::Screen;

const READY_WITHIN: Duration = Duration::from_secs(20);

/// The size of a screen in pixels.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    width: u16,
    height: u16,
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('x')
            .and_then(|(width, height)| {
                Some(Self {
                    width: width.parse().ok()?,
                    height: height.parse().ok()?,
                })
            })
            .ok_or_else(|| "a size looks like 1280x800".to_owned())
    }
}

/// The X server and the session bus, ended when this is dropped.
pub(crate) struct Desktop {
    // Fields are dropped in this order: the bus first, then the screen below it.
    _bus: Owned,
    _server: Owned,
    display: String,
    bus_address: String,
    socket: PathBuf,
}

impl Desktop {
    /// Starts both on this machine.
    pub(crate) fn start(size: Size) -> Result<Self> {
        Self::start_with(size, Path::new("/"), |name| Command::new(name))
    }

    /// Starts both through `command`, which makes a command for a program of the system below
    /// `root`.
    pub(crate) fn start_with(
        size: Size,
        root: &Path,
        command: impl Fn(&str) -> Command,
    ) -> Result<Self> {
        let mut server = command("Xvfb");
        let screen = format!("{}x{}x24", size.width, size.height);
        server.args(["-displayfd", "1", "-screen", "0", &screen]);
        server.args(["-nolisten", "tcp", "-noreset"]);
        let (server, number) = Owned::start_and_read_line(&server, READY_WITHIN)?;

        let mut bus = command("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let (bus, bus_address) = Owned::start_and_read_line(&bus, READY_WITHIN)?;
        Ok(Self {
            _bus: bus,
            _server: server,
            display: format!(":{number}"),
            bus_address,
            socket: root.join(format!("tmp/.X11-unix/X{number}")),
        })
    }

    /// A connection to the X server, to look at what is on the screen.
    pub(crate) fn screen(&self) -> Result<Screen> {
        Screen::connect(&self.socket).context("the X server does not answer")
    }

    /// Makes `command` run on this desktop.
    pub(crate) fn host<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("GDK_BACKEND", "x11")
            // Without it GTK starts an accessibility bus that outlives the app.
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
            // `cargo run` sets it for libraries of the toolchain, which no app needs.
            .env_remove("LD_LIBRARY_PATH")
    }
}
