//! Every verb that writes leaves exactly one change in the outbox: of which row, and of which fields.

use std::time::Duration;

use particle_tests::{Cli, Clocks, Daemon, Machine};
use rstest::rstest;
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

/// A particle without a project, one that is deleted, and projects in every state.
struct Past {
    machine: Machine,
    particle: String,
    deleted_particle: String,
    book: String,
    archived: String,
    deleted_project: String,
}

const PARTICLE: &[&str] = &["deleted", "kind", "preset", "project_id", "task", "time"];
const PROJECT: &[&str] = &["archived", "brightness", "deleted", "name"];
const INTENTION: &[&str] = &["deleted", "project_id", "status", "text"];
const SETTING: &[&str] = &["deleted", "value"];

/// Which row a verb is to change.
#[derive(Debug, Clone, Copy)]
enum Changes {
    /// The one whose id it prints.
    New,
    /// The one it was told of.
    Told,
}

/// A setting goes by its name.
fn id(object: &Value) -> String {
    let id = object.get("id").unwrap_or(&object["key"]);
    id.as_str().expect("an id").into()
}

async fn database(machine: &Machine) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(machine.profile());
    options.connect().await.expect("a database")
}

/// Row ids, entities and fields, in the order of the fields' names.
async fn outbox(machine: &Machine) -> Vec<(String, String, Vec<String>)> {
    let mut database = database(machine).await;
    let rows = sqlx::query("select row_id, entity, fields from outbox order by position");
    let rows = rows.fetch_all(&mut database).await.expect("an outbox");
    let change = |row: &sqlx::sqlite::SqliteRow| {
        let fields: String = row.get("fields");
        let mut fields: Vec<String> = serde_json::from_str(&fields).expect("names");
        fields.sort();
        (row.get("row_id"), row.get("entity"), fields)
    };
    let changes = rows.iter().map(change).collect();
    database.close().await.expect("it closes");
    changes
}

/// A server answered for everything.
async fn acknowledge(machine: &Machine) {
    let mut database = database(machine).await;
    let cleared = sqlx::query("delete from outbox");
    cleared.execute(&mut database).await.expect("an outbox");
    database.close().await.expect("it closes");
}

impl Past {
    async fn new() -> Self {
        let machine = Machine::new();
        let cli = Cli::on(&machine);
        let add = |task| id(&cli.object(&["add", task, "--minutes", "30"]));
        let project = |name| id(&cli.object(&["project", "add", name]));
        let (particle, deleted_particle) = (add("Write"), add("Deleted"));
        let (book, archived) = (project("Book"), project("Archived"));
        let deleted_project = project("Gone");
        cli.object(&["delete", &deleted_particle]);
        cli.object(&["project", "archive", &archived]);
        cli.object(&["project", "delete", &deleted_project]);
        cli.object(&["setting", "set", "daily_goal", "3"]);
        cli.object(&["intention", "Draft", "--date", "2026-03-01"]);
        cli.object(&["intention", "Gone", "--date", "2026-03-02"]);
        cli.object(&["intention", "delete", "2026-03-02"]);
        acknowledge(&machine).await;
        Self {
            machine,
            particle,
            deleted_particle,
            book,
            archived,
            deleted_project,
        }
    }

    /// `argument` with the id that its placeholder stands for.
    fn fill(&self, argument: &str) -> String {
        match argument {
            "PARTICLE" => &self.particle,
            "DELETED" => &self.deleted_particle,
            "BOOK" => &self.book,
            "ARCHIVED" => &self.archived,
            "GONE" => &self.deleted_project,
            other => other,
        }
        .into()
    }
}

#[rstest]
#[case::add(Changes::New, "particle", PARTICLE, &["add", "Call", "--minutes", "5"])]
#[case::add_to_a_project(Changes::New, "particle", PARTICLE, &["add", "Call", "--minutes", "5", "--project", "Book"])]
#[case::edit_task(Changes::Told, "particle", &["task"], &["edit", "PARTICLE", "--task", "Read"])]
#[case::edit_minutes(Changes::Told, "particle", &["time"], &["edit", "PARTICLE", "--minutes", "29"])]
#[case::edit_project(Changes::Told, "particle", &["project_id"], &["edit", "PARTICLE", "--project", "BOOK"])]
#[case::edit_all(Changes::Told, "particle", &["project_id", "task", "time"],
    &["edit", "PARTICLE", "--task", "Read", "--minutes", "29", "--project", "Book"])]
#[case::edit_what_differs(Changes::Told, "particle", &["task"],
    &["edit", "PARTICLE", "--task", "Read", "--minutes", "30", "--project", "none"])]
