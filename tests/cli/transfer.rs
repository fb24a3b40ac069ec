//! Everything out to a file and in again, as a person does it.

use std::fs;

use particle_tests::{Cli, Machine, Program, eventually};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::UnixStream;

use crate::owner::{Owner, Setting};

/// A machine with a little of everything.
fn used_machine() -> Machine {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book", "--brightness", "0.55"]);
    cli.object(&[
        "add",
        "=1+1, \"Ümlaut\"",
        "--minutes",
        "30",
        "--project",
        "Book",
    ]);
    let deleted = cli.object(&["add", "Deleted", "--minutes", "30"]);
    cli.object(&["delete", deleted["id"].as_str().expect("an id")]);
    cli.object(&["intention", "Finish the draft", "--date", "2026-03-01"]);
    cli.object(&["setting", "set", "daily_goal", "7"]);
    machine
}

/// The exported document without the moment of the export.
fn document(machine: &Machine) -> Value {
    let mut document = Cli::on(machine).run(&["export", "--format", "json"]);
    assert_eq!(document.code, 0, "{document:?}");
    let mut document: Value = serde_json::from_str(&document.stdout.split_off(0)).expect("JSON");
    document
        .as_object_mut()
        .expect("an object")
        .remove("exported_at")
        .expect("a moment");
    document
}

