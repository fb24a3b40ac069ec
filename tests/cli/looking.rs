//! Looking back: numbers, days, backups and the doctor, as a script meets them.

use std::fs;

use particle_tests::{Cli, Machine};
use serde_json::{Value, json};

/// Half an hour that ends then. From 15:00 to 15:59 UTC it is the same day everywhere, from its boundary on.
fn add(cli: Cli, task: &str, ended_at: &str) -> Value {
    cli.object(&["add", task, "--minutes", "30", "--ended-at", ended_at])
}

fn id(object: &Value) -> &str {
    object["id"].as_str().expect("it has an id")
}

#[test]
fn stats_add_up_by_project_and_day_and_count_no_minute_twice() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    let book = cli.object(&["project", "add", "Book"]);
    let first = add(cli, "Write", "2026-03-01T15:30:00Z");
    cli.object(&["edit", id(&first), "--project", "Book"]);
    add(cli, "Meanwhile", "2026-03-01T15:45:00Z");
    add(cli, "Read", "2025-03-02T15:30:00Z");
    let year = cli.object(&["stats", "--year", "2026"]);
    assert_eq!(
        year["total"],
        json!({ "particles": 2, "focus_seconds": 2700, "break_seconds": 0 })
    );
    assert_eq!(
        year["projects"],
        json!([
            { "project_id": book["id"], "name": "Book", "particles": 1, "focus_seconds": 1800 },
            { "project_id": null, "name": null, "particles": 1, "focus_seconds": 900 },
        ])
    );
    let days = year["days"].as_array().expect("days");
    assert_eq!(days.len(), 1);
    assert_eq!(
        (&days[0]["day"], &days[0]["focus_seconds"]),
        (&json!("2026-03-01"), &json!(2700))
    );
    assert_eq!(cli.object(&["stats"])["total"]["particles"], 3);
    let said = cli.run(&["stats", "--year", "26"]);
    assert_eq!(said.code, 2, "{said:?}");
}

#[test]
fn a_list_shows_projects_by_name_and_a_moved_particle_where_it_was_moved() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    let particle = add(cli, "Write", "2026-03-01T15:30:00Z");
    let start = "2026-02-01T15:00:00Z";
    let edit = [
        "edit",
        id(&particle),
        "--project",
        "Book",
        "--started-at",
        start,
    ];
    let moved = cli.object(&edit);
    assert_eq!(moved["started_at"], start);
    assert_eq!(moved["ended_at"], "2026-02-01T15:30:00Z");
    let listed = cli.run(&["list", "--from", "2026-02-01", "--to", "2026-02-02"]);
    assert!(listed.stdout.ends_with("Write  #Book\n"), "{listed:?}");
    let (code, _) = cli.error(&[
        "edit",
        id(&particle),
        "--started-at",
        "2999-01-01T12:00:00Z",
    ]);
    assert_eq!(code, "time_invalid");
    let (code, _) = cli.error(&["project", "add", "none"]);
    assert_eq!(code, "name_invalid");
}

#[test]
fn a_backup_can_be_made_listed_and_restored() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    add(cli, "Kept", "2026-03-01T12:00:00Z");
    let made = cli.object(&["backup", "make"]);
    let name = made["name"].as_str().expect("a name");
    add(cli, "Later", "2026-03-02T12:00:00Z");
    let names: Vec<_> = cli.run(&["backup", "list", "--json"]).objects();
    assert!(
        names.iter().any(|backup| backup["name"] == name),
        "{names:?}"
    );

    let restored = cli.object(&["backup", "restore", name]);
    let aside = restored["moved_aside"].as_str().expect("a path");
    assert!(fs::metadata(aside).is_ok(), "what was there is kept");
    let tasks: Vec<_> = cli.list().iter().map(|p| p["task"].clone()).collect();
    assert_eq!(tasks, ["Kept"]);
    assert_eq!(cli.error(&["backup", "restore", "../local"]).0, "not_found");
}

#[test]
fn the_doctor_ends_with_1_when_something_is_wrong() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    assert_eq!(cli.object(&["doctor"])["ok"], true, "before the first use");
    let particle = add(cli, "Kept", "2026-03-01T12:00:00Z");
    let well = cli.object(&["doctor"]);
    assert_eq!(
        well["counts"]["particle"],
        json!({ "kept": 1, "deleted": 0 })
    );
    let months = well["digest"]["particle"].as_object().expect("months");
    assert!(months.keys().eq(["2026-03"]), "{months:?}");
    cli.object(&["delete", id(&particle)]);
    assert_ne!(cli.object(&["doctor"])["digest"], well["digest"]);

    let mut bytes = fs::read(machine.profile()).expect("the profile");
    bytes[3 * 4096..4 * 4096].fill(0xA5);
    fs::write(machine.profile(), &bytes).expect("our own file");
    let said = cli.run(&["doctor", "--json"]);
    let found: Value = serde_json::from_str(&said.stdout).expect("one object");
    assert_eq!((said.code, &found["ok"]), (1, &json!(false)), "{said:?}");
    assert!(
        fs::read(machine.profile()).expect("still there") == bytes,
        "nothing is moved"
    );
}
