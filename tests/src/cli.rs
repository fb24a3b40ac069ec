//! The `particle` command as a script meets it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::machine::Machine;

/// The command on one machine.
#[derive(Debug, Clone, Copy)]
pub struct Cli<'a>(&'a Machine);

/// What the command said and how it ended.
#[derive(Debug, Clone)]
pub struct Said {
    /// The exit code; −1 when a signal ended it.
    pub code: i32,
    /// All of stdout.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
}

impl<'a> Cli<'a> {
    /// The command on `machine`.
    pub fn on(machine: &'a Machine) -> Self {
        Self(machine)
    }

    /// A command with `arguments` that was not run yet.
    pub fn command(self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(self.0.binary("particle"));
        command.args(arguments);
        command
    }

    /// Runs it to its end.
    pub fn run(self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().expect("setpriv is there"))
    }

    /// Runs it to its end with this line on its standard input.
    pub fn run_with_input(self, arguments: &[&str], line: &str) -> Said {
        Self::tell(self.command(arguments), line)
    }

    /// Runs a command to its end with this line on its standard input.
    pub fn tell(mut command: Command, line: &str) -> Said {
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("setpriv is there");
        let mut input = child.stdin.take().expect("it is piped");
        // An error means that it ended without reading, which what it says tells.
        writeln!(input, "{line}").ok();
        drop(input);
        Said::of(&child.wait_with_output().expect("it ends"))
    }

    /// Runs it with `--json` some minutes or seconds in the past, told as `faketime` has it: `-5m`.
    pub fn run_in_the_past(self, offset: &str, arguments: &[&str]) -> Value {
        let mut command = self.0.command(Path::new("faketime"));
        command.args(["-f", offset]).arg(self.0.binary("particle"));
        command
            .args(arguments)
            .arg("--json")
            .env("DONT_FAKE_MONOTONIC", "1");
        Said::of(&command.output().expect("setpriv is there")).object()
    }

    /// Runs it with `--json`; it succeeds and prints one object.
    pub fn object(self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat()).object()
    }

    /// Runs it with `--json`; it fails. Gives the code and the message of the error.
    pub fn error(self, arguments: &[&str]) -> (String, String) {
        self.run(&[arguments, &["--json"]].concat()).error()
    }

    /// What the timer is doing.
    pub fn status(self) -> Value {
        self.object(&["status"])
    }

    /// Every particle, newest first.
    pub fn list(self) -> Vec<Value> {
        self.run(&["list", "--json"]).objects()
    }
}

impl Said {
    /// What a process said.
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into(),
            stderr: String::from_utf8_lossy(&output.stderr).into(),
        }
    }

    /// The one object on stdout of a command that succeeded.
    pub fn object(&self) -> Value {
        let mut objects = self.objects();
        assert_eq!(objects.len(), 1, "one object on stdout: {self:?}");
        objects.remove(0)
    }

    /// The objects on stdout, one a line, of a command that succeeded.
    pub fn objects(&self) -> Vec<Value> {
        assert_eq!(self.code, 0, "it succeeds: {self:?}");
        let parse =
            |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        self.stdout.lines().map(parse).collect()
    }

    /// Code and message of the JSON error on stderr of a command that failed and printed nothing.
    pub fn error(&self) -> (String, String) {
        assert_ne!(self.code, 0, "it fails: {self:?}");
        assert_eq!(self.stdout, "", "nothing on stdout: {self:?}");
        let printed: Value =
            serde_json::from_str(&self.stderr).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        let text = |name: &str| {
            printed["error"][name]
                .as_str()
                .unwrap_or_else(|| panic!("{self:?}"))
        };
        assert_eq!(
            printed.as_object().map(serde_json::Map::len),
            Some(1),
            "{self:?}"
        );
        assert_eq!(
            printed["error"].as_object().map(serde_json::Map::len),
            Some(2),
            "{self:?}"
        );
        (text("code").into(), text("message").into())
    }
}

/// The moment in a field.
pub fn moment(object: &Value, field: &str) -> DateTime<Utc> {
    let text = object[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} is a moment: {object}"));
    text.parse()
        .unwrap_or_else(|error| panic!("{field}: {error}: {object}"))
}
