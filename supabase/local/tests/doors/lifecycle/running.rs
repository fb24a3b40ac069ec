//! The program as a process, in a folder for temporary files of its own.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// Beyond this something hangs.
const DEADLINE: Duration = Duration::from_secs(30);

/// A folder that the user of PostgreSQL can enter, too.
pub(super) fn folder() -> TempDir {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o755))
        .tempdir()
        .expect("a folder")
}

/// The program with `arguments`, not yet started.
pub(super) fn command(temp: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-supabase"));
    command
        .args(arguments)
        .env("TMPDIR", temp)
        .stdin(Stdio::null());
    command
}

/// The outcome of a start that has to fail.
pub(super) fn refused(temp: &Path, arguments: &[&str]) -> String {
    let Output { status, stderr, .. } = command(temp, arguments)
        .output()
        .expect("the program can be run");
    assert_eq!(status.code(), Some(1), "a refused start ends with 1");
    String::from_utf8(stderr).expect("text")
}

/// The program, running.
pub(super) struct Running {
    pub(super) child: Child,
    pub(super) ready: Value,
}

impl Running {
    /// Returns when it is ready.
    pub(super) fn start(temp: &Path, arguments: &[&str]) -> Self {
        let mut command = command(temp, arguments);
        let mut child = command
            .arg("--json")
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("standard output is a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let ready = serde_json::from_str(&line).expect("the ready line is JSON");
        Self { child, ready }
    }

    /// One address of the ready line.
    pub(super) fn text(&self, key: &str) -> &str {
        self.ready[key]
            .as_str()
            .expect("the ready line has every address")
    }

    /// A connection by `db_url`.
    pub(super) async fn database(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(self.text("db_url"), NoTls)
            .await
            .expect("the database answers");
        tokio::spawn(connection);
        client
    }

    /// Sends a signal and returns when the program has ended.
    pub(super) fn end(mut self, signal: &str) {
        send(signal, self.child.id());
        let status = self.child.wait().expect("it can be waited for");
        assert!(
            signal == "KILL" || status.success(),
            "{signal} ends it in order: {status}"
        );
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended, unless the test failed before it came to that.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends a signal to a process that is there.
pub(super) fn send(signal: &str, process: u32) {
    let mut kill = Command::new("kill");
    let sent = kill.args(["-s", signal, &process.to_string()]).status();
    assert!(
        sent.expect("kill can be run").success(),
        "the process is there"
    );
}

/// Whether there is such a process.
pub(super) fn is_alive(process: u32) -> bool {
    let mut kill = Command::new("kill");
    let probe = kill
        .args(["-s", "0", &process.to_string()])
        .stderr(Stdio::null());
    probe.status().expect("kill can be run").success()
}

/// The folder of the only cluster below `temp`.
pub(super) fn cluster_folder(temp: &Path) -> PathBuf {
    let mut entries = fs::read_dir(temp).expect("the folder is there");
    entries
        .next()
        .expect("a cluster has a folder")
        .expect("it can be read")
        .path()
}

/// The number of PostgreSQL's first process.
pub(super) fn server_process(cluster: &Path) -> u32 {
    let status = fs::read_to_string(cluster.join("data/postmaster.pid")).expect("it runs");
    let first = status.lines().next().expect("it says its number");
    first.parse().expect("a number")
}

/// Who started it.
pub(super) fn parent_of(process: u32) -> u32 {
    let mut ps = Command::new("ps");
    let Output { stdout, .. } = ps
        .args(["-o", "ppid=", "-p", &process.to_string()])
        .output()
        .expect("ps can be run");
    String::from_utf8(stdout)
        .expect("text")
        .trim()
        .parse()
        .expect("a number")
}

/// Whether nothing is in `folder`.
pub(super) fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).expect("it is there").next().is_none()
}

/// Returns when `is_so`, and fails when that does not come.
pub(super) async fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    while !is_so() {
        assert!(Instant::now() < deadline, "waited too long: {what}");
        ticks.tick().await;
    }
}
