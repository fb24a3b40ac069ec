//! Starts PostgreSQL under a small process that outlives us just long enough to stop it. A signal
//! at the death of the parent would come at the end of the *thread* that started it.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::data::Data;
use super::folder::RunFolder;
use super::programs::Programs;
use crate::error::LocalError;

const ACCESS_FILE: &str = "pg_hba.conf";
const SCRIPT: &str = include_str!("keeper.sh");
/// Whoever can open the socket may come in; on the loopback address it takes a password.
const ACCESS: &str = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
const CONNECTIONS_MAX: u32 = 400;
const START_SECONDS_MAX: u64 = 60;
const POLL_INTERVAL: Duration = Duration::from_millis(10);
const LOG_LINES_SHOWN: usize = 5;

/// The process that stops PostgreSQL when this is dropped, or when we end.
pub(crate) struct Keeper {
    child: Child,
    folder: PathBuf,
    _lock: File,
}

impl Keeper {
    /// The folder of the socket.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It cannot be waited for twice, and nobody else waits for it.
        drop(self.child.wait());
    }
}

/// Starts PostgreSQL on a free port and returns when it accepts connections.
pub(crate) fn start(
    programs: &Programs,
    run: RunFolder,
    kept: Option<&Data>,
) -> Result<(Keeper, u16), LocalError> {
    let unable = || LocalError::system("PostgreSQL could not be started");
    let access = run.path().join(ACCESS_FILE);
    fs::write(&access, ACCESS).map_err(unable())?;
    // Whatever the umask is: the user of PostgreSQL reads it.
    fs::set_permissions(&access, fs::Permissions::from_mode(0o644)).map_err(unable())?;

    let port = free_port().map_err(unable())?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SCRIPT, "keeper"]);
    // A kept database is written out in order; the other one is thrown away.
    command.arg(if kept.is_some() { "INT" } else { "QUIT" });
    command.arg(run.path());
    command.args(programs.server());
    command.args(server_arguments(&run, port, kept.is_some()));
    command.env("LC_ALL", "C").current_dir("/");
    // Ctrl+C in a terminal reaches us, and the keeper through us.
    command.process_group(0);
    command.stdin(Stdio::piped()).stdout(run.lock()?);
    match kept {
        Some(data) => command.stderr(data.lock()?),
        None => command.stderr(Stdio::null()),
    };
    let child = command.spawn().map_err(unable())?;
    let (folder, lock) = run.keep();
    let keeper = Keeper {
        child,
        folder,
        _lock: lock,
    };
    wait_until_ready(keeper.folder(), port)?;
    Ok((keeper, port))
}

fn server_arguments(run: &RunFolder, port: u16, is_kept: bool) -> Vec<String> {
    let path = |path: PathBuf| path.display().to_string();
    let mut settings = vec![
        format!("hba_file={}", path(run.path().join(ACCESS_FILE))),
        format!("listen_addresses={}", Ipv4Addr::LOCALHOST),
        format!("max_connections={CONNECTIONS_MAX}"),
        format!("unix_socket_directories={}", path(run.path().to_owned())),
        "timezone=UTC".to_owned(),
    ];
    if !is_kept {
        let unsafe_but_fast = [
            "fsync=off",
            "full_page_writes=off",
            "synchronous_commit=off",
        ];
        settings.extend(unsafe_but_fast.map(str::to_owned));
    }
    let mut arguments = vec!["-D".to_owned(), path(run.data())];
    arguments.extend(["-p".to_owned(), port.to_string()]);
    for setting in settings {
        arguments.extend(["-c".to_owned(), setting]);
    }
    arguments
}

/// Waits for the word that `pg_ctl` waits for too.
fn wait_until_ready(folder: &Path, port: u16) -> Result<(), LocalError> {
    let deadline = Instant::now() + Duration::from_secs(START_SECONDS_MAX);
    loop {
        if is_ready(folder) {
            return Ok(());
        }
        // Written by the shell and the server; not there before the shell runs.
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        if log.contains("could not bind") {
            return Err(LocalError::PortTaken { port });
        }
        let has_ended = ["FATAL:", "PANIC:", "setpriv:"]
            .iter()
            .any(|sign| log.contains(sign));
        if has_ended || Instant::now() > deadline {
            let lines: Vec<&str> = log.lines().rev().take(LOG_LINES_SHOWN).collect();
            let log = lines.into_iter().rev().collect::<Vec<_>>().join(" / ");
            return Err(LocalError::NotStarted { log });
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// The data of a dead server may have a file that says ready too, but for another socket folder.
fn is_ready(folder: &Path) -> bool {
    let status = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    let lines: Vec<&str> = status.lines().map(str::trim).collect();
    let is_of_this_folder = lines
        .get(4)
        .is_some_and(|socket| Path::new(socket) == folder);
    is_of_this_folder && lines.get(7) == Some(&"ready")
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
