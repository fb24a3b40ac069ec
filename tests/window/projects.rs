//! Projects in the window.

use chrono::{TimeDelta, Utc};
use particle_tests::{Cli, Desktop, Machine, Window, eventually};
use serde_json::Value;

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const TAB: char = '\u{E004}';
const LEFT: char = '\u{E012}';
const DOWN: char = '\u{E015}';
const DELETE: char = '\u{E017}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_is_made_renamed_and_put_away() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let window = Window::open(&machine, &desktop).await;

    window.press('p').await;
    window.click("add-project").await;
    window.fill("project-name", "Bok").await;
    window.press(ENTER).await;
    window.shows_so_many(1, "[data-testid=project]").await;
    let made = one_project(cli);
    assert_eq!(made["name"], "Bok");

    window.press(DOWN).await;
    window.press(ENTER).await;
    window.fill("project-name", "Book").await;
    window.press(ENTER).await;
    window.shows_so_many(0, "[data-testid=project-form]").await;
    let renamed = one_project(cli);
    assert_eq!(
        (&renamed["id"], &renamed["name"]),
        (&made["id"], &"Book".into())
    );
    assert!(window.text("project").await.contains("Book"));

    // A grey that is chosen and not saved is forgotten.
    window.press(ENTER).await;
    window.shows_so_many(1, "[data-testid=project-form]").await;
    window.press(TAB).await;
    window.has_focus("project-brightness").await;
    window.press(LEFT).await;
    window.press(ESCAPE).await;
    window.shows_so_many(0, "[data-testid=project-form]").await;
    assert_eq!(one_project(cli)["brightness"], renamed["brightness"]);

    window.click("project").await;
    window.click("project-archive").await;
    window.shows_so_many(1, "[data-testid=archived]").await;
    eventually("it is put away", async || {
        let project = one_project(cli);
        if project["archived"] == true {
            Ok(())
        } else {
            Err(project)
        }
    })
    .await;

    // What is closed is no row; the arrows stop at what opens it.
    window.press(DOWN).await;
    window
        .answers("return document.activeElement.tagName", "SUMMARY")
        .await;
    window.press(ENTER).await;
    window.shows_so_many(1, "details[open]").await;
    window.press(DOWN).await;
    window.has_focus("project").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_timer_shows_the_new_name_of_a_project() {
    let machine = Machine::new();
    machine.choose_look("light", "de");
    let cli = Cli::on(&machine);
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;

    window.press('p').await;
    window.click("add-project").await;
    window.type_into("project-name", "Buch").await;
    window.type_into("project-name", &ENTER.to_string()).await;
    window.shows_so_many(1, "[data-testid=project]").await;
    cli.object(&["start", "Schreiben", "--project", "Buch"]);
    window.press(ENTER).await;
    window.type_into("project-name", "Roman").await;
    window.type_into("project-name", &ENTER.to_string()).await;
    window.press(ESCAPE).await;
    eventually("the timer shows the new name", async || {
        let kind = window.text("kind").await;
        if kind == "Fokus · Roman" {
            Ok(())
        } else {
            Err(kind)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_and_a_grey_are_one_change_and_are_taken_back_as_one() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Bok"]);
    let before = one_project(cli);
    let window = Window::open(&machine, &desktop).await;

    window.press('p').await;
    window.shows_so_many(1, "[data-testid=project]").await;
    window.press(DOWN).await;
    window.press(ENTER).await;
    window.fill("project-name", "Book").await;
    window.press(TAB).await;
    window.has_focus("project-brightness").await;
    window.press(LEFT).await;
    window.click("project-save").await;
    window.shows_so_many(0, "[data-testid=project-form]").await;
    let changed = one_project(cli);
    assert_eq!(changed["name"], "Book");
    assert_ne!(changed["brightness"], before["brightness"]);

    window.press_with_control('z').await;
    eventually("both are back", async || {
        let project = one_project(cli);
        let is_back = ["name", "brightness"]
            .iter()
            .all(|part| project[part] == before[part]);
        if is_back { Ok(()) } else { Err(project) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_is_deleted_and_restored_with_its_particles() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    let before = one_project(cli);
    let read = cli.object(&["add", "Read", "--minutes", "25", "--project", "Book"]);
    let window = Window::open(&machine, &desktop).await;

    window.press('p').await;
    window.shows_so_many(1, "[data-testid=project]").await;
    window.press(DOWN).await;
    window.press(DELETE).await;
    window.shows_so_many(1, "[data-testid=deleted]").await;
    let left = cli.run(&["project", "list", "--json"]).objects();
    assert_eq!(left.len(), 0, "{left:?}");
    assert_eq!(cli.list().len(), 1, "what was done for it stays");

    window.press(DOWN).await;
    window
        .answers("return document.activeElement.tagName", "SUMMARY")
        .await;
    window.press(ENTER).await;
    window.shows_so_many(1, "details[open]").await;
    window.press(DOWN).await;
    window.has_focus("project").await;
    window.press(ENTER).await;
    window.shows_so_many(0, "[data-testid=deleted]").await;
    assert_eq!(one_project(cli)["id"], before["id"]);
    assert_eq!(cli.list()[0]["project_id"], read["project_id"]);
}

fn one_project(cli: Cli<'_>) -> Value {
    let mut projects = cli.run(&["project", "list", "--json"]).objects();
    assert_eq!(projects.len(), 1, "{projects:?}");
    projects.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_projects_of_one_name_become_one_and_two_again() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    for task in ["Read", "Write"] {
        let project = cli.object(&["project", "add", "Book"]);
        let id = project["id"].as_str().expect("an id");
        cli.object(&["add", task, "--minutes", "30", "--project", id]);
    }
    let window = Window::open(&machine, &desktop).await;
    window.press('p').await;
    window.shows_so_many(2, "[data-testid=project] small").await;
    window.press(DOWN).await;
    window.press(ENTER).await;
    window.click("project-merge-open").await;
    window.has_focus("merge-into").await;
    assert_eq!(window.barriers().await, Vec::<String>::new());
    window.click("project-merge").await;
    window
        .shows_so_many(
            1,
            "ul > li > [data-testid=project]:not([data-testid=deleted] *)",
        )
        .await;
    assert_eq!(one_project(cli)["name"], "Book");
    let of_book = || cli.run(&["list", "--project", "Book", "--json"]).objects();
    assert_eq!(of_book().len(), 2);

    window.press_with_control('z').await;
    window.shows_so_many(2, "[data-testid=project] small").await;
    let (code, _) = cli.error(&["list", "--project", "Book"]);
    assert_eq!(code, "name_ambiguous");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_tells_what_was_spent_on_it_and_leads_to_its_particles() {
    let machine = Machine::new();
    machine.choose_look("dark", "en");
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    let hours_ago = |hours: i64| (Utc::now() - TimeDelta::hours(hours)).to_rfc3339();
    let add = |task: &str, minutes: &str, ended_at: String, more: &[&str]| {
        let verb = ["add", task, "--minutes", minutes, "--ended-at", &ended_at];
        cli.object(&[&verb, more].concat());
    };
    let of_book = ["--project", "Book"];
    add("Chapter one", "30", hours_ago(3), &of_book);
    add("Letters", "20", hours_ago(1), &[]);
    let window = Window::open(&machine, &desktop).await;

    window.press('p').await;
    window.click("project").await;
    window.shows_so_many(3, "[data-testid=project-total]").await;
    tells(&window, "30 min", "1 particle").await;

    // Whatever comes meanwhile, from here or elsewhere.
    add("Chapter two", "45", hours_ago(2), &of_book);
    tells(&window, "1 h 15 min", "2 particles").await;

    window.click("project-particles").await;
    window.shows_so_many(2, "[data-testid=particle]").await;
    window.press(ESCAPE).await;
    window.shows_so_many(1, "[data-testid=project-form]").await;
}

async fn tells(window: &Window, time: &str, particles: &str) {
    let of = |name: &str| format!("{name}\n{time}\n{particles}");
    let all = ["This week", "This month", "Since it began"].map(of);
    let told = "return [...document.querySelectorAll('[data-testid=project-total]')]
                    .map((total) => total.innerText.trim())";
    window.answers(told, all.to_vec()).await;
}
