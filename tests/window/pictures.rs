//! Pictures of every state in every look, kept in `tests/artifacts` for people to judge.

use particle_tests::{Cli, Desktop, Machine, Window};
use rstest::rstest;
use serde_json::json;

/// More than a view of one colour takes as PNG.
const PICTURE_BYTES_MIN: usize = 2000;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_state_has_a_picture_in_every_look(
    #[values("light", "dark")] theme: &str,
    #[values("en", "de")] language: &str,
) {
    let machine = Machine::new();
    machine.choose_look(theme, language);
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["add", "Read a paper", "--minutes", "50"]);
    // It flows over soon after the app has started.
    cli.run_in_the_past("-40s", &["start", "Write the report", "--minutes", "1"]);

    let window = Window::open_for_pictures(&machine, &desktop).await;
    keep_picture(&window, theme, language, "overflow").await;
    cli.object(&["finish"]);
    keep_picture(&window, theme, language, "idle").await;
    cli.object(&["start", "Write the report", "--minutes", "45"]);
    keep_picture(&window, theme, language, "running").await;
    cli.object(&["pause"]);
    keep_picture(&window, theme, language, "paused").await;
}

async fn keep_picture(window: &Window, theme: &str, language: &str, state: &str) {
    window.shows(state).await;
    window.has_come_to_rest().await;
    let page = "const page = document.documentElement;
                return [page.dataset.theme, page.lang, innerWidth, innerHeight]";
    assert_eq!(window.ask(page).await, json!([theme, language, 400, 600]));
    let bytes = window
        .keep_picture(&format!("{theme}-{language}-{state}.png"))
        .await;
    assert!(
        bytes > PICTURE_BYTES_MIN,
        "a picture of {bytes} bytes shows nothing"
    );
}