#[case::delete(Changes::Told, "particle", &["deleted"], &["delete", "PARTICLE"])]
#[case::restore(Changes::Told, "particle", &["deleted"], &["restore", "DELETED"])]
#[case::add_project(Changes::New, "project", PROJECT, &["project", "add", "Garden"])]
#[case::rename_project(Changes::Told, "project", &["name"], &["project", "rename", "BOOK", "Novel"])]
#[case::brightness_of_project(Changes::Told, "project", &["brightness"], &["project", "brightness", "BOOK", "0.5"])]
#[case::archive_project(Changes::Told, "project", &["archived"], &["project", "archive", "BOOK"])]
#[case::unarchive_project(Changes::Told, "project", &["archived"], &["project", "unarchive", "ARCHIVED"])]
#[case::delete_project(Changes::Told, "project", &["deleted"], &["project", "delete", "BOOK"])]
#[case::restore_project(Changes::Told, "project", &["deleted"], &["project", "restore", "GONE"])]
#[case::intention(Changes::New, "intention", INTENTION, &["intention", "Rest", "--project", "Book"])]
#[case::intention_text(Changes::Told, "intention", &["text"], &["intention", "Rest", "--date", "2026-03-01"])]
#[case::intention_became(Changes::New, "intention", &["project_id", "status"],
    &["intention", "--date", "2026-03-01", "--status", "let_go", "--project", "BOOK"])]
#[case::delete_intention(Changes::Told, "intention", &["deleted"], &["intention", "delete", "2026-03-01"])]
#[case::restore_intention(Changes::Told, "intention", &["deleted"], &["intention", "restore", "2026-03-02"])]
#[case::intention_anew(Changes::New, "intention", &["deleted", "text"], &["intention", "Anew", "--date", "2026-03-02"])]
#[case::set(Changes::New, "setting", SETTING, &["setting", "set", "overflow", "false"])]
#[case::set_again(Changes::New, "setting", &["value"], &["setting", "set", "daily_goal", "none"])]
#[case::reset(Changes::New, "setting", &["deleted"], &["setting", "reset", "daily_goal"])]
#[tokio::test]
async fn every_write_verb_leaves_exactly_one_change(
    #[case] changes: Changes,
    #[case] entity: &str,
    #[case] fields: &[&str],
    #[case] verb: &[&str],
) {
    let past = Past::new().await;
    let filled: Vec<String> = verb.iter().map(|word| past.fill(word)).collect();
    let arguments: Vec<&str> = filled.iter().map(String::as_str).collect();
    let printed = Cli::on(&past.machine).object(&arguments);
    if let Changes::Told = changes {
        assert!(filled.contains(&id(&printed)), "{printed}");
    }
    let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
    let expected = [(id(&printed), entity.to_owned(), fields)];
    assert_eq!(outbox(&past.machine).await, expected);
}

#[tokio::test]
async fn a_merge_leaves_what_moved_and_the_project_that_ended() {
    let past = Past::new().await;
    let cli = Cli::on(&past.machine);
    cli.object(&["edit", &past.particle, "--project", &past.book]);
    acknowledge(&past.machine).await;
    let merged = cli.object(&["project", "merge", "Book", &past.archived]);
    assert_eq!(id(&merged), past.archived, "{merged}");
    let fields = |field: &str| vec![field.to_owned()];
    let mut expected = [
        (
            past.particle.clone(),
            "particle".into(),
            fields("project_id"),
        ),
        (past.book.clone(), "project".into(), fields("deleted")),
    ];
    let mut waiting = outbox(&past.machine).await;
    waiting.sort();
    expected.sort();
    assert_eq!(waiting, expected);

    cli.object(&["project", "restore", "Book"]);
    let listed = cli.run(&["list", "--project", "Book", "--json"]).objects();
    assert_eq!(id(&listed[0]), past.particle, "{listed:?}");
    let (code, _) = cli.error(&["project", "merge", "Book", &past.book]);
    assert_eq!(code, "same_project");
}

#[tokio::test]
async fn what_changes_nothing_leaves_nothing() {
    let past = Past::new().await;
    let cli = Cli::on(&past.machine);
    for verb in [
        &["edit", "PARTICLE"][..],
        &[
            "edit",
            "PARTICLE",
            "--task",
            " Write ",
            "--minutes",
            "30",
            "--project",
            "none",
        ],
        &["delete", "DELETED"],
        &["project", "rename", "Book", "Book"],
        &["project", "brightness", "BOOK", "1"],
        &["project", "archive", "ARCHIVED"],
        &["project", "unarchive", "BOOK"],
        &["project", "delete", "GONE"],
        &["project", "list"],
        &["setting", "list"],
        &["intention", "list"],
        &["intention", "--date", "2026-03-01"],
        &[
            "intention",
            "Draft",
            "--date",
            "2026-03-01",
            "--status",
            "open",
        ],
        &["export", "--format", "json"],
        &["export", "--format", "csv", "table.csv"],
        &["setting", "set", "daily_goal", "3"],
        &["setting", "reset", "overflow"],
        &["list"],
        &["add", "Other", "--minutes", "5", "--id", "PARTICLE"],
    ] {
        let filled: Vec<String> = verb.iter().map(|word| past.fill(word)).collect();
        let arguments: Vec<&str> = filled.iter().map(String::as_str).collect();
        assert_eq!(cli.run(&arguments).code, 0, "{verb:?}");
        assert_eq!(outbox(&past.machine).await, [], "{verb:?}");
    }
    for verb in [
        &["restore", "PARTICLE"][..],
        &["edit", "DELETED", "--task", "a"],
    ] {
        let filled: Vec<String> = verb.iter().map(|word| past.fill(word)).collect();
        let arguments: Vec<&str> = filled.iter().map(String::as_str).collect();
        cli.error(&arguments);
        assert_eq!(outbox(&past.machine).await, [], "{verb:?}");
    }
}

