//! `particle daemon`.

use std::ffi::OsString;
use std::process::ExitStatus;

use crate::cli::Cli;
use crate::machine::Machine;
use crate::processes;
use crate::program::Program;

/// A daemon that answers the command line.
#[derive(Debug)]
pub struct Daemon(Program);

impl Daemon {
    /// Starts it and waits until it can be reached.
    pub fn start(machine: &Machine) -> Self {
        Self::start_with(machine, std::iter::empty())
    }

    /// [`Daemon::start`], with more in its environment.
    pub fn start_with(
        machine: &Machine,
        environment: impl IntoIterator<Item = (&'static str, OsString)>,
    ) -> Self {
        let mut command = Cli::on(machine).command(&["daemon", "--json"]);
        command.envs(environment);
        let (daemon, status) = Program::start_and_read_line("particle daemon", &mut command);
        assert!(
            status.starts_with('{'),
            "it says what the timer is doing: {status}"
        );
        Self(daemon)
    }

    /// Asks it to end, as a service manager does, and waits for that.
    pub async fn stop(mut self) -> ExitStatus {
        processes::terminate(self.0.id());
        self.0.ended().await
    }

    /// The process.
    pub fn program(&mut self) -> &mut Program {
        &mut self.0
    }
}
