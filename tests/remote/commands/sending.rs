//! When something is sent, and when nothing is.

use std::fs;

use local_supabase::Fault;
use particle_tests::{Daemon, eventually};

use super::{Computer, assert_agree, next_exchange};
use crate::support::{EMAIL, EXCHANGE, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_before_somebody_signs_in_and_everything_then() {
    let world = start().await;
    world.sign_up().await;
    let (before, desk) = (
        world.server.requests().count(|_| true),
        Computer::before(&world),
    );
    desk.add("Before");
    desk.cli().object(&["project", "add", "Book"]);
    desk.cli().object(&["start", "Now"]);
    let (code, _) = desk.cli().error(&["sync"]);
    assert_eq!(code, "not_signed_in");
    assert_eq!(desk.cli().run(&["sync"]).code, 3);
    let state = desk.state_of_sync();
    assert_eq!(
        (&state["state"], &state["pending"]),
        (&"local".into(), &0.into())
    );
    assert_eq!(world.server.requests().count(|_| true), before);

    desk.sign("login", EMAIL, &[]).object();
    assert_eq!(desk.cli().status()["task"], "Now", "what ran goes on");
    assert_eq!(desk.state_of_sync()["state"], "synced");
    assert_eq!(Computer::of(&world, EMAIL).tasks(), ["Before"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_leaves_by_itself_after_its_command_has_ended() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    let mut requests = world.server.requests().from_now();
    desk.add("Write");
    next_exchange(&mut requests).await;
    eventually(
        "nothing waits",
        async || match &desk.state_of_sync()["pending"] {
            pending if *pending == 0 => Ok(()),
            pending => Err(pending.clone()),
        },
    )
    .await;
    assert_eq!(Computer::of(&world, EMAIL).tasks(), ["Write"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_sends_what_commands_change_and_fetches_what_is_new() {
    let world = start().await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    let daemon = Daemon::start(&desk.machine);
    let mut requests = world.server.requests().from_now();
    desk.add("From the desk");
    next_exchange(&mut requests).await;
    lap.sync();
    assert_eq!(lap.tasks(), ["From the desk"]);
    lap.add("From the lap");
    lap.sync();
    let report = desk.sync();
    assert_eq!(report["pulled"], 1, "{report}");
    assert_agree(&[&desk, &lap]);
    assert!(daemon.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_is_signed_in_and_out_by_commands() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::before(&world);
    let daemon = Daemon::start(&desk.machine);
    desk.add("Before");
    let running = desk.cli().object(&["start", "Now"]);
    let mut requests = world.server.requests().from_now();
    let account = desk.sign("login", EMAIL, &[]).object();
    assert_eq!(account["signed_in"], true);
    next_exchange(&mut requests).await;
    assert_eq!(desk.cli().status()["ends_at"], running["ends_at"]);
    assert_eq!(Computer::of(&world, EMAIL).tasks(), ["Before"]);
    desk.cli().object(&["stop"]);

    let account = desk.cli().object(&["logout"]);
    assert_eq!(account["signed_in"], false);
    let asked = world.server.requests().count(|_| true);
    desk.add("Alone");
    assert_eq!(desk.cli().run(&["sync"]).code, 3);
    assert_eq!(world.server.requests().count(|_| true), asked);
    assert_eq!(desk.tasks(), ["Alone", "Before"]);
    desk.sign("login", EMAIL, &[]).object();
    desk.sync();
    assert_eq!(Computer::of(&world, EMAIL).tasks(), ["Alone", "Before"]);
    assert!(daemon.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_is_told_with_an_exit_code_and_loses_nothing() {
    let world = start().await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    world
        .server
        .faults()
        .always(EXCHANGE, Fault::status(503, "{}"));
    desk.add("Write");
    let said = desk.cli().run(&["sync", "--json"]);
    assert_eq!(
        (said.code, said.error().0.as_str()),
        (4, "server_unavailable")
    );
    assert!(said.error().1.contains("One change waits here"), "{said:?}");
    assert_eq!(desk.state_of_sync()["pending"], 1);
    world.server.faults().clear();
    assert_agree(&[&desk, &lap]);

    let server = world.server;
    server.stop().await;
    desk.add("Read");
    let said = desk.cli().run(&["sync", "--json"]);
    assert_eq!((said.code, said.error().0.as_str()), (4, "offline"));
    assert_eq!(desk.tasks(), ["Read", "Write"]);
    let queue = desk.cli().object(&["queue"]);
    assert_eq!(
        (&queue["entity"], &queue["refusal"]),
        (&"particle".into(), &().into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_password_nor_tokens_are_left_where_others_could_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let world = start().await;
    let desk = Computer::before(&world);
    desk.sign("signup", EMAIL, &[]).object();
    desk.cli().object(&["start", "Write"]);
    desk.sync();
    let password = crate::support::PASSWORD.as_bytes();
    let mut folders = vec![desk.machine.home().to_path_buf()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            if metadata.is_dir() {
                folders.push(path);
            } else if metadata.is_file() {
                seen += 1;
                let content = fs::read(&path).unwrap();
                let has = |text: &[u8]| content.windows(text.len()).any(|found| found == text);
                assert!(!has(password), "the password is in {}", path.display());
                let is_private = metadata.permissions().mode() & 0o777 == 0o600;
                let has_token = has(b"refresh") && has(b"eyJ");
                assert!(!has_token || is_private, "tokens are in {}", path.display());
            }
        }
    }
    assert!(seen > 2, "{seen} files were looked at");
}
