//! Correcting the past and gathering it under projects, as a script does it.

use chrono::{DateTime, Duration, Utc};
use particle_tests::{Cli, Machine};
use rstest::rstest;
use serde_json::{Value, json};

use crate::owner::{Owner, Setting};

const NOBODY: &str = "0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";

fn id(object: &Value) -> &str {
    object["id"].as_str().expect("an id")
}

fn tasks(cli: Cli<'_>, arguments: &[&str]) -> Vec<String> {
    let listed = cli
        .run(&[&["list", "--json"], arguments].concat())
        .objects();
    let task = |particle: &Value| particle["task"].as_str().expect("a text").to_owned();
    listed.iter().map(task).collect()
}

fn add(cli: Cli<'_>, task: &str, day: &str) -> Value {
    let ended_at = format!("{day}T16:00:00Z");
    cli.object(&["add", task, "--minutes", "30", "--ended-at", &ended_at])
}

/// The command refuses with this code, these words and one sentence or two, and changes nothing.
fn check_refused(cli: Cli<'_>, arguments: &[&str], exit: i32, code: &str, words: &str) {
    let all = || {
        let lists = [
            &["list", "--kind", "all", "--json"][..],
            &["list", "--deleted", "--json"],
            &["project", "list", "--json"],
            &["project", "list", "--deleted", "--json"],
        ];
        lists.map(|list| cli.run(list).objects())
    };
    let before = all();
    let said = cli.run(&[arguments, &["--json"]].concat());
    let (found, message) = said.error();
    assert_eq!((said.code, &*found), (exit, code), "{arguments:?} {said:?}");
    assert!(message.contains(words), "{message:?} says {words:?}");
    assert!(!message.contains('\n'), "{message:?}");
    let told = cli.run(arguments);
    assert_eq!((told.code, &*told.stdout), (exit, ""), "{told:?}");
    assert_eq!(all(), before, "{arguments:?} changed nothing");
}

