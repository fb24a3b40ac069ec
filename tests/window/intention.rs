//! The sentence of a day, and the question what became of it.

use chrono::{Days, NaiveDate};
use particle_tests::{Cli, Desktop, Machine, Window, eventually};
use serde_json::Value;

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const BACKSPACE: char = '\u{E003}';

/// The sentence as it stands beside the clock.
const SENTENCE: &str = "return document.querySelector('[data-testid=intention]')?.innerText.trim()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sentence_is_written_kept_left_and_taken_away_and_follows_the_command_line() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let window = Window::open(&machine, &desktop).await;
    let cli = Cli::on(&machine);
    window.shows("idle").await;
    window.shows_so_many(0, "[data-testid=intention]").await;

    window.press('i').await;
    window.has_focus("intention-field").await;
    window.press_all("Finish the draft").await;
    window.press(ENTER).await;
    window.answers(SENTENCE, "Finish the draft").await;
    let kept = cli.object(&["intention"]);
    assert_eq!(kept["text"], "Finish the draft", "{kept}");
    assert_eq!(kept["status"], "open", "{kept}");
    assert_eq!(window.state().await, "idle", "a space in it is a space");

    window.click("intention").await;
    window.has_focus("intention-field").await;
    window.press_all("Something else").await;
    window.press(ESCAPE).await;
    window.answers(SENTENCE, "Finish the draft").await;

    cli.object(&["intention", "Finish the letter", "--status", "done"]);
    window.answers(SENTENCE, "Finish the letter · done").await;

    window.press('i').await;
    window.has_focus("intention-field").await;
    window.press(BACKSPACE).await;
    window.press(ENTER).await;
    window.shows_so_many(0, "[data-testid=intention]").await;
    let (code, _) = cli.error(&["intention"]);
    assert_eq!(code, "not_found");
    window.press_with_control('z').await;
    window.answers(SENTENCE, "Finish the letter · done").await;
    assert_eq!(cli.object(&["intention"])["status"], "done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_became_of_yesterday_is_asked_once_and_can_be_moved_to_today() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    // No verb tells the date of today; a sentence does.
    let today = date(&cli.object(&["intention", "Draft"]));
    cli.object(&["intention", "delete"]);
    let yesterday = (today - Days::new(1)).to_string();
    cli.object(&["intention", "Call Mum", "--date", &yesterday]);
    cli.object(&["start", "Write"]);
    let window = Window::open(&machine, &desktop).await;
    window.shows("running").await;
    window
        .shows_so_many(0, "[data-testid=intention-card]")
        .await;
    cli.object(&["stop"]);
    window
        .shows_so_many(1, "[data-testid=intention-card]")
        .await;
    window
        .answers("return document.activeElement.tagName", "BODY")
        .await;

    window.click("intention-moved").await;
    window
        .shows_so_many(0, "[data-testid=intention-card]")
        .await;
    window.answers(SENTENCE, "Call Mum").await;
    assert_eq!(cli.object(&["intention"])["status"], "open");
    let list = cli.run(&["intention", "list", "--json"]).objects();
    let moved = list.iter().find(|one| one["id"] == yesterday.as_str());
    assert_eq!(moved.expect("it is kept")["status"], "moved");

    // What somebody opens again on that day is not asked about again.
    cli.object(&["intention", "--date", &yesterday, "--status", "open"]);
    cli.object(&["intention", "Call Dad"]);
    window.answers(SENTENCE, "Call Dad").await;
    window
        .shows_so_many(0, "[data-testid=intention-card]")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_question_can_be_put_off_and_asked_for_by_name() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let today = date(&cli.object(&["intention", "Draft"]));
    let yesterday = (today - Days::new(1)).to_string();
    cli.object(&["intention", "Call Mum", "--date", &yesterday]);
    let window = Window::open(&machine, &desktop).await;
    window.click("intention-not_now").await;
    window.answers(SENTENCE, "Draft").await;

    window.press_with_control('k').await;
    window.has_focus("palette-field").await;
    window.press_all("what became").await;
    window.press(ENTER).await;
    window.click("intention-partly").await;
    window.answers(SENTENCE, "Draft · partly done").await;
    eventually("it is kept", async || {
        let status = cli.object(&["intention"])["status"].clone();
        if status == "partly" {
            Ok(())
        } else {
            Err(status)
        }
    })
    .await;
}

fn date(intention: &Value) -> NaiveDate {
    let id = intention["id"].as_str().expect("a day");
    id.parse().expect("a date")
}
