//! A program that a test started. It is ended by its id when the test lets go of it.

use std::io::{BufRead, BufReader, sink};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::wait::{DEADLINE, eventually};

/// A running program.
#[derive(Debug)]
pub struct Program {
    child: Child,
    name: String,
}

impl Program {
    /// Starts `command`, which a [`Machine`](crate::Machine) made.
    pub fn start(name: &str, command: &mut Command) -> Self {
        let started = command.stdin(Stdio::null()).spawn();
        let child = started.unwrap_or_else(|error| panic!("{name} did not start: {error}"));
        Self {
            child,
            name: name.into(),
        }
    }

    /// Starts `command` and waits for the first line that it prints.
    pub fn start_and_read_line(name: &str, command: &mut Command) -> (Self, String) {
        let mut program = Self::start(name, command.stdout(Stdio::piped()));
        let stdout = program.child.stdout.take().expect("stdout is piped");
        let (sender, line_read) = mpsc::channel();
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            let mut line = String::new();
            let read = stdout.read_line(&mut line).map(|_| line);
            // Nobody waits after the deadline. Reads on, so that the pipe never fills.
            drop(sender.send(read));
            drop(std::io::copy(&mut stdout, &mut sink()));
        });
        match line_read.recv_timeout(DEADLINE) {
            Ok(Ok(line)) if !line.trim().is_empty() => (program, line.trim().into()),
            other => panic!("{name} did not say that it is ready: {other:?}"),
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it with SIGKILL, from one moment to the next.
    pub fn kill(&mut self) {
        self.child
            .kill()
            .unwrap_or_else(|error| panic!("{} was not ended: {error}", self.name));
        self.child
            .wait()
            .unwrap_or_else(|error| panic!("{} is not over: {error}", self.name));
    }

    /// How it ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let what = format!("{} ends by itself", self.name);
        let child = &mut self.child;
        eventually(&what, async || {
            child.try_wait().expect("it is our child").ok_or("it runs")
        })
        .await
    }

    /// Fails if it has ended.
    pub fn check_alive(&mut self) {
        let ended = self.child.try_wait().expect("it is our child");
        assert_eq!(ended, None, "{} ended by itself", self.name);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