#[rstest]
#[tokio::test]
async fn a_particle_is_corrected_deleted_and_restored(
    #[values(Owner::Nobody, Owner::Daemon)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    let cli = setting.cli();
    let book = cli.object(&["project", "add", "Book"]);
    let before = add(cli, "Write", "2026-03-01");
    let particle = id(&before);

    let minutes = ["edit", particle, "--minutes", "45"];
    let mut expected = before.clone();
    expected["duration_seconds"] = json!(2700);
    expected["planned_seconds"] = json!(2700);
    expected["ended_at"] = json!("2026-03-01T16:15:00Z");
    assert_eq!(
        cli.object(&minutes),
        expected,
        "it began then, and nobody planned it"
    );

    let emoji = "\u{1F469}\u{200D}\u{1F52C}a".repeat(50);
    assert_eq!(emoji.chars().count(), 200);
    for task in [
        emoji.as_str(),
        "'; drop table particles; --",
        "\u{202E}%_\\\"\u{1b}[31m",
        "",
    ] {
        let kept = cli.object(&["edit", particle, "--task", task])["task"].clone();
        assert_eq!(kept, task.replace('\u{1b}', " "));
    }
    expected = cli.object(&["edit", particle, "--task", "Read", "--project", "Book"]);
    assert_eq!(
        (&expected["task"], &expected["project_id"]),
        (&json!("Read"), &book["id"])
    );
    assert_eq!(cli.list(), [expected.clone()]);

    let mut deleted = expected.clone();
    deleted["deleted"] = json!(true);
    assert_eq!(cli.object(&["delete", particle]), deleted);
    assert_eq!(cli.list(), Vec::<Value>::new());
    assert_eq!(
        cli.run(&["list", "--deleted", "--json"]).objects(),
        [deleted]
    );
    check_refused(
        cli,
        &["edit", particle, "--task", "a"],
        1,
        "is_deleted",
        "restore it first",
    );

    assert_eq!(cli.object(&["restore", particle]), expected);
    check_refused(cli, &["restore", particle], 1, "not_deleted", "not deleted");
    let none = cli.object(&["edit", particle, "--project", "none"]);
    assert_eq!(none["project_id"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn a_project_is_made_renamed_archived_deleted_and_restored(
    #[values(Owner::Nobody, Owner::Daemon)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    let cli = setting.cli();
    let mut book = cli.object(&["project", "add", "  Book ", "--brightness", "0.55"]);
    let project = id(&book).to_owned();
    let expected = json!({
        "id": project, "name": "Book", "brightness": 0.55, "archived": false, "deleted": false,
    });
    assert_eq!(book, expected);
    book["name"] = json!("Novel");
    assert_eq!(cli.object(&["project", "rename", "Book", "Novel"]), book);
    book["brightness"] = json!(1.0);
    assert_eq!(cli.object(&["project", "brightness", &project, "1"]), book);
    book["archived"] = json!(true);
    assert_eq!(cli.object(&["project", "archive", "Novel"]), book);
    let garden = cli.object(&["project", "add", "Zen garden"]);
    let listed = cli.run(&["project", "list", "--json"]).objects();
    assert_eq!(listed, [garden, book.clone()], "archived ones last");
    book["archived"] = json!(false);
    assert_eq!(cli.object(&["project", "unarchive", "Novel"]), book);

    let started = cli.object(&["start", "Write", "--project", "Novel"]);
    assert_eq!(started["project"], *project);
    cli.object(&["stop"]);
    let kept = cli.object(&["add", "Write", "--minutes", "5", "--project", &project]);
    assert_eq!(kept["project_id"], *project);
    assert_eq!(tasks(cli, &["--project", "Novel"]), ["Write"]);

    book["deleted"] = json!(true);
    assert_eq!(cli.object(&["project", "delete", "Novel"]), book);
    assert_eq!(cli.list(), [kept], "its particles stay, and still name it");
    assert_eq!(tasks(cli, &["--project", &project]), ["Write"]);
    assert_eq!(tasks(cli, &["--project", "none"]), ["Write"]);
    check_refused(
        cli,
        &["list", "--project", "Novel"],
        1,
        "not_found",
        "Novel",
    );
    check_refused(
        cli,
        &["start", "--project", &project],
        1,
        "is_deleted",
        "restore it first",
    );
    let add = ["add", "a", "--minutes", "5", "--project", &project];
    check_refused(cli, &add, 1, "is_deleted", "restore it first");
    check_refused(
        cli,
        &["project", "rename", &project, "a"],
        1,
        "is_deleted",
        "restore",
    );
    assert_eq!(
        cli.run(&["project", "list", "--deleted", "--json"])
            .objects(),
        [book.clone()]
    );
    book["deleted"] = json!(false);
    assert_eq!(cli.object(&["project", "restore", "Novel"]), book);
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_found_or_kept_is_refused(
    #[values(Owner::Nobody, Owner::Daemon)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    let cli = setting.cli();
    let write = add(cli, "Write", "2026-03-01");
    let particle = id(&write);
    let refused = |arguments: &[&str], exit, code, words: &str| {
        check_refused(cli, arguments, exit, code, words);
    };
    for verb in [
        &["edit", NOBODY, "--task", "a"][..],
        &["delete", NOBODY],
        &["restore", NOBODY],
    ] {
        refused(verb, 1, "not_found", NOBODY);
    }
    for garbage in ["garbage", "", &particle[..8]] {
        refused(&["delete", garbage], 2, "usage", "ID");
    }
    for nobody in ["Nothing", "%", "' or 1=1 --", NOBODY] {
        refused(
            &["edit", particle, "--project", nobody],
            1,
            "not_found",
            nobody,
        );
        refused(&["start", "--project", nobody], 1, "not_found", nobody);
        refused(&["project", "delete", nobody], 1, "not_found", nobody);
        refused(&["project", "restore", nobody], 1, "not_found", nobody);
    }
    let (long, longer) = ("ä".repeat(51), "ä".repeat(40_000));
    for name in ["", " \t ", &long, &longer] {
        refused(
            &["project", "add", name],
            1,
            "name_invalid",
            "1 to 50 characters",
        );
        refused(
            &["start", "--project", name],
            1,
            "name_invalid",
            "1 to 50 characters",
        );
    }
    refused(
        &["list", "--project", &longer],
        1,
        "name_invalid",
        "1 to 50 characters",
    );
    for task in ["ä".repeat(201), "ä".repeat(40_000)] {
        refused(
            &["edit", particle, "--task", &task],
            1,
            "task_too_long",
            "200 characters",
        );
    }
    for minutes in ["0", "-1", "1441", "99999999"] {
        let verb = ["edit", particle, "--minutes", minutes];
        refused(&verb, 1, "length_out_of_range", "1 to 1440 minutes");
    }
    refused(
        &["edit", particle, "--minutes", "abc"],
        2,
        "usage",
        "--minutes",
    );
    for grey in ["0.29", "1.01", "-1", "NaN", "inf"] {
        let verb = ["project", "add", "Book", "--brightness", grey];
        refused(&verb, 1, "brightness_out_of_range", "0.3 to 1.0");
    }
    refused(
        &["project", "add", "Book", "--brightness", "grey"],
        2,
        "usage",
        "--brightness",
    );
    refused(&["list", "--kind", "nap"], 2, "usage", "--kind");
    refused(&["project"], 2, "usage", "");
}

#[test]
fn what_just_ended_can_be_made_longer() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    let now = cli.object(&["add", "Now", "--minutes", "30"]);
    let longer = cli.object(&["edit", id(&now), "--minutes", "45"]);
    assert_eq!(longer["duration_seconds"], 45 * 60);
    let moment = |key: &str| {
        longer[key]
            .as_str()
            .unwrap()
            .parse::<DateTime<Utc>>()
            .unwrap()
    };
    assert!(moment("ended_at") <= Utc::now());
    assert_eq!(
        moment("ended_at") - moment("started_at"),
        Duration::minutes(45)
    );
}

#[rstest]
#[tokio::test]
async fn a_name_that_two_projects_have_is_refused_with_their_ids(
    #[values(Owner::Nobody, Owner::Daemon)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    let cli = setting.cli();
    let two = [(); 2].map(|()| cli.object(&["project", "add", "Book"]));
    for verb in [
        &["project", "rename", "Book", "Novel"][..],
        &["project", "delete", "Book"],
        &["start", "--project", "Book"],
        &["list", "--project", "Book"],
        &["add", "a", "--minutes", "5", "--project", "Book"],
    ] {
        for one in &two {
            check_refused(cli, verb, 1, "name_ambiguous", id(one));
        }
    }
    cli.object(&["project", "rename", id(&two[0]), "Novel"]);
    let started = cli.object(&["start", "--project", "Book"]);
    assert_eq!(started["project"], two[1]["id"]);
}

#[test]
fn a_list_can_be_narrowed_in_every_way_at_once() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    for (task, day) in [
        ("Read", "2026-03-01"),
        ("Write", "2026-03-02"),
        ("Rewrite", "2026-03-03"),
    ] {
        let particle = add(cli, task, day);
        if task != "Rewrite" {
            cli.object(&["edit", id(&particle), "--project", "Book"]);
        }
    }
    assert_eq!(tasks(cli, &["--project", "Book"]), ["Write", "Read"]);
    assert_eq!(tasks(cli, &["--project", "none"]), ["Rewrite"]);
    let narrow = [
        "--project",
        "Book",
        "--search",
        "WRITE",
        "--from",
        "2026-03-02",
    ];
    assert_eq!(
        tasks(cli, &[&narrow[..], &["--to", "2026-03-02"]].concat()),
        ["Write"]
    );
    assert_eq!(tasks(cli, &["--kind", "all"]).len(), 3);
    assert_eq!(tasks(cli, &["--kind", "break"]), Vec::<String>::new());
    assert_eq!(tasks(cli, &["--deleted"]), Vec::<String>::new());
}

#[test]
fn a_particle_deleted_more_than_30_days_ago_is_gone() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    for (task, offset) in [("Long ago", "-31d"), ("Lately", "-29d")] {
        let particle = cli.run_in_the_past(offset, &["add", task, "--minutes", "5"]);
        cli.run_in_the_past(offset, &["delete", id(&particle)]);
        if task == "Long ago" {
            check_refused(
                cli,
                &["restore", id(&particle)],
                1,
                "restore_too_late",
                "30 days",
            );
        } else {
            cli.object(&["restore", id(&particle)]);
            cli.object(&["delete", id(&particle)]);
        }
    }
    assert_eq!(tasks(cli, &["--deleted"]), ["Lately"]);
}

#[test]
fn people_get_ids_to_go_on_with() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    let particle = add(cli, "Read", "2026-03-01");
    let book = cli.object(&["project", "add", "Book"]);
    assert!(cli.run(&["list"]).stdout.starts_with(id(&particle)));
    let listed = cli.run(&["project", "list"]);
    assert!(
        listed.stdout.starts_with(id(&book)) && listed.stdout.ends_with("Book\n"),
        "{listed:?}"
    );
    let deleted = cli.run(&["delete", id(&particle)]);
    assert!(deleted.stdout.ends_with("Read\n"), "{deleted:?}");
}
