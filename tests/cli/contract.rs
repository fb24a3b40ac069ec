//! What scripts rely on: verbs, field names, exit codes. The same with the app and without it.

use chrono::{TimeDelta, Utc};
use particle_tests::{Cli, Machine, moment};
use rstest::rstest;
use serde_json::{Value, json};

use crate::owner::{Owner, Setting};

const STATUS: &[&str] = &[
    "countdown_ends_at",
    "ends_at",
    "kind",
    "next_project",
    "next_task",
    "overflow_seconds",
    "planned_seconds",
    "preset",
    "project",
    "remaining_seconds",
    "round",
    "sleep",
    "started_at",
    "state",
    "sync",
    "task",
    "today",
    "undo_until",
    "version",
];
const PARTICLE: &[&str] = &[
    "deleted",
    "duration_seconds",
    "ended_at",
    "id",
    "kind",
    "overflow_seconds",
    "planned_seconds",
    "preset",
    "project_id",
    "started_at",
    "task",
    "utc_offset_minutes",
];
const ID: &str = "0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";

fn fields(object: &Value) -> Vec<&str> {
    let mut names: Vec<_> = object
        .as_object()
        .expect("an object")
        .keys()
        .map(|k| &**k)
        .collect();
    names.sort_unstable();
    names
}

#[rstest]
#[tokio::test]
async fn a_status_has_the_fields_that_scripts_rely_on(
    #[values(Owner::Nobody, Owner::Daemon, Owner::App)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    let status = setting.cli().status();
    assert_eq!(fields(&status), STATUS);
    assert_eq!(
        fields(&status["today"]),
        ["focus_seconds", "goal", "particles"]
    );
    assert_eq!(
        fields(&status["sync"]),
        [
            "is_paused",
            "last_at",
            "next_at",
            "pending",
            "reason",
            "refused",
            "state",
            "upload"
        ]
    );
    let expected = json!({
        "state": "idle", "kind": "focus", "task": "", "project": null, "ends_at": null,
        "next_task": "", "next_project": null, "started_at": null, "remaining_seconds": 1500, "planned_seconds": 1500,
        "overflow_seconds": 0, "version": 0, "preset": "classic", "countdown_ends_at": null,
        "sleep": null, "undo_until": null, "round": { "done": 0, "of": 4 },
        "today": { "particles": 0, "focus_seconds": 0, "goal": null },
        "sync": { "state": "local", "pending": 0, "refused": 0, "last_at": null, "reason": null,
                  "next_at": null, "is_paused": false, "upload": null },
    });
    assert_eq!(status, expected);
    assert_eq!(
        setting.cli().object(&[]),
        expected,
        "without a verb it is the status"
    );
}

#[rstest]
#[tokio::test]
async fn the_verbs_steer_the_timer_and_print_what_it_does(
    #[values(Owner::Nobody, Owner::Daemon, Owner::App)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    let cli = setting.cli();
    let refused = |verb: &str, code: &str| {
        let said = cli.run(&[verb, "--json"]);
        assert_eq!((said.code, &*said.error().0), (1, code), "{verb}: {said:?}");
    };

    let started = cli.object(&["start", "Write", "the report", "--minutes", "45"]);
    assert_eq!(started["state"], "running", "{started}");
    assert_eq!(started["task"], "Write the report", "{started}");
    assert_eq!(started["planned_seconds"], 2700, "{started}");
    let left = moment(&started, "ends_at") - Utc::now();
    assert!(
        (left - TimeDelta::minutes(45)).abs() < TimeDelta::seconds(30),
        "{left} {started}"
    );
    assert_eq!(cli.status()["ends_at"], started["ends_at"], "the end stays");
    refused("start", "timer_busy");
    refused("resume", "timer_not_paused");

    let paused = cli.object(&["pause"]);
    assert_eq!(
        (&paused["state"], &paused["ends_at"]),
        (&json!("paused"), &Value::Null)
    );
    refused("pause", "timer_not_running");
    assert_eq!(cli.object(&["resume"])["state"], "running");
    assert_eq!(cli.object(&["toggle"])["state"], "paused");
    assert_eq!(cli.object(&["toggle"])["state"], "running");

    assert_eq!(cli.object(&["stop"])["state"], "idle");
    for verb in ["pause", "resume", "finish", "stop"] {
        refused(verb, "timer_idle");
    }
    assert_eq!(cli.object(&["toggle", "Another"])["task"], "Another");
    assert_eq!(cli.object(&["finish"])["state"], "idle");
    assert_eq!(
        cli.list(),
        Vec::<Value>::new(),
        "less than a minute is nothing"
    );
}

