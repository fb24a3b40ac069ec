//! What is chosen in the window and what the command line knows of it.

use particle_tests::{Cli, Desktop, Machine, Window};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_setting_that_is_switched_in_the_window_is_in_the_list_of_the_command() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    let window = Window::open(&machine, &desktop).await;

    window.press(',').await;
    window.shows_so_many(1, SWITCHED_ON).await;
    window
        .ask("document.querySelector('[data-testid=overflow]').focus()")
        .await;
    window.press(' ').await;
    window.shows_so_many(0, SWITCHED_ON).await;
    let listed = cli.run(&["setting", "list", "--json"]).objects();
    let off = json!({ "key": "overflow", "value": false });
    assert!(listed.contains(&off), "{listed:?}");

    cli.object(&["setting", "set", "overflow", "true"]);
    window.shows_so_many(1, SWITCHED_ON).await;
}

/// The switch is there, and on.
const SWITCHED_ON: &str = "[data-testid=overflow]:checked";
