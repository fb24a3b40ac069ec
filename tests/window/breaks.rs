//! From one focus to the next, by keys alone.

use particle_tests::{Cli, Desktop, Machine, Window, kill_9};

const ENTER: char = '\u{E007}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_overflow_leads_into_a_break_and_another_into_the_next_focus() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let window = open_before_an_overflow(&machine, &desktop, "Write").await;

    window.press(ENTER).await;
    window.shows("idle").await;
    assert_eq!(window.text("kind").await, "short break");
    assert_eq!(window.text("clock").await, "05:00");
    let kept = cli.list();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(kept[0]["planned_seconds"], 60);
    let overflow = kept[0]["overflow_seconds"].as_u64().expect("a number");
    assert_eq!(kept[0]["duration_seconds"].as_u64(), Some(60 + overflow));

    window.press_with_control('z').await;
    window.shows("overflow").await;
    assert_eq!(cli.list().len(), 0, "it was not finished");
    window.press(ENTER).await;
    window.shows("idle").await;
    let again = cli.list();
    assert_eq!(again.len(), 1, "once: {again:?}");
    assert_eq!(again[0]["id"], kept[0]["id"]);

    window.press(' ').await;
    window.shows("running").await;
    assert_eq!(cli.status()["kind"], "short_break");
    window.press('s').await;
    window.shows("idle").await;
    assert_eq!(cli.status()["kind"], "focus");
    let all = cli.run(&["list", "--kind", "all", "--json"]).objects();
    assert_eq!(all.len(), 1, "a skipped break is not kept: {all:?}");

    kill_9(window.app());
    drop(window);
    let window = open_before_an_overflow(&machine, &desktop, "Read").await;
    window.press(' ').await;
    window.shows("running").await;
    let next = cli.status();
    assert_eq!(
        (&next["kind"], &next["task"]),
        (&"focus".into(), &"Read".into()),
        "{next}"
    );
    assert_eq!(next["today"]["particles"], 2);
}

/// A window in which a focus has just begun to flow over.
async fn open_before_an_overflow(machine: &Machine, desktop: &Desktop, task: &str) -> Window {
    // Time enough to open the window before it reaches its plan.
    Cli::on(machine).run_in_the_past("-35s", &["start", task, "--minutes", "1"]);
    let window = Window::open(machine, desktop).await;
    window.shows("overflow").await;
    assert!(window.text("clock").await.starts_with('+'));
    window
}
