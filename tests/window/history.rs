//! The past is corrected in the window, by keys alone.

use chrono::{TimeDelta, Utc};
use particle_tests::{Cli, Desktop, Machine, Window, eventually};

const ENTER: char = '\u{E007}';
const DOWN: char = '\u{E015}';
const DELETE: char = '\u{E017}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn yesterdays_particle_is_corrected_deleted_and_brought_back() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let yesterday = (Utc::now() - TimeDelta::days(1)).to_rfc3339();
    cli.object(&["add", "Cal", "--minutes", "50", "--ended-at", &yesterday]);
    cli.object(&["add", "Today", "--minutes", "25"]);
    let window = Window::open(&machine, &desktop).await;

    window.press('h').await;
    window.shows_so_many(2, "[data-testid=particle]").await;
    window.press(DOWN).await;
    window.press(DOWN).await;
    let added = cli.list().pop().expect("yesterday's");
    // Ten seconds are left to take it back.
    correct(&window).await;
    window.press_with_control('z').await;
    window.answers(FOCUSED, "Cal").await;
    assert_eq!(cli.list().pop(), Some(added), "as it was told");
    correct(&window).await;
    let corrected = cli.list().pop().expect("yesterday's");
    assert_eq!(
        (&corrected["task"], &corrected["duration_seconds"]),
        (&"Call".into(), &2700.into())
    );

    window.press(DELETE).await;
    window.shows_so_many(1, "[data-testid=particle]").await;
    window.press_with_control('z').await;
    window.shows_so_many(2, "[data-testid=particle]").await;
    assert_eq!(cli.list().pop(), Some(corrected.clone()), "as it was");

    window.answers(FOCUSED, "Call").await;
    window.press(DELETE).await;
    window.shows_so_many(1, "[data-testid=particle]").await;
    window.click("scope-deleted").await;
    eventually("the deleted one is shown alone", async || {
        let shown = window.ask(SHOWN).await;
        if shown == serde_json::json!(["Call"]) {
            Ok(())
        } else {
            Err(shown)
        }
    })
    .await;
    window.ask(FOCUS_CALL).await;
    window.press(ENTER).await;
    window.shows_so_many(0, "[data-testid=particle]").await;
    assert_eq!(cli.list().pop(), Some(corrected), "as it was");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_deletes_its_particle_hands_the_focus_to_the_neighbour() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    for (task, hours) in [("First", 3), ("Second", 2), ("Third", 1)] {
        let ended_at = (Utc::now() - TimeDelta::hours(hours)).to_rfc3339();
        cli.object(&["add", task, "--minutes", "25", "--ended-at", &ended_at]);
    }
    let window = Window::open(&machine, &desktop).await;
    window.press('h').await;
    window.shows_so_many(3, "[data-testid=particle]").await;
    window.press(DOWN).await;
    window.press(DOWN).await;
    window.answers(FOCUSED, "Second").await;

    window.press(ENTER).await;
    window.shows_so_many(1, "[data-testid=particle-form]").await;
    window
        .ask("document.querySelector('[data-testid=particle-delete]').focus()")
        .await;
    window.press(ENTER).await;
    window.shows_so_many(0, "[data-testid=particle-form]").await;
    window.answers(FOCUSED, "First").await;
    assert_eq!(cli.list().len(), 2);

    // The last of a list has the one above it.
    window.press(DELETE).await;
    window.shows_so_many(1, "[data-testid=particle]").await;
    window.answers(FOCUSED, "Third").await;
}

/// Through the form of the row that has the focus.
async fn correct(window: &Window) {
    window.press(ENTER).await;
    window.shows_so_many(1, "[data-testid=particle-form]").await;
    window.fill("form-task", "Call").await;
    window.fill("form-minutes", "45").await;
    window.press(ENTER).await;
    window.shows_so_many(0, "[data-testid=particle-form]").await;
    window.answers(FOCUSED, "Call").await;
}

/// The task of the row that has the focus.
const FOCUSED: &str = "return document.activeElement.closest('[data-row]')
                         ?.querySelector('.task').textContent";

const FOCUS_CALL: &str = "[...document.querySelectorAll('[data-testid=particle]')]
                            .find((row) => row.textContent.includes('Call')).focus()";

