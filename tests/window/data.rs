//! What leaves in files, what comes in, and the way back to a backup.

use std::fs;
use std::path::PathBuf;

use particle_tests::{Cli, Desktop, Machine, Window};
use serde_json::Value;

const TITLE: &str = "Choose a file";

const ESCAPE: char = '\u{E00C}';

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_chosen_and_what_is_newer_in_it_comes_in() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let _manager = desktop.manage_windows(&machine).await;
    let other = Machine::new();
    let elsewhere = Cli::on(&other);
    elsewhere.object(&["project", "add", "Book"]);
    elsewhere.object(&["add", "Read", "--minutes", "50", "--project", "Book"]);
    let file = machine.home().join("elsewhere.json");
    let path = file.display().to_string();
    elsewhere.run(&["export", "--format", "json", &path]);
    let window = Window::open(&machine, &desktop).await;
    opens_data(&window).await;

    let import = async |file: Option<&PathBuf>| {
        window.click("import-file").await;
        desktop
            .choose_file(&machine, TITLE, file.map(PathBuf::as_path))
            .await;
        let busy = "[data-testid=import-file][aria-disabled=true]";
        window.shows_so_many(0, busy).await;
    };
    import(Some(&file)).await;
    told(&window, "New or changed: 1 particle and 1 project.").await;
    let kept = Cli::on(&machine).list();
    assert_eq!(kept[0]["task"], "Read", "{kept:?}");
    import(Some(&file)).await;
    told(&window, "Nothing in it is newer than what is here.").await;
    import(None).await;
    told(&window, "Nothing in it is newer than what is here.").await;

    let foreign = machine.home().join("letter.json");
    machine.write(&foreign, b"Dear Sir or Madam");
    import(Some(&foreign)).await;
    window.shows_so_many(1, "[data-testid=error]").await;
    told(&window, "").await;
    assert_eq!(Cli::on(&machine).list(), kept);
    assert_eq!(window.barriers().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_as_it_was_and_the_way_back_is_there_as_well() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let cli = Cli::on(&machine);
    cli.object(&["add", "First", "--minutes", "50"]);
    let window = Window::open(&machine, &desktop).await;
    opens_data(&window).await;
    window.click("make-backup").await;
    // One of the day may come in beside it.
    by_hand(&window, 1).await;
    cli.object(&["add", "Second", "--minutes", "25"]);

    window.click("restore").await;
    window.has_focus("restore-confirm").await;
    window.click("restore-cancel").await;
    window
        .shows_so_many(0, "[data-testid=restore-question]")
        .await;
    restores(&window, 0).await;
    window.shows_so_many(1, "[data-testid=restored] ~ ul").await;
    by_hand(&window, 2).await;
    assert_eq!(tasks(cli), ["First"]);
    window.press('h').await;
    window.shows_so_many(1, "[data-testid=particle]").await;

    window.press(ESCAPE).await;
    opens_data(&window).await;
    restores(&window, 0).await;
    by_hand(&window, 3).await;
    assert_eq!(tasks(cli), ["Second", "First"]);

    cli.object(&["start", "Write"]);
    restores(&window, 0).await;
    window.shows_so_many(1, "[data-testid=error]").await;
    assert_eq!(cli.status()["state"], "running");
    assert_eq!(tasks(cli), ["Second", "First"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_exported_to_where_it_is_told() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    Cli::on(&machine).object(&["add", "Read", "--minutes", "50"]);
    let window = Window::open(&machine, &desktop).await;
    opens_data(&window).await;

    let json = exported(&window, "json").await;
    let json: Value = serde_json::from_slice(&fs::read(json).expect("a file")).expect("JSON");
    assert_eq!(json["particles"][0]["task"], "Read", "{json}");
    let csv = fs::read_to_string(exported(&window, "csv").await).expect("a file");
    assert_eq!(csv.lines().count(), 2, "a row below the names: {csv}");
    assert!(csv.contains("Read"), "{csv}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_is_kept_as_a_picture() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    Cli::on(&machine).object(&["add", "Read", "--minutes", "50"]);
    let window = Window::open(&machine, &desktop).await;
    window.press('y').await;
    window.click("keep-picture").await;
    let kept = "return document.querySelector('[data-testid=keep-picture-path]').innerText.trim()";
    window
        .answers(&format!("{kept}.endsWith('.png.')"), true)
        .await;
    assert_eq!(window.barriers().await, Vec::<String>::new());
    let picture = fs::read(path_told(&window.text("keep-picture-path").await)).expect("a file");
    assert!(picture.starts_with(b"\x89PNG"), "{} bytes", picture.len());
    let width: [u8; 4] = picture[16..20].try_into().expect("a width");
    assert!(u32::from_be_bytes(width) > 1500, "{width:?}");
}

async fn opens_data(window: &Window) {
    window.press(',').await;
    window.click("open-data").await;
    window.shows_so_many(1, "[data-testid=make-backup]").await;
}

async fn told(window: &Window, text: &str) {
    let told = "return document.querySelector('[data-testid=import-told]').innerText.trim()";
    window.answers(told, text).await;
}

/// So many backups were made by somebody.
async fn by_hand(window: &Window, number: usize) {
    let counted = "return [...document.querySelectorAll('[data-testid=backup] small')]
                       .filter((kind) => kind.innerText.startsWith('by hand')).length";
    window.answers(counted, number).await;
}

/// Goes back to the backup that is so many places down.
async fn restores(window: &Window, place: usize) {
    let ask = format!("document.querySelectorAll('[data-testid=restore]')[{place}].focus()");
    window.ask(&ask).await;
    window.press(' ').await;
    window.has_focus("restore-confirm").await;
    window.press(' ').await;
    let question = "[data-testid=restore-question], [aria-busy=true]";
    window.shows_so_many(0, question).await;
}

fn tasks(cli: Cli<'_>) -> Vec<String> {
    let kept = cli.list();
    let tasks = kept.iter().map(|particle| particle["task"].as_str());
    tasks.map(|task| task.expect("a text").to_owned()).collect()
}

async fn exported(window: &Window, format: &str) -> PathBuf {
    window.click(&format!("export-{format}")).await;
    let told = format!("export-{format}-path");
    let ending = format!(
        "return document.querySelector('[data-testid={told}]').innerText.trim().endsWith('.{format}.')"
    );
    window.answers(&ending, true).await;
    path_told(&window.text(&told).await)
}

fn path_told(text: &str) -> PathBuf {
    let path = text
        .strip_prefix("It is in ")
        .and_then(|path| path.strip_suffix('.'));
    PathBuf::from(path.expect("a path"))
}
