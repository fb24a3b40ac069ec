//! The past in the window: looked at, corrected, deleted and taken back, by the keyboard alone.

use particle_tests::{Cli, Desktop, Machine, Window, eventually};
use serde_json::{Value, json};

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const DOWN: char = '\u{E015}';
const DELETE: char = '\u{E017}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_past_is_corrected_deleted_and_taken_back_by_keyboard() {
    let machine = Machine::new();
    machine.choose_look("dark", "en");
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Book"]);
    cli.run_in_the_past("-2h", &["add", "Read a paper", "--minutes", "30"]);
    cli.object(&["add", "Write", "--minutes", "25", "--project", "Book"]);
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;

    window.press('h').await;
    lists(&window, &["Write Book", "Read a paper"]).await;
    window.press(DOWN).await;
    window.press(DOWN).await;
    window.press(ENTER).await;
    window.type_into("form-task", "Two papers").await;
    window.type_into("form-task", &ENTER.to_string()).await;
    lists(&window, &["Write Book", "Two papers"]).await;
    let kept = cli.list();
    assert_eq!(kept[1]["task"], "Two papers", "{kept:?}");
    assert_eq!(kept[1]["duration_seconds"], 1800, "the rest is as it was");

    window.press(DELETE).await;
    lists(&window, &["Write Book"]).await;
    assert_eq!(cli.list().len(), 1, "deleted");
    window.press_with_control('z').await;
    lists(&window, &["Write Book", "Two papers"]).await;
    assert_eq!(cli.list(), kept, "as if nothing was");

    window.press(ESCAPE).await;
    eventually("the view is left, and no timer was touched", async || {
        let open = window.count("[data-testid=history]").await;
        if open == 0 { Ok(()) } else { Err(open) }
    })
    .await;
    assert_eq!(cli.status()["state"], "idle");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_is_made_and_renamed_and_its_particles_show_it() {
    let machine = Machine::new();
    machine.choose_look("light", "de");
    let cli = Cli::on(&machine);
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;

    window.press('p').await;
    window.part("add-project").await.click().await.unwrap();
    window.type_into("project-name", "Buch").await;
    window.type_into("project-name", &ENTER.to_string()).await;
    eventually("the project is listed", async || {
        let listed = window.count("[data-testid=project]").await;
        if listed == 1 { Ok(()) } else { Err(listed) }
    })
    .await;
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

/// Waits until the history lists these, each as task and project.
async fn lists(window: &Window, expected: &[&str]) {
    let rows = "return [...document.querySelectorAll('[data-testid=particle]')]
        .map((row) => [...row.querySelectorAll('.task, .project')]
            .map((part) => part.textContent).join(' '))";
    eventually(&format!("the history lists {expected:?}"), async || {
        let seen: Value = window.ask(rows).await;
        if seen == json!(expected) {
            Ok(())
        } else {
            Err(seen)
        }
    })
    .await;
}
