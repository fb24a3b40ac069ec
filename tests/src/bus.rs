//! A bus that knows no services: who is on it was put there by the test. It is that of the session and that
//! of the system.

use std::path::PathBuf;
use std::process::Command;

use crate::machine::Machine;
use crate::program::Program;

const SETTINGS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=RUNTIME</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A running bus.
#[derive(Debug)]
pub struct Bus {
    _daemon: Program,
    address: String,
}

impl Bus {
    /// Starts one for `machine`.
    pub fn start(machine: &Machine) -> Self {
        let settings: PathBuf = machine.home().join("bus.conf");
        let runtime = machine.home().join("runtime");
        let content = SETTINGS.replace("RUNTIME", &runtime.display().to_string());
        machine.write(&settings, content.as_bytes());
        let mut command = machine.command("dbus-daemon");
        command.arg(format!("--config-file={}", settings.display()));
        command.args(["--nofork", "--nopidfile", "--print-address=1"]);
        // It complains of limits that it cannot raise.
        command.stderr(std::process::Stdio::null());
        let (daemon, address) = Program::start_and_read_line("dbus-daemon", &mut command);
        Self {
            _daemon: daemon,
            address,
        }
    }

    /// Where it is reached.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Puts `command` on this bus.
    pub fn host(&self, command: &mut Command) {
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.address);
    }
}