#[rstest]
#[tokio::test]
async fn a_finished_focus_is_listed_with_the_fields_that_scripts_rely_on(
    #[values(Owner::Nobody, Owner::Daemon, Owner::App)] owner: Owner,
) {
    let machine = Machine::new();
    let started =
        Cli::on(&machine).run_in_the_past("-10m", &["start", "Report", "--minutes", "52"]);
    let setting = Setting::on(machine, owner).await;
    let running = setting.cli().status();
    assert_eq!(running["ends_at"], started["ends_at"], "the timer goes on");

    let finished = setting.cli().object(&["finish"]);
    let kept = setting.cli().list();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let particle = &kept[0];
    assert_eq!(fields(particle), PARTICLE);
    let seconds = particle["duration_seconds"].as_i64().expect("a number");
    assert!(
        (600..660).contains(&seconds),
        "ten minutes, and what the steps took: {particle}"
    );
    let lasted = moment(particle, "ended_at") - moment(particle, "started_at");
    assert_eq!(lasted.num_seconds(), seconds, "{particle}");
    assert_eq!(particle["started_at"], started["started_at"]);
    let rest = json!([
        particle["kind"],
        particle["task"],
        particle["project_id"],
        particle["planned_seconds"],
        particle["overflow_seconds"],
        particle["preset"],
        particle["deleted"],
    ]);
    assert_eq!(
        rest,
        json!(["focus", "Report", null, 3120, 0, "custom", false])
    );
    assert_eq!(
        finished["today"],
        json!({ "particles": 1, "focus_seconds": seconds, "goal": null })
    );
}

#[rstest]
#[tokio::test]
async fn a_finished_focus_can_be_taken_back_and_its_break_taken_or_skipped(
    #[values(Owner::Nobody, Owner::Daemon, Owner::App)] owner: Owner,
) {
    let machine = Machine::new();
    let started = Cli::on(&machine).run_in_the_past("-10m", &["start", "Report"]);
    let setting = Setting::on(machine, owner).await;
    let cli = setting.cli();
    assert_eq!(cli.error(&["skip"]).0, "timer_no_break");
    assert_eq!(cli.error(&["undo"]).0, "timer_nothing_to_undo");
    assert_eq!(cli.error(&["resume", "--count"]).0, "timer_no_sleep");

    let finished = cli.object(&["finish"]);
    let next = json!([
        finished["state"],
        finished["kind"],
        finished["planned_seconds"],
        finished["round"]
    ]);
    assert_eq!(
        next,
        json!(["idle", "short_break", 300, { "done": 1, "of": 4 }])
    );
    let left = moment(&finished, "undo_until") - Utc::now();
    assert!(left <= TimeDelta::seconds(10), "{finished}");

    let undone = cli.object(&["undo"]);
    assert_eq!(undone["ends_at"], started["ends_at"], "it goes on");
    assert_eq!(cli.list(), Vec::<Value>::new());
    let id = cli.run(&["list", "--deleted", "--json"]).object()["id"].clone();
    cli.object(&["finish"]);
    assert_eq!(cli.list()[0]["id"], id, "one particle, whatever happened");

    let resting = cli.object(&["start"]);
    assert_eq!(
        (&resting["state"], &resting["kind"]),
        (&json!("running"), &json!("short_break"))
    );
    let skipped = cli.object(&["skip"]);
    assert_eq!(
        (&skipped["state"], &skipped["kind"]),
        (&json!("idle"), &json!("focus"))
    );
}

