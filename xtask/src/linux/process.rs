//! Programs that are ended with everything they started, and nothing else. All by process id.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::wait_for;

/// A running program that belongs to this one: dropping it ends it and its descendants.
pub(crate) struct Owned {
    child: Child,
    name: String,
}

impl Owned {
    /// Starts `command`. The kernel ends it should this process die first.
    pub(crate) fn start(command: &Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = with_death_signal(command)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        Ok(Self { child, name })
    }

    /// Starts a server and waits for the first line that it prints; what it complains about later
    /// is not shown.
    pub(crate) fn start_and_read_line(
        command: &Command,
        deadline: Duration,
    ) -> Result<(Self, String)> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = with_death_signal(command)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        let output = child.stdout.take();
        let owned = Self { child, name };
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(output?);
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            sender.send(line.trim().to_owned()).ok()?;
            // Reads on until the end: a closed pipe would end a program that prints again.
            std::io::copy(&mut reader, &mut std::io::sink()).ok()
        });
        match receiver.recv_timeout(deadline) {
            Ok(line) if !line.is_empty() => Ok((owned, line)),
            _ => bail!("{} did not say that it is ready", owned.name),
        }
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails with the exit status once the program has ended by itself.
    pub(crate) fn check_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended by itself with {status}", self.name),
        }
    }

    /// Asks the program to end, waits, and ends by force what is still there of its tree.
    pub(crate) fn end(&mut self) {
        const PATIENCE: Duration = Duration::from_secs(5);
        let family: Vec<(u32, Option<String>)> = tree(self.id())
            .into_iter()
            .map(|id| (id, birth(id)))
            .collect();
        if matches!(self.child.try_wait(), Ok(None)) {
            signal(self.id(), Signal::TERM);
        }
        let ended = wait_for("the end of a program", PATIENCE, || {
            Ok(self.child.try_wait()?)
        });
        if ended.is_err() {
            signal(self.id(), Signal::KILL);
        }
        // Reaps it; that it has ended already is no error worth telling.
        drop(self.child.wait());
        for (id, born) in family {
            // The same id with another birth is somebody else by now.
            if born.is_some() && birth(id) == born {
                signal(id, Signal::KILL);
            }
        }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.end();
    }
}

/// The process and all its descendants, as they are right now.
pub(crate) fn tree(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let id = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        let Some(id) = id else { continue };
        let parent = stat_field(id, 1).and_then(|parent| parent.parse().ok());
        let Some(parent) = parent else { continue };
        children.entry(parent).or_default().push(id);
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        found.extend(children.get(&id).into_iter().flatten());
        next += 1;
    }
    found
}

/// A field of `/proc/ID/stat`, counted from 0 after the name in brackets: 0 is the state, 1 the
/// parent, 11 and 12 the clock ticks of user and system time, 19 the moment of birth.
pub(crate) fn stat_field(id: u32, index: usize) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields = stat.rsplit_once(')')?.1;
    fields.split_whitespace().nth(index).map(str::to_owned)
}

fn birth(id: u32) -> Option<String> {
    stat_field(id, 19)
}

fn signal(id: u32, signal: Signal) {
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // It may have ended in between, which is what was wanted.
        kill_process(pid, signal).ok();
    }
}

/// The same command through `setpriv`, which keeps the process id and has the kernel end the
/// program when this one dies (Ctrl+C, or a kill that no destructor sees).
fn with_death_signal(command: &Command) -> Command {
    let mut wrapped = Command::new("setpriv");
    wrapped
        .args(["--pdeathsig", "TERM", "--"])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped
}
