//! What happens to people's computers while their server, or they themselves, fail.

use chrono::TimeDelta;
use local_supabase::{Database, Fault, Keys, Moment, Server, ServerOptions, Settings};
use particle_tests::{CHANGES, Daemon, Way, eventually, moment};
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

/// Whether it is tried again when it was to be: a wait is a minute, and a moment is told by two clocks.
fn is_same_moment(sync: &Value, other: &Value) -> bool {
    let at = |sync: &Value| sync["next_at"].is_string().then(|| moment(sync, "next_at"));
    at(sync)
        .zip(at(other))
        .is_some_and(|(a, b)| (a - b).abs() < TimeDelta::milliseconds(100))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_long_is_waited_for_a_server_that_failed_survives_a_stop_and_a_kill() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    let faults = world.server.faults();
    faults.always(EXCHANGE, Fault::status(503, "{}"));
    let mut daemon = Daemon::start(&desk.machine);
    desk.add("Write");
    let waits = async || match desk.state_of_sync() {
        sync if sync["next_at"].is_string() && sync["pending"] == 1 => Ok(sync),
        sync => Err(sync),
    };
    let first = eventually("a failed push waits", waits).await;
    daemon.program().kill();
    let requests = exchanges(&world);
    let daemon = Daemon::start(&desk.machine);
    let after_a_kill = eventually("it waits on", waits).await;
    assert!(is_same_moment(&after_a_kill, &first));
    assert!(daemon.stop().await.success());
    let daemon = Daemon::start(&desk.machine);
    desk.add("Read");
    let look = async || match desk.state_of_sync() {
        sync if sync["pending"] == 2 && is_same_moment(&sync, &first) => Ok(()),
        sync => Err(sync),
    };
    eventually("nothing else starts an exchange", look).await;
    assert_eq!(exchanges(&world), requests);
    faults.clear();
    let report = desk.sync();
    assert_eq!(report["pushed"], 2, "asked by a person it tries: {report}");
    assert!(daemon.stop().await.success());
}

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
    let mut way = Way::default();
    for verb in CHANGES {
        let before = exchanges(&world);
        way.step(desk.cli(), verb);
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
