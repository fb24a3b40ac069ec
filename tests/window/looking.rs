//! Looking back at weeks, months and years in the window.

use chrono::{TimeDelta, Utc};
use particle_tests::{Cli, Desktop, Machine, Window};
use serde_json::Value;

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const END: char = '\u{E010}';
const LEFT: char = '\u{E012}';

/// The time of what is shown.
const TOTAL: &str = "return document.querySelector('[data-testid=total]')?.innerText.trim()";

/// The day of the first bar.
const BAR_DAY: &str = "return document.querySelector('[data-testid=day-bar]')
                         .closest('[data-day]').dataset.day";

/// Five minutes today, up to five minutes ago, and fifty a week before.
fn add_two_weeks(cli: Cli<'_>) {
    let ago = |minutes| (Utc::now() - TimeDelta::minutes(minutes)).to_rfc3339();
    cli.object(&["project", "add", "Book"]);
    let a_week_ago = ago(7 * 24 * 60);
    cli.object(&[
        "add",
        "Read",
        "--minutes",
        "50",
        "--project",
        "Book",
        "--ended-at",
        &a_week_ago,
    ]);
    let just_now = ago(5);
    cli.object(&["add", "Write", "--minutes", "5", "--ended-at", &just_now]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_shows_what_was_done_in_it_and_follows_what_is_added() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    add_two_weeks(cli);
    let window = Window::open(&machine, &desktop).await;

    window.press('w').await;
    window.shows_so_many(1, "[data-testid=day-bar]").await;
    window.answers(TOTAL, "5 min").await;
    cli.object(&["add", "Call", "--minutes", "5"]);
    window.answers(TOTAL, "10 min").await;
    let caption = window.text("total-caption").await;
    assert!(caption.starts_with('2'), "two particles: {caption}");

    window.press(LEFT).await;
    window.answers(TOTAL, "50 min").await;
    window.shows_so_many(1, "[data-testid=day-bar]").await;
    let project = window.text("by-project-line").await;
    assert!(project.contains("Book"), "{project}");

    window.click("as-table").await;
    window
        .shows_so_many(1, "[data-testid=day-table]:not(.visually-hidden)")
        .await;
    window.shows_so_many(0, "[data-testid=day-bar]").await;
    window.shows_so_many(7, "[data-testid=day-row]").await;
    window.click("period-present").await;
    window.answers(TOTAL, "10 min").await;
    window.press('w').await;
    window.shows_so_many(0, "[data-testid=looking]").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_has_a_dot_for_each_day_which_leads_to_its_particles_and_back() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    add_two_weeks(Cli::on(&machine));
    let window = Window::open(&machine, &desktop).await;

    window.press('w').await;
    window.answers(TOTAL, "5 min").await;
    window.press(LEFT).await;
    window.answers(TOTAL, "50 min").await;
    let day = text(&window.ask(BAR_DAY).await);
    window.press('y').await;
    window.shows_so_many(1, "[data-testid=period-year]").await;
    let dot = format!("[data-testid=day-dot].filled[data-day='{day}']");
    window.shows_so_many(1, &dot).await;

    let focus = format!("document.querySelector('button[data-day=\"{day}\"]').focus()");
    window.ask(&focus).await;
    window.shows_so_many(1, ".ring.focused").await;
    window.answers(TOTAL, "50 min").await;
    window.press(ENTER).await;
    window.shows_so_many(1, "[data-testid=day-filter]").await;
    window.shows_so_many(1, "[data-testid=particle]").await;
    window.press(ESCAPE).await;
    window.shows_so_many(1, "[data-testid=period-year]").await;
    window.shows_so_many(1, &dot).await;
    window.press(ESCAPE).await;
    window.shows_so_many(0, "[data-testid=looking]").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_days_of_a_chart_are_gone_through_by_keys() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    add_two_weeks(Cli::on(&machine));
    let window = Window::open(&machine, &desktop).await;

    window.press('w').await;
    window.answers(TOTAL, "5 min").await;
    let today = text(&window.ask(BAR_DAY).await);
    window
        .ask("document.querySelector('button[data-day]').focus()")
        .await;
    window.press(END).await;
    window
        .answers("return document.activeElement.dataset.day", today)
        .await;
    window.shows_so_many(1, ".ring").await;
    // In a chart the arrows go by days, and the week stays.
    window.press(LEFT).await;
    window.shows_so_many(1, ".ring").await;
    window.shows_so_many(1, "[data-testid=day-bar]").await;
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
