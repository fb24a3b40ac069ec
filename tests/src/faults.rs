//! Programs that die, or whose disk is full, at a chosen write, and computers that sleep: see
//! `tests/faults`.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::cli::{Cli, Said};
use crate::machine::Machine;

/// What happens to a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It dies after the step.
    Die,
    /// It dies when half of the step is done.
    Torn,
    /// Its disk is full from this step on.
    Full,
    /// Its disk is full for this step only.
    FullOnce,
}

/// What a program did to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStep {
    /// `write`, `truncate`, `sync`, `remove` or `rename`.
    pub name: String,
    /// The name of the file.
    pub file: String,
}

impl FileStep {
    /// Whether it needs space on the disk.
    pub fn fills(&self) -> bool {
        self.name == "write"
    }
}

/// The command on a machine where every write is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Faults<'a>(&'a Machine);

impl<'a> Faults<'a> {
    /// What comes between the programs of `machine` and its disk.
    pub fn on(machine: &'a Machine) -> Self {
        Self(machine)
    }

    /// Runs the command as it is, and says what it did to files below the data folder.
    pub fn watch(self, arguments: &[&str]) -> (Said, Vec<FileStep>) {
        let said = Said::of(&self.command(arguments).output().expect("setpriv is there"));
        (said, self.steps())
    }

    /// What was done to files below the data folder since this was asked last.
    pub fn steps(self) -> Vec<FileStep> {
        // No step, no file.
        let steps = fs::read_to_string(self.log()).unwrap_or_default();
        if !steps.is_empty() {
            // Not removed: a program that runs goes on writing to it.
            fs::write(self.log(), "").expect("our own file");
        }
        let step = |line: &str| {
            let (name, path) = line.split_once(' ').expect("a name and a path");
            let file = Path::new(path).file_name().expect("a name");
            FileStep {
                name: name.into(),
                file: file.to_string_lossy().into(),
            }
        };
        steps.lines().map(step).collect()
    }

    /// Runs the command and lets `fault` happen at the step `at`, counted from 1.
    pub fn run(self, arguments: &[&str], fault: Fault, at: usize) -> Said {
        let mut command = self.command(arguments);
        command.envs(Self::at(fault, at));
        Said::of(&command.output().expect("setpriv is there"))
    }

    /// What a program needs so that `fault` happens at the step `at`, counted from 1.
    pub fn at(fault: Fault, at: usize) -> [(&'static str, String); 2] {
        let kind = match fault {
            Fault::Die => "die",
            Fault::Torn => "torn",
            Fault::Full => "full",
            Fault::FullOnce => "full_once",
        };
        [("FAULTS_KIND", kind.into()), ("FAULTS_AT", at.to_string())]
    }

    /// What a program needs so that its steps are seen.
    pub fn environment(self) -> [(&'static str, OsString); 3] {
        [
            ("LD_PRELOAD", self.0.binary("libparticle_faults.so").into()),
            ("FAULTS_BELOW", self.0.data().into()),
            ("FAULTS_LOG", self.log().into()),
        ]
    }

    fn command(self, arguments: &[&str]) -> Command {
        let mut command = Cli::on(self.0).command(&[arguments, &["--json"]].concat());
        command.envs(self.environment());
        command
    }

    fn log(self) -> PathBuf {
        self.0.home().join("steps")
    }
}

/// The clocks of a machine, as its programs see them from their start on.
#[derive(Debug)]
pub struct Clocks {
    file: fs::File,
    path: PathBuf,
    slept: Duration,
}

impl Clocks {
    /// The clocks of `machine`, which has not slept yet.
    pub fn of(machine: &Machine) -> Self {
        let path = machine.home().join("clocks");
        let clocks = Self {
            file: fs::File::create(&path).expect("a file"),
            path,
            slept: Duration::ZERO,
        };
        clocks.write();
        clocks
    }

    /// What a program needs to see these clocks.
    pub fn environment(&self, machine: &Machine) -> [(&'static str, String); 2] {
        let preload = machine.binary("libparticle_faults.so");
        let text = |path: &Path| path.to_str().expect("a plain path").to_owned();
        [
            ("LD_PRELOAD", text(&preload)),
            ("FAULTS_CLOCKS", text(&self.path)),
        ]
    }

    /// The computer has just slept for so long.
    pub fn sleep(&mut self, by: Duration) {
        self.slept += by;
        self.write();
    }

    fn write(&self) {
        let slept = i64::try_from(self.slept.as_millis()).expect("a life is shorter");
        let (slept, set_forward) = (slept.to_ne_bytes(), 0_i64.to_ne_bytes());
        let bytes = [slept, set_forward].concat();
        self.file.write_all_at(&bytes, 0).expect("a file");
    }
}
