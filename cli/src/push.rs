//! Sends what a step left, after it: whoever typed the command waits for the disk alone, not for a server.

use std::process::{Command, Stdio};

use particle_core::folder::DataFolder;

/// Starts a process of its own for it. Where that is not possible, the next exchange sends it.
pub(crate) fn start(folder: &DataFolder) {
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut command = Command::new(program);
    command
        .arg("push")
        .arg("--data-dir")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    detach(&mut command);
    // Nobody waits for it: the system takes it over when this process ends.
    drop(command.spawn());
}

/// A key that ends this command must not end that one.
#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

/// A key that ends this command must not end that one.
#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    /// DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP, of processthreadsapi.h.
    const DETACHED: u32 = 0x0000_0008 | 0x0000_0200;
    command.creation_flags(DETACHED);
}