/// Verbs that were run some time ago, and how many particles the last one keeps.
#[rstest]
#[case::stop(&[("-5m", "start")], "stop", 1)]
#[case::stop_of_next_to_nothing(&[("-30s", "start")], "stop", 0)]
#[case::start_of_a_break(&[("-15m", "start"), ("-9m", "finish")], "start", 0)]
#[case::end_of_a_break(&[("-15m", "start"), ("-9m", "finish"), ("-4m", "start")], "finish", 1)]
#[case::skip_of_a_break(&[("-15m", "start"), ("-9m", "finish"), ("-4m", "start")], "skip", 0)]
#[case::skip_of_an_offer(&[("-15m", "start"), ("-9m", "finish")], "skip", 0)]
#[tokio::test]
async fn what_is_kept_of_a_stretch_is_one_change(
    #[case] before: &[(&str, &str)],
    #[case] verb: &str,
    #[case] kept: usize,
) {
    let past = Past::new().await;
    let cli = Cli::on(&past.machine);
    for (since, verb) in before {
        cli.run_in_the_past(since, &[verb]);
    }
    acknowledge(&past.machine).await;
    cli.object(&[verb]);
    check_particles(&past.machine, kept).await;
}

#[tokio::test]
async fn starting_the_next_out_of_an_overflow_leaves_one_change() {
    let past = Past::new().await;
    let cli = Cli::on(&past.machine);
    let mut clocks = Clocks::of(&past.machine);
    let environment = clocks.environment(&past.machine);
    let environment = environment.map(|(name, value)| (name, value.into()));
    let _daemon = Daemon::start_with(&past.machine, environment);
    cli.object(&["start", "Write"]);
    clocks.sleep(Duration::from_mins(30));
    let over = cli.object(&["resume", "--count"]);
    assert_eq!(over["state"], "overflow");
    assert_eq!(cli.object(&["toggle"])["state"], "running");
    check_particles(&past.machine, 1).await;
}

#[tokio::test]
async fn an_ending_that_is_taken_back_leaves_one_change() {
    let past = Past::new().await;
    let cli = Cli::on(&past.machine);
    cli.run_in_the_past("-5m", &["start", "Write the end"]);
    cli.object(&["finish"]);
    let kept = cli.list();
    let kept = kept.iter().find(|kept| kept["task"] == "Write the end");
    let kept = id(kept.expect("it is kept"));
    acknowledge(&past.machine).await;
    cli.object(&["undo"]);
    let expected = [(kept, "particle".to_owned(), vec!["deleted".into()])];
    assert_eq!(outbox(&past.machine).await, expected);
}

#[tokio::test]
async fn an_import_leaves_one_change_a_row() {
    let past = Past::new().await;
    let sessions = "id,started_at,ended_at,round_type,duration_secs,completed\n\
                    1,1700000000,1700001500,work,1500,1\n\
                    2,1700002000,1700003500,work,1500,1\n";
    past.machine
        .write(&past.machine.home().join("sessions"), sessions.as_bytes());
    let cli = Cli::on(&past.machine);
    cli.object(&["import", "sessions"]);
    check_particles(&past.machine, 2).await;
    acknowledge(&past.machine).await;
    cli.object(&["import", "sessions"]);
    check_particles(&past.machine, 0).await;
}

/// So many particles are new, and nothing else is.
async fn check_particles(machine: &Machine, count: usize) {
    let changes = outbox(machine).await;
    assert_eq!(changes.len(), count, "{changes:?}");
    for (_, entity, fields) in &changes {
        assert_eq!(
            (entity.as_str(), fields.join(" ")),
            ("particle", PARTICLE.join(" "))
        );
    }
}

#[tokio::test]
async fn a_focus_that_was_timed_leaves_one_change_at_its_end() {
    let past = Past::new().await;
    let cli = Cli::on(&past.machine);
    cli.run_in_the_past("-5m", &["start", "Write", "--project", "Book"]);
    assert_eq!(
        outbox(&past.machine).await,
        [],
        "a running focus does not travel"
    );
    cli.object(&["finish"]);
    let kept = cli
        .list()
        .into_iter()
        .find(|p| p["project_id"] == *past.book);
    let kept = kept.expect("it is kept under its project");
    let fields: Vec<String> = PARTICLE.iter().map(ToString::to_string).collect();
    let expected = [(id(&kept), "particle".to_owned(), fields)];
    assert_eq!(outbox(&past.machine).await, expected);
}
