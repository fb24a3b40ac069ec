//! The ways in which the command reaches the timer.

use particle_tests::{Cli, Daemon, Desktop, DesktopApp, Machine};

/// Who owns the data folder while the command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The command itself, for one step.
    Nobody,
    /// `particle daemon`.
    Daemon,
    /// The desktop app.
    App,
}

/// A machine with an owner of its data folder.
pub(crate) struct Setting {
    // Fields are dropped in this order.
    _app: Option<(DesktopApp, Desktop)>,
    _daemon: Option<Daemon>,
    machine: Machine,
}

impl Setting {
    pub(crate) async fn with(owner: Owner) -> Self {
        Self::on(Machine::new(), owner).await
    }

    pub(crate) async fn on(machine: Machine, owner: Owner) -> Self {
        let daemon = (owner == Owner::Daemon).then(|| Daemon::start(&machine));
        let app = match owner {
            Owner::Nobody | Owner::Daemon => None,
            Owner::App => {
                let desktop = Desktop::start(&machine);
                Some((DesktopApp::start(&machine, &desktop).await, desktop))
            }
        };
        Self {
            _app: app,
            _daemon: daemon,
            machine,
        }
    }

    pub(crate) fn cli(&self) -> Cli<'_> {
        Cli::on(&self.machine)
    }

    pub(crate) fn machine(&self) -> &Machine {
        &self.machine
    }
}