#[rstest]
#[tokio::test]
async fn adding_with_an_id_twice_keeps_one_particle(
    #[values(Owner::Nobody, Owner::Daemon, Owner::App)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    let add = [
        "add",
        "Call",
        "--minutes",
        "30",
        "--ended-at",
        "2026-03-01T17:30:00+01:00",
        "--id",
        ID,
    ];
    let first = setting.cli().object(&add);
    assert_eq!(fields(&first), PARTICLE);
    assert_eq!(first["id"], ID);
    assert_eq!(first["ended_at"], "2026-03-01T16:30:00Z");
    assert_eq!(first["started_at"], "2026-03-01T16:00:00Z");
    assert_eq!(first["duration_seconds"], 1800);

    let second = setting
        .cli()
        .object(&["add", "Other", "--minutes", "5", "--id", ID]);
    assert_eq!(second, first, "the second command changes nothing");
    assert_eq!(setting.cli().list(), [first]);
}

#[rstest]
#[tokio::test]
async fn a_list_has_one_object_a_line_newest_first_and_can_be_narrowed(
    #[values(Owner::Nobody, Owner::Daemon, Owner::App)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    for (task, day) in [
        ("100% done", "2026-03-01"),
        ("Walk", "2026-03-03"),
        ("Talk", "2026-03-02"),
    ] {
        // On this day in every zone that a machine of the tests may stand in.
        let ended_at = format!("{day}T16:00:00Z");
        setting
            .cli()
            .object(&["add", task, "--minutes", "30", "--ended-at", &ended_at]);
    }
    let tasks = |arguments: &[&str]| {
        let said = setting
            .cli()
            .run(&[&["list", "--json"], arguments].concat());
        let tasks = said
            .objects()
            .into_iter()
            .map(|p| p["task"].as_str().expect("a text").to_owned());
        tasks.collect::<Vec<_>>()
    };
    assert_eq!(tasks(&[]), ["Walk", "Talk", "100% done"]);
    assert_eq!(tasks(&["--from", "2026-03-02"]), ["Walk", "Talk"]);
    assert_eq!(tasks(&["--to", "2026-03-02"]), ["Talk", "100% done"]);
    assert_eq!(
        tasks(&["--from", "2026-03-02", "--to", "2026-03-02"]),
        ["Talk"]
    );
    assert_eq!(tasks(&["--search", "ALK"]), ["Walk", "Talk"]);
    assert_eq!(tasks(&["--search", "%"]), ["100% done"]);
    assert_eq!(tasks(&["--search", "nothing"]), Vec::<String>::new());
}

#[test]
fn people_get_text_without_colour_where_no_terminal_is() {
    let machine = Machine::new();
    let cli = Cli::on(&machine);
    cli.run(&["add", "Read a paper", "--minutes", "90"]);
    cli.run(&["start", "Write"]);
    let status = cli.run(&["status"]);
    assert!(status.stdout.starts_with("running   2"), "{status:?}");
    assert!(status.stdout.contains("left  Write\n"), "{status:?}");
    assert!(
        status.stdout.contains("today     1 particle, 1 h 30 min\n"),
        "{status:?}"
    );
    let list = cli.run(&["list"]);
    assert!(
        list.stdout.ends_with("1 h 30 min  Read a paper\n"),
        "{list:?}"
    );
    assert!(
        !status.stdout.contains('\u{1b}') && !list.stdout.contains('\u{1b}'),
        "no colour"
    );
    let refused = cli.run(&["start", "Again"]);
    assert_eq!((refused.code, &*refused.stdout), (1, ""), "{refused:?}");
    assert_eq!(
        refused.stderr,
        "A focus is already under way. Finish or stop it first.\n"
    );
}

#[test]
fn help_and_version_are_no_errors() {
    let machine = Machine::new();
    for arguments in [&["--help"][..], &["--version"], &["start", "--help"]] {
        let said = Cli::on(&machine).run(arguments);
        assert_eq!((said.code, &*said.stderr), (0, ""), "{said:?}");
        assert!(said.stdout.contains("particle"), "{said:?}");
    }
    assert!(
        !machine.profile().exists(),
        "asking for help makes no database"
    );
}