/// The tasks of the rows that are shown.
const SHOWN: &str = "return [...document.querySelectorAll('[data-testid=particle] .task')]
                       .map((task) => task.textContent)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_particle_is_added_by_hand() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    window.press('h').await;
    window.shows_so_many(1, "[data-testid=empty]").await;
    window.click("add-particle").await;
    window.fill("form-task", "Meeting").await;
    window.fill("form-minutes", "20").await;
    window.press(ENTER).await;
    window.shows_so_many(1, "[data-testid=particle]").await;
    let kept = Cli::on(&machine).list();
    assert_eq!(
        (&kept[0]["task"], &kept[0]["duration_seconds"]),
        (&"Meeting".into(), &1200.into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_focuses_of_the_same_time_are_both_kept_or_one_is_trimmed() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let ended = Utc::now() - TimeDelta::hours(3);
    for (task, after) in [("Desk", 0), ("Laptop", 20)] {
        let ended_at = (ended + TimeDelta::minutes(after)).to_rfc3339();
        cli.object(&["add", task, "--minutes", "50", "--ended-at", &ended_at]);
    }
    let before = cli.list();
    let window = Window::open(&machine, &desktop).await;

    window.press('h').await;
    window.shows_so_many(1, OVERLAP).await;
    window
        .answers(TOLD, "30 min at the same time as “Desk”")
        .await;
    assert_eq!(window.barriers().await, Vec::<String>::new());
    window.click("keep-both").await;
    window.shows_so_many(0, OVERLAP).await;
    window.answers(FOCUSED, "Laptop").await;
    assert_eq!(cli.list(), before, "both as they were");
    window.press_with_control('z').await;
    window.shows_so_many(1, OVERLAP).await;

    window.click("trim").await;
    window.shows_so_many(0, OVERLAP).await;
    let trimmed = cli.list();
    let minutes: Vec<_> = trimmed.iter().map(|p| &p["duration_seconds"]).collect();
    assert_eq!(minutes, [&serde_json::json!(20 * 60), &(50 * 60).into()]);
    assert_eq!(trimmed[0]["started_at"], before[1]["ended_at"]);
    window.press_with_control('z').await;
    window.shows_so_many(1, OVERLAP).await;
    assert_eq!(cli.list(), before, "as they were told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn today_is_a_line_on_which_each_focus_leads_to_its_form() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    for (task, hours) in [("First", 3), ("Second", 1)] {
        let ended_at = (Utc::now() - TimeDelta::hours(hours)).to_rfc3339();
        cli.object(&["add", task, "--minutes", "25", "--ended-at", &ended_at]);
    }
    let window = Window::open(&machine, &desktop).await;

    window.press('h').await;
    window.shows_so_many(2, "[data-testid=particle]").await;
    window.shows_so_many(0, BARS).await;
    window.press(ESCAPE).await;
    window.press('d').await;
    window.shows_so_many(2, BARS).await;
    assert_eq!(window.barriers().await, Vec::<String>::new());
    window.ask(PRESS_FIRST_BAR).await;
    window.answers(TASK_IN_FORM, "First").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_particles_are_moved_deleted_and_restored_together() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Thesis"]);
    for (task, hours) in [("First", 3), ("Second", 2), ("Third", 1)] {
        let ended_at = (Utc::now() - TimeDelta::hours(hours)).to_rfc3339();
        cli.object(&["add", task, "--minutes", "25", "--ended-at", &ended_at]);
    }
    let before = cli.list();
    let window = Window::open(&machine, &desktop).await;

    window.press('h').await;
    window.shows_so_many(3, "[data-testid=particle]").await;
    window.click("select").await;
    window.press(DOWN).await;
    window.press(ENTER).await;
    window.press(DOWN).await;
    window.press(DOWN).await;
    window.press(ENTER).await;
    window
        .shows_so_many(2, "[aria-pressed=true][data-row]")
        .await;
    assert_eq!(window.barriers().await, Vec::<String>::new());
    window.ask(MOVE_TO_THESIS).await;
    window.shows_so_many(2, ".project").await;
    window.shows_so_many(0, "[data-testid=selection]").await;
    window.press_with_control('z').await;
    window.shows_so_many(0, ".project").await;
    assert_eq!(cli.list(), before, "as they were");

    window.click("select").await;
    window.click("select-all").await;
    window
        .shows_so_many(3, "[aria-pressed=true][data-row]")
        .await;
    window.press(DELETE).await;
    window.shows_so_many(0, "[data-testid=particle]").await;
    assert_eq!(cli.list(), Vec::<serde_json::Value>::new());
    window.click("scope-deleted").await;
    window.shows_so_many(3, "[data-testid=particle]").await;
    window.click("select").await;
    window.click("select-all").await;
    window.click("selection-restore").await;
    window.shows_so_many(0, "[data-testid=particle]").await;
    assert_eq!(cli.list(), before, "all of them");

    window.click("select").await;
    window.press(ESCAPE).await;
    window.shows_so_many(0, "[data-testid=selection]").await;
    window.shows_so_many(1, "[data-testid=history]").await;
}

const MOVE_TO_THESIS: &str =
    "const choice = document.querySelector('[data-testid=selection-project]');
    choice.value = [...choice.options].find(({ text }) => text === 'Thesis').value;
    choice.dispatchEvent(new Event('change', { bubbles: true }))";
const ESCAPE: char = '\u{E00C}';
const BARS: &str = "[data-testid=timeline] rect";
const PRESS_FIRST_BAR: &str = "document.querySelector('[data-testid=timeline] rect')
                                .dispatchEvent(new MouseEvent('click', { bubbles: true }))";
const TASK_IN_FORM: &str = "return document.querySelector('[data-testid=form-task]')?.value";

const OVERLAP: &str = "[data-testid=overlap]";
const TOLD: &str = "return document.querySelector('[data-testid=overlap] span').textContent";
