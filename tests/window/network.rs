//! Without an account nothing is sent: neither the app nor its web processes open a socket to anywhere.

use std::fs;

use particle_tests::{Cli, Desktop, Machine, Program, app_of, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_signed_out_app_opens_no_socket_that_leaves_the_machine() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let log = machine.home().join("sockets");
    let mut command = desktop.command(&machine, "strace");
    command
        .args(["-f", "-qq", "-e", "trace=socket", "-o"])
        .arg(&log);
    command.arg(machine.binary("particle-desktop"));
    let mut watched = Program::start("strace", &mut command);
    let app = eventually("the app runs", async || app_of(&machine)).await;
    let cli = Cli::on(&machine);
    eventually("it answers", async || {
        let said = cli.run(&["status"]);
        if said.code == 0 { Ok(()) } else { Err(said) }
    })
    .await;
    eventually(
        "its page is open",
        async || match particle_tests::living_with(&machine, "WebKitWebProcess") {
            none if none.is_empty() => Err(none),
            _ => Ok(()),
        },
    )
    .await;
    for verb in [
        &["start", "Write"][..],
        &["finish"],
        &["add", "Call", "--minutes", "5"],
    ] {
        cli.object(verb);
    }
    particle_tests::terminate(app);
    watched.ended().await;

    let log = fs::read_to_string(&log).expect("a log of strace");
    assert!(log.contains("AF_UNIX"), "it notes sockets");
    // What tells of the interfaces of this machine goes nowhere.
    let stays = |line: &str| line.contains("AF_UNIX") || line.contains("AF_NETLINK");
    let leaves: Vec<_> = log
        .lines()
        .filter(|line| line.contains("socket(") && !stays(line))
        .collect();
    assert!(leaves.is_empty(), "{leaves:#?}");
}
