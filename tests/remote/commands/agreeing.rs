//! Whatever is done on one computer is the same on all.

use std::collections::HashSet;
use std::time::Duration;

use local_supabase::{Fault, Settings};
use particle_tests::{CHANGES, Daemon, Way};
use serde_json::json;

use super::{Computer, assert_agree};
use crate::support::{EMAIL, EXCHANGE, TOKEN, start, start_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_a_person_can_do_reaches_their_other_computer() {
    let world = start().await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    let (kept, gone) = (desk.add("Write"), desk.add("Gone"));
    desk.cli().object(&["project", "add", "Book"]);
    desk.cli().object(&["setting", "set", "daily_goal", "5"]);
    desk.cli()
        .object(&["intention", "One chapter", "--date", "2026-03-01"]);
    assert_agree(&[&desk, &lap]);
    assert_eq!(lap.tasks(), ["Gone", "Write"]);

    lap.cli().object(&["edit", &kept, "--task", "Rewrite"]);
    lap.cli().object(&["edit", &kept, "--minutes", "40"]);
    lap.cli().object(&["delete", &gone]);
    lap.cli().object(&["project", "rename", "Book", "Novel"]);
    lap.cli()
        .object(&["intention", "--date", "2026-03-01", "--status", "done"]);
    lap.cli().object(&["setting", "reset", "daily_goal"]);
    assert_agree(&[&lap, &desk]);
    let listed = desk.cli().list();
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(
        (&listed[0]["task"], &listed[0]["duration_seconds"]),
        (&json!("Rewrite"), &json!(2400))
    );

    desk.cli().object(&["restore", &gone]);
    desk.cli().object(&["project", "archive", "Novel"]);
    assert_agree(&[&desk, &lap]);
    assert_eq!(lap.tasks(), ["Gone", "Rewrite"]);
    let projects = lap.cli().object(&["project", "list"]);
    assert_eq!(
        (&projects["name"], &projects["archived"]),
        (&json!("Novel"), &json!(true))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn different_fields_of_one_particle_are_both_kept_and_of_one_field_the_later() {
    let world = start().await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    let id = desk.add("Write");
    assert_agree(&[&desk, &lap]);
    // Nothing reaches the server while both edit.
    let edit = |computer: &Computer, more: &[&str]| {
        world.server.faults().always(EXCHANGE, Fault::DropBefore);
        computer.cli().object(&[&["edit", &id], more].concat());
    };
    edit(&desk, &["--task", "Early"]);
    edit(&lap, &["--minutes", "40"]);
    edit(&lap, &["--task", "Late"]);
    world.server.faults().clear();
    assert_agree(&[&lap, &desk]);
    let kept = &desk.cli().list()[0];
    assert_eq!(
        (&kept["task"], &kept["duration_seconds"]),
        (&json!("Late"), &json!(2400))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_computers_of_one_person_agree() {
    let world = start().await;
    world.sign_up().await;
    let computers: Vec<Computer> = (0..5).map(|_| Computer::of(&world, EMAIL)).collect();
    for (number, computer) in computers.iter().enumerate() {
        let id = computer.add(&format!("{number}"));
        computer.cli().object(&["project", "add", "Book"]);
        if number % 2 == 1 {
            computer.cli().object(&["delete", &id]);
        }
        computer
            .cli()
            .object(&["setting", "set", "daily_goal", &format!("{}", number + 1)]);
    }
    let all: Vec<&Computer> = computers.iter().collect();
    assert_agree(&all);
    for computer in &all {
        assert_eq!(computer.tasks(), ["0", "2", "4"]);
        assert_eq!(
            computer
                .cli()
                .run(&["project", "list", "--json"])
                .objects()
                .len(),
            5
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_a_person_can_do_is_done_on_each_of_five_computers() {
    let world = start().await;
    world.sign_up().await;
    let computers: Vec<Computer> = (0..5).map(|_| Computer::of(&world, EMAIL)).collect();
    let mut way = Way::default();
    let mut turn = computers.iter().enumerate().cycle();
    let mut done = HashSet::new();
    // Five and the number of verbs have no divisor in common: after five rounds each has done each.
    for _ in 0..computers.len() {
        for verb in CHANGES {
            let (number, computer) = turn.next().expect("it never ends");
            computer.sync();
            way.step(computer.cli(), verb);
            computer.sync();
            done.insert((number, verb));
        }
        way.again();
    }
    assert_eq!(done.len(), computers.len() * CHANGES.len());
    assert_agree(&computers.iter().collect::<Vec<_>>());
    assert_eq!(computers[0].tasks(), ["Phone"; 5]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_subscribed_to_is_told_and_changes_nothing() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::of(&world, EMAIL);
    desk.sync();
    assert_eq!(desk.cli().object(&["account"])["tier"], "free");
    world.sql("update public.profiles set tier = 'flow'").await;
    let report = desk.sync();
    assert_eq!(
        (&report["pulled"], &report["pushed"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(desk.cli().object(&["account"])["tier"], "flow");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_live_a_second_are_renewed_for_every_command() {
    let world = start_with(Settings {
        token_life: Duration::from_secs(1),
        ..Settings::default()
    })
    .await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    for number in 0..5 {
        desk.add(&format!("{number}"));
        assert_agree(&[&desk, &lap]);
    }
    assert_eq!(lap.tasks().len(), 5);
}

/// Works on two computers until the server has renewed so many tokens.
async fn work_over_refreshes(token_life: Duration, refreshes: usize) {
    let settings = Settings {
        token_life,
        ..Settings::default()
    };
    let world = start_with(settings).await;
    world.sign_up().await;
    let (desk, lap) = (Computer::of(&world, EMAIL), Computer::of(&world, EMAIL));
    let daemon = Daemon::start(&desk.machine);
    let of_tokens = || {
        let requests = world.server.requests();
        requests.count(|answered| answered.path == TOKEN && answered.status == Some(200))
    };
    let before = of_tokens();
    let mut kept = 0;
    while of_tokens() < before + refreshes {
        desk.add(&format!("Desk {kept}"));
        lap.add(&format!("Lap {kept}"));
        kept += 1;
        lap.sync();
    }
    assert_agree(&[&desk, &lap]);
    assert_eq!(lap.tasks().len(), 2 * kept);
    let refused = world.server.requests();
    let refused = refused.count(|answered| answered.status == Some(401));
    assert_eq!(refused, 0, "each was renewed before it was used up");
    assert!(daemon.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_over_many_tokens() {
    let seconds = Duration::from_secs;
    // Each computer renews its own after half of its life.
    if std::env::var_os("PARTICLE_LONG").is_some() {
        work_over_refreshes(seconds(5), 100).await;
        work_over_refreshes(seconds(90), 8).await;
    } else {
        work_over_refreshes(seconds(5), 6).await;
    }
}
