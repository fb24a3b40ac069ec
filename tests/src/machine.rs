//! A machine for one test: a home, the folders of the desktop specification, and the binaries.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{Timelike, Utc};
use tempfile::TempDir;

use crate::processes;

/// Who runs the programs of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Whoever runs the tests.
    Tester,
    /// Somebody whom permissions hold back, also when the tests run as root.
    Nobody,
}

/// Nobody's user and group.
const NOBODY: u32 = 65534;

/// A home of its own. Everything that was started in it ends with it.
#[derive(Debug)]
pub struct Machine {
    folder: TempDir,
    binaries: PathBuf,
    person: Person,
}

impl Machine {
    /// A machine that nobody has used yet.
    pub fn new() -> Self {
        Self::of(Person::Tester)
    }

    /// A machine whose programs run as `person`.
    pub fn of(person: Person) -> Self {
        // Short: the path of a socket in it may have 108 bytes at most.
        let folder = tempfile::Builder::new()
            .prefix("particle-")
            .tempdir()
            .expect("a folder");
        let mut machine = Self {
            folder,
            binaries: built_binaries(),
            person,
        };
        for below in ["", "config", "data", "cache", "state", "runtime", "p"] {
            let path = machine.home().join(below);
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&path)
                .expect("a folder");
            machine.hand_over(&path);
        }
        if person == Person::Nobody {
            machine.install_for_everybody();
        }
        machine
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder of Particle.
    pub fn data(&self) -> PathBuf {
        self.home().join("p")
    }

    /// The database of the person who has no account.
    pub fn profile(&self) -> PathBuf {
        self.data().join("profiles/local.db")
    }

    /// Where a binary of the project lies.
    pub fn binary(&self, name: &str) -> PathBuf {
        let path = self.binaries.join(name);
        assert!(
            path.is_file(),
            "{} is missing: cargo build first; cargo xtask test does it",
            path.display()
        );
        path
    }

    /// A command for a program that sees nothing but this machine, and ends when the test does.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("setpriv");
        if self.person == Person::Nobody && is_root() {
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        }
        command
            .args(["--pdeathsig", "KILL", "--"])
            .arg(program.as_ref());
        let home = |below: &str| self.home().join(below);
        command.current_dir(self.home()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
            .env("HOME", self.home())
            .env("LANG", "C.UTF-8")
            .env("TZ", zone_where_it_is_noon());
        command
            .env("XDG_CONFIG_HOME", home("config"))
            .env("XDG_DATA_HOME", home("data"));
        command
            .env("XDG_CACHE_HOME", home("cache"))
            .env("XDG_STATE_HOME", home("state"));
        command
            .env("XDG_RUNTIME_DIR", home("runtime"))
            .env("PARTICLE_KEYRING", "off")
            .env("PARTICLE_DATA_DIR", self.data());
        command
    }

    /// What the app has written into its log.
    pub fn log(&self) -> String {
        let files = fs::read_dir(self.data().join("logs")).into_iter().flatten();
        let paths = files.map(|file| file.expect("our own folder").path());
        paths
            .filter_map(|path| fs::read_to_string(path).ok())
            .collect()
    }

    /// Writes the look that the window will have.
    pub fn choose_look(&self, theme: &str, language: &str) {
        let look = serde_json::json!({ "look": { "theme": theme, "language": language } });
        self.write(
            &self.data().join("window.json"),
            look.to_string().as_bytes(),
        );
    }

    /// Writes how the app tells that something is over, and that it speaks English.
    pub fn choose_alerts(&self, alerts: &serde_json::Value) {
        let look = serde_json::json!({ "theme": "dark", "language": "en" });
        let chosen = serde_json::json!({ "look": look, "alerts": alerts });
        self.write(
            &self.data().join("window.json"),
            chosen.to_string().as_bytes(),
        );
    }

    /// Writes a file as the person of this machine, with the folders above it.
    pub fn write(&self, path: &Path, content: &[u8]) {
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder).expect("a folder");
        fs::write(path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self.hand_over(folder);
        self.hand_over(path);
    }

    fn hand_over(&self, path: &Path) {
        if self.person == Person::Nobody && is_root() {
            std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).expect("root may do that");
        }
    }

    /// The binaries may lie where only their builder gets to.
    fn install_for_everybody(&mut self) {
        let installed = self.home().join("bin");
        fs::create_dir(&installed).expect("a folder");
        fs::set_permissions(&installed, fs::Permissions::from_mode(0o755)).expect("our own folder");
        // Not by this process: a child that another test starts meanwhile would hold the copy open
        // for writing, and then it cannot be run.
        let mut install = Command::new("install");
        install.args(["-m", "755"]).arg(self.binary("particle"));
        let copied = install.arg(&installed).status().expect("install runs");
        assert!(copied.success(), "install ended with {copied}");
        self.binaries = installed;
    }
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        processes::end_all(self.home());
    }
}

/// `PARTICLE_BIN_DIR`, else the folder that cargo builds this into.
fn built_binaries() -> PathBuf {
    std::env::var_os("PARTICLE_BIN_DIR").map_or_else(beside_the_tests, PathBuf::from)
}

fn beside_the_tests() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the test");
    test.parent()
        .and_then(Path::parent)
        .expect("…/debug/deps/test")
        .to_path_buf()
}

/// A day ends at 04:00 by default. No test that counts the particles of today may meet that moment.
fn zone_where_it_is_noon() -> String {
    let west = i64::from(Utc::now().hour()) - 12;
    // A name, because the window reads no others. It counts the hours west of Greenwich.
    format!("Etc/GMT{west:+}")
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
