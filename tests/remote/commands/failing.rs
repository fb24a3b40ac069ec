//! What happens to people's computers while their server, or they themselves, fail.

use local_supabase::{Database, Fault, Keys, Moment, Server, ServerOptions, Settings};
use particle_tests::{Cli, Daemon, eventually};
use rstest::rstest;
use serde_json::Value;

use super::{Computer, assert_agree};
use crate::support::{EMAIL, EXCHANGE, World, start};

async fn nothing_waits_on(computer: &Computer) {
    let look = async || match computer.state_of_sync() {
        sync if sync["pending"] == 0 && sync["state"] == "synced" => Ok(()),
        sync => Err(sync),
    };
    eventually("everything was sent", look).await;
}

/// The server, started once more where it was.
async fn start_again(database: &Database, port: u16, keys: Keys) -> Server {
    let options = ServerOptions {
        port,
        keys: Some(keys),
    };
    let started = Server::start(database, Settings::default(), options).await;
    started.expect("its port is free again")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_accepts_and_never_answers_holds_nobody_up() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    let daemon = Daemon::start(&desk.machine);
    nothing_waits_on(&desk).await;
    world.server.faults().always(EXCHANGE, Fault::Hang);
    let id = desk.add("Write");
    eventually("a request hangs", async || {
        let hanging = world.server.faults().waiting();
        (hanging > 0).then_some(()).ok_or(hanging)
    })
    .await;
    let cli = desk.cli();
    cli.object(&["edit", &id, "--task", "Rewrite"]);
    cli.object(&["start", "Read"]);
    cli.object(&["stop"]);
    cli.object(&["project", "add", "Book"]);
    assert_eq!(desk.state_of_sync()["state"], "syncing");
    assert!(daemon.stop().await.success());
    assert!(
        world.server.faults().waiting() > 0,
        "the server has not answered in all this time"
    );
    world.server.faults().clear();
    assert_agree(&[&desk, &Computer::of(&world, EMAIL)]);
    assert_eq!(desk.tasks(), ["Rewrite"]);
}

#[rstest]
#[case::before_it_was_carried_out(Moment::Before)]
#[case::after_it_was_carried_out(Moment::After)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_is_killed_in_a_request_loses_and_doubles_nothing(#[case] moment: Moment) {
    let world = start().await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    for task in ["1", "2", "3"] {
        let mut daemon = Daemon::start(&desk.machine);
        nothing_waits_on(&desk).await;
        let mut held = world.server.faults().hold(EXCHANGE, moment);
        desk.add(task);
        held.arrived().await;
        daemon.program().kill();
        drop(held);
    }
    assert_agree(&[&lap, &desk]);
    assert_eq!(lap.tasks(), ["1", "2", "3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_and_started_gets_everything_once() {
    let mut world = start().await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    for task in ["1", "2", "3"] {
        let (port, keys) = (world.server.port(), world.server.keys().clone());
        world.server.faults().always(EXCHANGE, Fault::DropAfter);
        desk.add(task);
        world.server.stop().await;
        desk.add(&format!("{task}, without a server"));
        assert_eq!(desk.cli().run(&["sync"]).code, 4);
        world.server = start_again(&world.database, port, keys).await;
        assert_agree(&[&desk, &lap]);
    }
    assert_eq!(lap.tasks().len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_for_a_server_leaves_by_itself_when_it_is_back() {
    let mut world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    let daemon = Daemon::start(&desk.machine);
    nothing_waits_on(&desk).await;
    let (port, keys) = (world.server.port(), world.server.keys().clone());
    world.server.stop().await;
    desk.add("Write");
    let offline = async || match desk.state_of_sync() {
        sync if sync["state"] == "offline" => Ok(()),
        sync => Err(sync),
    };
    eventually("it is told that there is no server", offline).await;
    world.server = start_again(&world.database, port, keys).await;
    // The probe comes each half minute; nobody asks for it.
    nothing_waits_on(&desk).await;
    assert!(daemon.stop().await.success());
    assert_eq!(Computer::of(&world, EMAIL).tasks(), ["Write"]);
}

/// Verbs, in an order in which each of them changes something.
const CHANGES: &[&[&str]] = &[
    &["add", "Call", "--minutes", "5"],
    &["edit", "ID", "--task", "Phone"],
    &["edit", "ID", "--minutes", "6"],
    &["delete", "ID"],
    &["restore", "ID"],
    &["project", "add", "Book"],
    &["project", "brightness", "Book", "0.5"],
    &["project", "rename", "Book", "Novel"],
    &["edit", "ID", "--project", "Novel"],
    &["project", "archive", "Novel"],
    &["project", "unarchive", "Novel"],
    &["project", "delete", "Novel"],
    &["project", "restore", "Novel"],
    &["setting", "set", "daily_goal", "5"],
    &["setting", "reset", "daily_goal"],
    &["intention", "Draft", "--date", "2026-03-01"],
    &["intention", "--date", "2026-03-01", "--status", "done"],
    &["intention", "delete", "2026-03-01"],
    &["intention", "restore", "2026-03-01"],
];

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verb_that_changes_something_leaves_as_a_request(
    #[values(true, false)] has_daemon: bool,
) {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    let daemon = has_daemon.then(|| Daemon::start(&desk.machine));
    nothing_waits_on(&desk).await;
    let mut id = String::new();
    for verb in CHANGES {
        let before = exchanges(&world);
        let words: Vec<&str> = verb
            .iter()
            .map(|w| if *w == "ID" { &id } else { *w })
            .collect();
        let printed: Value = Cli::on(&desk.machine).object(&words);
        if verb[0] == "add" {
            id = printed["id"].as_str().expect("an id").into();
        }
        nothing_waits_on(&desk).await;
        assert!(exchanges(&world) > before, "{verb:?}");
    }
    if let Some(daemon) = daemon {
        assert!(daemon.stop().await.success());
    }
    assert_agree(&[&desk, &Computer::of(&world, EMAIL)]);
}

fn exchanges(world: &World) -> usize {
    world
        .server
        .requests()
        .count(|answered| answered.path == EXCHANGE)
}
