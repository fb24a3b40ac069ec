//! A screen without a person in front of it.

use std::process::Command;

use crate::machine::Machine;
use crate::program::Program;

/// An X server that draws into memory.
#[derive(Debug)]
pub struct Display {
    _server: Program,
    name: String,
}

impl Display {
    /// Starts one on a number that is free.
    pub fn start(machine: &Machine) -> Self {
        let mut command = machine.command("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1280x900x24"]);
        command
            .args(["-nolisten", "tcp", "-noreset"])
            .stderr(std::process::Stdio::null());
        let (server, number) = Program::start_and_read_line("Xvfb", &mut command);
        Self {
            _server: server,
            name: format!(":{number}"),
        }
    }

    /// Lets `command` draw here.
    pub fn host(&self, command: &mut Command) {
        command.env("DISPLAY", &self.name).env("GDK_BACKEND", "x11");
        // Without it GTK starts an accessibility bus.
        command.env("NO_AT_BRIDGE", "1");
    }
}
