//! Which processes live on a machine of the tests, told by the home folder in their environment.

use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use crate::machine::Machine;

/// Ids and command lines of the processes of `machine` whose command line has `part` in it.
pub fn living_with(machine: &Machine, part: &str) -> Vec<(u32, String)> {
    let mine = |id: &u32| has_home(*id, machine.home());
    let listed = all().filter(mine).map(|id| (id, command_line(id)));
    listed.filter(|(_, line)| line.contains(part)).collect()
}

/// The id of the one desktop app that runs on `machine`.
pub fn app_of(machine: &Machine) -> Result<u32, Vec<(u32, String)>> {
    let is_app = |line: &str| {
        line.split(' ')
            .next()
            .is_some_and(|p| p.ends_with("/particle-desktop"))
    };
    let mut apps = living_with(machine, "particle-desktop");
    apps.retain(|(_, line)| is_app(line));
    match apps[..] {
        [(id, _)] => Ok(id),
        _ => Err(apps),
    }
}

/// Ends a process that belongs to a machine of the tests, from one moment to the next.
pub fn kill_9(id: u32) {
    signal("-KILL", id);
}

/// Asks a process that belongs to a machine of the tests to end.
pub fn terminate(id: u32) {
    signal("-TERM", id);
}

fn signal(name: &str, id: u32) {
    let signalled = Command::new("kill")
        .args([name, &id.to_string()])
        .output()
        .expect("kill runs");
    let complaint = String::from_utf8_lossy(&signalled.stderr);
    assert!(signalled.status.success(), "{complaint}");
}

/// Ends whatever is left of a machine.
pub(crate) fn end_all(home: &Path) {
    for id in all().filter(|id| has_home(*id, home)) {
        // An error means that it has ended in between.
        drop(
            Command::new("kill")
                .args(["-KILL", &id.to_string()])
                .output(),
        );
    }
}

fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn has_home(id: u32, home: &Path) -> bool {
    let mut wanted = b"HOME=".to_vec();
    wanted.extend(home.as_os_str().as_bytes());
    let environment = read(id, "environ");
    environment
        .split(|byte| *byte == 0)
        .any(|variable| variable == wanted)
}

fn command_line(id: u32) -> String {
    String::from_utf8_lossy(&read(id, "cmdline"))
        .replace('\0', " ")
        .trim()
        .into()
}

/// Nothing of a process that is gone, or that belongs to somebody else.
fn read(id: u32, file: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = fs::File::open(format!("/proc/{id}/{file}"));
    drop(file.and_then(|mut file| file.read_to_end(&mut bytes)));
    bytes
}
