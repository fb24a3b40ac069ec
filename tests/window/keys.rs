//! Keys that a person chooses for themselves.

use particle_tests::{Desktop, Machine, Window};

const ESCAPE: char = '\u{E00C}';
const UP: char = '\u{E013}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_key_is_chosen_taken_from_elsewhere_kept_and_put_back() {
    let machine = Machine::new();
    machine.choose_look("dark", "en");
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    window.press('?').await;
    window.click("key-keys-task").await;
    window
        .answers(
            SAID,
            "Press the new key. Esc leaves it as it is, Backspace takes it away.",
        )
        .await;
    window.press('n').await;
    window.answers(&key_of("keys-task"), "N").await;
    window.press(ESCAPE).await;
    window.press('t').await;
    window.press('n').await;
    window.has_focus("task-line").await;
    assert_eq!(
        window.attribute("task-line", "aria-keyshortcuts").await,
        "N"
    );
    window.press(ESCAPE).await;

    // A key that something else has, and one that stays where it is.
    window.press('?').await;
    window.click("key-keys-history").await;
    window.press('p').await;
    window.answers(SAID, "“Projects” has this key.").await;
    assert_eq!(window.barriers().await, Vec::<String>::new());
    window.click("key-take").await;
    window.answers(&key_of("keys-history"), "P").await;
    window.answers(&key_of("keys-projects"), "none").await;
    window.click("key-keys-projects").await;
    window.press(UP).await;
    window
        .answers(
            SAID,
            "This key belongs to “Up and down in a list” and stays there.",
        )
        .await;
    window.close().await;

    let window = Window::open(&machine, &desktop).await;
    window.press('p').await;
    window.shows_so_many(1, "[data-testid=history]").await;
    window.press('?').await;
    window.click("keys-reset").await;
    window.answers(&key_of("keys-history"), "H").await;
    window.press(ESCAPE).await;
    window.press('p').await;
    window.shows_so_many(1, "[data-testid=projects]").await;
}

/// What is said of the key that is being chosen.
const SAID: &str = "return [...document.querySelectorAll('[data-testid=key-said]')]
    .map((said) => said.textContent).join('')";

/// The key of a line, as the page shows it.
fn key_of(unit: &str) -> String {
    format!("return document.querySelector('[data-testid=key-{unit}]')?.innerText.trim()")
}
