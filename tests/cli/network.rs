//! Without an account nothing is sent: the kernel is asked for no socket that leaves the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use particle_tests::{Cli, Machine, Program, Said};

/// How long commands are watched with `PARTICLE_LONG`.
const A_MINUTE: Duration = Duration::from_mins(1);

/// The command under `strace`, which notes every socket of it and of what it starts.
struct Watched<'a> {
    machine: &'a Machine,
    log: PathBuf,
}

impl<'a> Watched<'a> {
    fn on(machine: &'a Machine) -> Self {
        let log = machine.home().join("sockets");
        Self { machine, log }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.machine.command(Path::new("strace"));
        command.args(["-f", "-qq", "-A", "-e", "trace=socket", "-o"]);
        command.arg(&self.log);
        command.arg(self.machine.binary("particle")).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().expect("strace is there"))
    }

    /// The sockets that were opened and can leave the machine.
    fn sockets(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).expect("a log of strace");
        let leaves = |line: &&str| !line.contains("AF_UNIX") && line.contains("socket(");
        log.lines().filter(leaves).map(Into::into).collect()
    }
}

/// Verbs in an order in which all of them work; `ID` is that of the particle added last.
const VERBS: &[&[&str]] = &[
    &["status"],
    &["add", "Write", "--minutes", "30"],
    &["edit", "ID", "--task", "Rewrite"],
    &["delete", "ID"],
    &["list", "--deleted"],
    &["restore", "ID"],
    &["list"],
    &["project", "add", "Book"],
    &["project", "list"],
    &["project", "rename", "Book", "Novel"],
    &["project", "archive", "Novel"],
    &["project", "delete", "Novel"],
    &["intention", "Draft"],
    &["setting", "set", "daily_goal", "5"],
    &["setting", "list"],
    &["start", "Read"],
    &["pause"],
    &["resume"],
    &["toggle"],
    &["toggle"],
    &["finish"],
    &["start"],
    &["stop"],
    &["stats"],
    &["export", "--format", "json", "out.json"],
    &["import", "out.json"],
    &["backup", "make"],
    &["backup", "list"],
    &["doctor"],
    &["account"],
    &["queue"],
    &["completions", "bash"],
];

/// Each of them, as far as it goes.
fn live(run: impl Fn(&[&str]) -> Said) {
    let mut id = String::new();
    for verb in VERBS {
        let words: Vec<&str> = verb
            .iter()
            .map(|w| if *w == "ID" { &id } else { *w })
            .collect();
        let json = if verb[0] == "completions" {
            vec![]
        } else {
            vec!["--json"]
        };
        let said = run(&[words, json].concat());
        assert_eq!(said.code, 0, "{verb:?}: {said:?}");
        if verb[0] == "add" {
            id = said.object()["id"].as_str().expect("an id").into();
        }
    }
    let said = run(&["sync", "--json"]);
    assert_eq!((said.code, said.error().0.as_str()), (3, "not_signed_in"));
}

#[test]
fn without_an_account_no_command_opens_a_socket_that_leaves_the_machine() {
    let begun = Instant::now();
    let watched_for = if std::env::var_os("PARTICLE_LONG").is_some() {
        A_MINUTE
    } else {
        Duration::ZERO
    };
    loop {
        let machine = Machine::new();
        let watched = Watched::on(&machine);
        live(|arguments| watched.run(arguments));
        let nothing: [&str; 0] = [];
        assert_eq!(watched.sockets(), nothing);
        if begun.elapsed() >= watched_for {
            break;
        }
    }
}

#[tokio::test]
async fn without_an_account_a_daemon_opens_no_socket_that_leaves_the_machine() {
    let machine = Machine::new();
    let watched = Watched::on(&machine);
    let mut command = watched.command(&["daemon", "--json"]);
    let (mut daemon, _) = Program::start_and_read_line("strace particle daemon", &mut command);
    live(|arguments| Cli::on(&machine).run(arguments));
    daemon.kill();
    let nothing: [&str; 0] = [];
    assert_eq!(watched.sockets(), nothing);
    let log = fs::read_to_string(&watched.log).expect("a log of strace");
    assert!(log.contains("AF_UNIX"), "its own socket was seen: {log}");
}

#[test]
fn a_sign_in_is_seen_by_whoever_looks_so() {
    let machine = Machine::new();
    let watched = Watched::on(&machine);
    let login = ["login", "--email", "a@example.com", "--code", "123456"];
    let nowhere = [
        "--server",
        "http://127.0.0.1:1",
        "--key",
        "sb_publishable_a",
    ];
    assert_eq!(watched.run(&[&login[..], &nowhere].concat()).code, 4);
    assert!(!watched.sockets().is_empty());
}
