//! The smallest window: nothing is cut off at its sides, and what matters is in sight.

use particle_tests::{Cli, Desktop, Machine, Window};
use serde_json::json;

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const DOWN: char = '\u{E015}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_view_fits_into_the_smallest_window() {
    let machine = Machine::new();
    machine.choose_look("dark", "de");
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["project", "add", "Donaudampfschifffahrtsgesellschaft"]);
    let task = "Die Quartalsberichte zusammenstellen und verschicken";
    cli.object(&["add", task, "--minutes", "1440"]);
    let window = Window::open(&machine, &desktop).await;
    window.resize(320, 400).await;

    fits(&window, "toggle").await;
    window.press('t').await;
    window.has_focus("task-line").await;
    window.press_all("Planen 1,5h #").await;
    window.shows_so_many(1, "[data-testid=task-option]").await;
    fits(&window, "task-option").await;
    window.press(ENTER).await;
    window.shows_so_many(1, "[data-testid=part-project]").await;
    fits(&window, "part-project").await;
    window.press(ENTER).await;
    window.shows("running").await;
    fits(&window, "finish").await;
    window.press('h').await;
    window.shows_so_many(1, "[data-testid=particle]").await;
    fits(&window, "add-particle").await;
    window.press(DOWN).await;
    window.press(ENTER).await;
    window.shows_so_many(1, "[data-testid=particle-form]").await;
    fits(&window, "form-task").await;
    window.press(ESCAPE).await;
    window.press('p').await;
    window.shows_so_many(1, "[data-testid=project]").await;
    fits(&window, "add-project").await;
    window.press(DOWN).await;
    window.press(ENTER).await;
    fits(&window, "project-save").await;
    window.press(ESCAPE).await;
    for (key, span) in [('w', "week"), ('y', "year")] {
        window.press(key).await;
        let period = format!("[data-testid=period-{span}]");
        window.shows_so_many(1, &period).await;
        fits(&window, "period-earlier").await;
    }
    window.press(',').await;
    window.click("open-data").await;
    window.shows_so_many(1, "[data-testid=make-backup]").await;
    fits(&window, "back").await;
    window.press('?').await;
    window.shows_so_many(1, "[data-testid=keys]").await;
    fits(&window, "back").await;
    window.press_with_control('k').await;
    window.has_focus("palette-field").await;
    fits(&window, "palette-field").await;
    window.press(ESCAPE).await;
    window.shows_so_many(0, "[data-testid=palette]").await;
    check_a_length_of_ones_own(&window, cli).await;
}

/// Esc puts a number back and leaves its field, and only then the view.
async fn check_a_length_of_ones_own(window: &Window, cli: Cli<'_>) {
    cli.object(&["setting", "set", "preset", "custom"]);
    window.press(',').await;
    window.shows_so_many(1, "[data-testid=custom-cycle]").await;
    fits(window, "back").await;
    window.click("custom-focus_minutes").await;
    window.press_with_control('a').await;
    window.press_all("44").await;
    window.press(ESCAPE).await;
    window
        .answers(
            "return document.querySelector('[data-testid=custom-focus_minutes]').value",
            "25",
        )
        .await;
    window.shows_so_many(1, "[data-testid=settings]").await;
    window.press(ESCAPE).await;
    window.shows_so_many(0, "[data-testid=settings]").await;
}

/// Nothing reaches beyond a side, and nothing lies on the middle of the element with this `data-testid`.
async fn fits(window: &Window, action: &str) {
    window.has_come_to_rest().await;
    let wide = "return [...document.querySelectorAll('body, main, dialog, .timer, .view')]
                    .filter((part) => part.scrollWidth > part.clientWidth && part.clientWidth > 0)
                    .map((part) => part.className || part.tagName)";
    assert_eq!(window.ask(wide).await, json!([]), "{action}");
    let seen = format!(
        "const part = document.querySelector('[data-testid={action}]');
         const {{ left, top, width, height }} = part.getBoundingClientRect();
         return part.contains(document.elementFromPoint(left + width / 2, top + height / 2))"
    );
    assert_eq!(window.ask(&seen).await, json!(true), "{action} is in sight");
}