#[rstest]
#[tokio::test]
async fn everything_goes_to_another_machine_and_stays_as_it_was(
    #[values(Owner::Nobody, Owner::Daemon)] owner: Owner,
) {
    let from = used_machine();
    let setting = Setting::with(owner).await;
    let (to, cli) = (setting.machine(), setting.cli());
    let file = to.home().join("everything");
    let exported = Cli::on(&from).object(&["export", "--format", "json", file.to_str().unwrap()]);
    assert_eq!(
        exported,
        json!({ "particles": 2, "projects": 1, "intentions": 1, "settings": 1 })
    );
    let report = cli.object(&["import", file.to_str().unwrap()]);
    assert_eq!(
        report["particles"],
        json!({ "new": 2, "changed": 0, "unchanged": 0 })
    );
    assert_eq!(report["format"], "particle_json");
    assert_eq!(
        (&report["skipped_count"], &report["skipped"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(document(to), document(&from));
    let again = cli.object(&["import", file.to_str().unwrap()]);
    assert_eq!(
        again["particles"],
        json!({ "new": 0, "changed": 0, "unchanged": 2 })
    );
    assert_eq!(document(to), document(&from));
    let beside = fs::read_dir(to.home()).expect("a folder").flatten();
    let left: Vec<_> = beside.map(|entry| entry.file_name()).collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().starts_with(".tmp")),
        "{left:?}"
    );
}

#[test]
fn an_export_is_the_document_that_scripts_rely_on() {
    let machine = used_machine();
    let document = document(&machine);
    let names: Vec<&String> = document.as_object().expect("an object").keys().collect();
    assert_eq!(
        names,
        ["intentions", "particles", "projects", "settings", "version"]
    );
    assert_eq!(document["version"], 1);
    let particles = document["particles"].as_array().expect("a list");
    let flags: Vec<_> = particles
        .iter()
        .map(|p| p["deleted"].as_bool().unwrap())
        .collect();
    assert!(flags.contains(&true), "deleted ones are there, too");
    let listed = Cli::on(&machine).list().remove(0);
    let mut exported = particles
        .iter()
        .find(|p| p["id"] == listed["id"])
        .unwrap()
        .clone();
    let stamps = exported
        .as_object_mut()
        .unwrap()
        .remove("stamps")
        .expect("stamps");
    assert_eq!(exported, listed, "rows are as in a list");
    assert_eq!(stamps.as_object().unwrap().len(), 6);
    assert_eq!(document["projects"][0]["brightness"], 0.55);
    assert_eq!(document["settings"][0]["id"], "daily_goal");
    assert_eq!(document["settings"][0]["value"], 7);
}

#[test]
fn a_table_goes_to_another_machine_and_no_cell_of_it_is_a_formula() {
    let from = used_machine();
    let to = Machine::new();
    let table = Cli::on(&from).run(&["export", "--format", "csv"]).stdout;
    assert!(table.contains("\"'=1+1, \"\"Ümlaut\"\"\""), "{table}");
    assert!(
        table.lines().count() == 3 && table.ends_with("\r\n"),
        "{table}"
    );
    let file = to.home().join("table");
    to.write(&file, table.as_bytes());
    let report = Cli::on(&to).object(&["import", "table"]);
    assert_eq!(
        (&report["format"], &report["particles"]["new"]),
        (&json!("particle_csv"), &json!(2))
    );
    assert_eq!(
        Cli::on(&to).run(&["export", "--format", "csv"]).stdout,
        table
    );
    assert_eq!(Cli::on(&to).list()[0]["task"], "=1+1, \"Ümlaut\"");
}

#[test]
fn an_export_replaces_a_file_whole_or_not_at_all() {
    let machine = used_machine();
    let cli = Cli::on(&machine);
    let file = machine.home().join("export.json");
    machine.write(&file, b"before");
    cli.object(&["export", "--format", "json", "export.json"]);
    let text = fs::read_to_string(&file).expect("a text");
    serde_json::from_str::<Value>(&text).expect("a whole document");
    let (code, _) = cli.error(&["export", "--format", "json", "nowhere/export.json"]);
    assert_eq!(code, "io");
    assert_eq!(
        cli.run(&["export", "--format", "json", "/dev/null"]).code,
        0
    );
    let (code, _) = cli.error(&["export", "--format", "json", "data"]);
    assert_eq!(code, "io", "a folder is no file");
}

#[test]
fn what_cannot_be_imported_is_told_and_changes_nothing() {
    let machine = used_machine();
    let cli = Cli::on(&machine);
    let before = document(&machine);
    machine.write(&machine.home().join("diary"), b"Dear diary");
    machine.write(
        &machine.home().join("newer"),
        br#"{"version":2,"particles":[]}"#,
    );
    for (file, code) in [
        ("diary", "file_unknown"),
        ("newer", "file_newer"),
        ("nowhere", "io"),
        ("data", "file_unknown"),
        ("p/profiles/local.db", "file_unknown"),
    ] {
        let (told, message) = cli.error(&["import", file]);
        assert_eq!(told, code, "{message}");
        assert!(message.contains("Nothing was changed"), "{message}");
    }
    assert_eq!(document(&machine), before);
}

#[test]
fn a_row_that_cannot_be_taken_is_told_with_its_place_and_the_others_are() {
    let machine = Machine::new();
    let table = "started_at,ended_at,round_type,duration_secs,completed\n\
                 1700000000,1700001500,work,1500,1\n1700002000,,nap,1500,1\n";
    machine.write(&machine.home().join("sessions"), table.as_bytes());
    let report = Cli::on(&machine).object(&["import", "sessions"]);
    assert_eq!(report["particles"]["new"], 1);
    assert_eq!(report["skipped"][0]["place"], "line 3");
    let told = Cli::on(&machine).run(&["import", "sessions"]);
    assert!(
        told.stdout
            .contains("line 3: it is neither work nor a break"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_command_that_imports_answers_others_and_makes_room_for_the_app() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    let row = |n: i64| format!("{},,work,1500,1\n", 1_700_000_000 + n * 1500);
    let rows: String = (0..60_000).map(row).collect();
    let table = format!("started_at,ended_at,round_type,duration_secs,completed\n{rows}");
    machine.write(&machine.home().join("sessions"), table.as_bytes());
    let told = fs::File::create(machine.home().join("told")).expect("a file");
    let mut command = cli.command(&["import", "sessions", "--json"]);
    let mut importing = Program::start("particle import", command.stderr(told));
    let address = eventually("it can be reached", async || {
        fs::read_to_string(machine.data().join("owner.address")).map_err(|error| error.kind())
    })
    .await;
    assert_eq!(cli.object(&["status"])["state"], "idle");
    importing.check_alive();

    let app = UnixStream::connect(address).await.expect("it listens");
    let mut app = BufStream::new(app);
    let mut line = String::new();
    app.read_line(&mut line).await.expect("a greeting");
    app.write_all(b"\"show\"\n").await.expect("it reads");
    app.flush().await.expect("it reads");
    line.clear();
    app.read_line(&mut line).await.expect("an answer");
    assert_eq!(line.trim(), r#"{"welcomed":"makes_room"}"#);
    assert_eq!(importing.ended().await.code(), Some(1));
    let told = fs::read_to_string(machine.home().join("told")).expect("a text");
    let told: Value = serde_json::from_str(&told).expect("an error");
    assert_eq!(told["error"]["code"], "profile_in_use", "{told}");
    assert_eq!(cli.status()["state"], "idle", "and the folder is free");
}

/// The first to start is the first to end. What it answers for is longer.
#[tokio::test]
async fn two_imports_at_once_are_both_done_to_their_end() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    for (name, from, count) in [
        ("short", 1_500_000_000, 20_000),
        ("long", 1_600_000_000, 60_000),
    ] {
        let row = |n: i64| format!("{},,work,1500,1\n", from + n * 1500);
        let rows: String = (0..count).map(row).collect();
        let table = format!("started_at,ended_at,round_type,duration_secs,completed\n{rows}");
        machine.write(&machine.home().join(name), table.as_bytes());
    }
    let mut command = cli.command(&["import", "short", "--json"]);
    let mut short = Program::start("particle import", &mut command);
    eventually("it can be reached", async || {
        fs::metadata(machine.data().join("owner.address")).map_err(|error| error.kind())
    })
    .await;
    let long = cli.object(&["import", "long"]);
    assert_eq!(long["particles"]["new"], 60_000);
    assert_eq!(short.ended().await.code(), Some(0));
    let all = document(&machine);
    assert_eq!(all["particles"].as_array().map(Vec::len), Some(80_000));
}

#[test]
fn the_intention_of_today_is_said_shown_and_listed() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    assert_eq!(cli.error(&["intention"]).0, "not_found");
    let made = cli.object(&["intention", "list the chapters"]);
    assert_eq!(
        (&made["status"], &made["deleted"]),
        (&json!("open"), &json!(false))
    );
    assert_eq!(cli.object(&["intention"]), made);
    let done = cli.object(&["intention", "--status", "done"]);
    assert_eq!(
        (&done["status"], &done["text"]),
        (&json!("done"), &made["text"])
    );
    cli.object(&["intention", "Before", "--date", "2026-03-01"]);
    let listed = cli.run(&["intention", "list", "--json"]).objects();
    assert_eq!((listed.len(), &listed[0]), (2, &done));
    cli.object(&["intention", "delete"]);
    assert_eq!(
        cli.run(&["intention", "list", "--deleted", "--json"])
            .objects()
            .len(),
        1
    );
    assert_eq!(cli.object(&["intention", "restore"]), done);
    assert_eq!(cli.run(&["intention", "x", "--date", "2026-02-30"]).code, 2);
    assert_eq!(
        cli.error(&["intention", &"x".repeat(201)]).0,
        "intention_invalid"
    );
}
