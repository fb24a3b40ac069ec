//! What cannot be kept is refused with a sentence, and nothing changes.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use particle_tests::{Cli, Machine};
use rstest::rstest;
use serde_json::{Value, json};

use crate::owner::{Owner, Setting};

/// Exit code for a command that was understood and could not be done.
const FAILED: i32 = 1;
/// Exit code for a command that was not understood.
const USAGE: i32 = 2;

/// Runs the command as a script and as a person would; both are refused and change nothing.
fn check_refused(cli: Cli<'_>, arguments: &[&str], exit: i32, code: &str, words: &str) {
    let before = (cli.status(), cli.list());
    let for_scripts = cli.run(&[arguments, &["--json"]].concat());
    let (found, message) = for_scripts.error();
    assert_eq!((for_scripts.code, &*found), (exit, code), "{for_scripts:?}");
    assert!(message.contains(words), "{message:?} says {words:?}");

    let for_people = cli.run(arguments);
    assert_eq!(
        (for_people.code, &*for_people.stdout),
        (exit, ""),
        "{for_people:?}"
    );
    assert!(for_people.stderr.contains(words), "{for_people:?}");
    assert!(!for_people.stderr.contains("panicked"), "{for_people:?}");
    assert_eq!((cli.status(), cli.list()), before, "nothing changed");
}

#[rstest]
#[tokio::test]
async fn a_length_that_no_focus_can_have_is_refused(
    #[values(Owner::Nobody, Owner::Daemon)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    for length in ["0", "-5", "181", "99999999"] {
        let arguments = ["start", "Task", "--minutes", length];
        let words = format!("1 to 180 minutes, not {length}");
        check_refused(
            setting.cli(),
            &arguments,
            FAILED,
            "length_out_of_range",
            &words,
        );
    }
    for length in ["abc", "", "1.5", "99999999999999999999"] {
        check_refused(
            setting.cli(),
            &["start", "--minutes", length],
            USAGE,
            "usage",
            "--minutes",
        );
    }
}

#[rstest]
#[tokio::test]
async fn a_length_that_no_particle_can_have_is_refused(
    #[values(Owner::Nobody, Owner::Daemon)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    for length in ["0", "-5", "1441", "99999999"] {
        let arguments = ["add", "Task", "--minutes", length];
        let words = format!("1 to 1440 minutes, not {length}");
        check_refused(
            setting.cli(),
            &arguments,
            FAILED,
            "length_out_of_range",
            &words,
        );
    }
    check_refused(
        setting.cli(),
        &["add", "Task", "--minutes", "abc"],
        USAGE,
        "usage",
        "--minutes",
    );
    check_refused(setting.cli(), &["add", "Task"], USAGE, "usage", "required");
}

#[rstest]
#[tokio::test]
async fn a_task_of_10000_characters_is_refused_and_one_of_200_is_kept(
    #[values(Owner::Nobody, Owner::Daemon)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    let (long, longest) = ("ä".repeat(10_000), "ä".repeat(200));
    for arguments in [
        &["start", &long][..],
        &["toggle", &long],
        &["add", &long, "--minutes", "5"],
    ] {
        check_refused(
            setting.cli(),
            arguments,
            FAILED,
            "task_too_long",
            "has 10000",
        );
    }
    assert_eq!(setting.cli().object(&["start", &longest])["task"], longest);
}

#[rstest]
#[tokio::test]
async fn a_task_longer_than_a_message_to_the_app_is_refused_in_the_same_words(
    #[values(Owner::Nobody, Owner::Daemon)] owner: Owner,
) {
    let setting = Setting::with(owner).await;
    let huge = "\u{1F642}".repeat(30_000);
    let start = ["start", &huge];
    check_refused(setting.cli(), &start, FAILED, "task_too_long", "has 30000");
}

#[rstest]
#[tokio::test]
async fn a_moment_that_cannot_be_is_refused(#[values(Owner::Nobody, Owner::Daemon)] owner: Owner) {
    let setting = Setting::with(owner).await;
    let check = |ended_at: &str, exit, code: &str, words: &str| {
        let arguments = ["add", "Task", "--minutes", "5", "--ended-at", ended_at];
        check_refused(setting.cli(), &arguments, exit, code, words);
    };
    check(
        "2999-01-01T00:00:00Z",
        FAILED,
        "time_invalid",
        "cannot end in the future",
    );
    check(
        "1970-01-01T00:01:00Z",
        FAILED,
        "time_invalid",
        "before 1970",
    );
    for garbage in ["yesterday", "2026-03-01", "2026-02-30T12:00:00Z", ""] {
        check(garbage, USAGE, "usage", "--ended-at");
    }
}

#[test]
fn what_cannot_be_understood_is_a_usage_error() {
    let machine = Machine::new();
    let check = |arguments: &[&str], words| {
        check_refused(Cli::on(&machine), arguments, USAGE, "usage", words);
    };
    check(&["fly"], "fly");
    check(&["status", "--colour"], "--colour");
    check(
        &["add", "Task", "--minutes", "5", "--id", "garbage"],
        "--id",
    );
    check(&["list", "--from", "2026-13-01"], "--from");
}

#[tokio::test]
async fn the_app_refuses_what_no_command_line_can_say() {
    let setting = Setting::with(Owner::App).await;
    let before = setting.cli().status();
    let start = |task: &str| {
        json!({ "do": { "timer": { "start": { "task": task, "minutes": null } } } }).to_string()
    };
    let refused = ask(setting.machine(), &start("a\0b")).expect("an answer");
    let answer: Value = serde_json::from_str(&refused).expect("JSON");
    assert_eq!(answer["refused"]["code"], "text_invalid", "{refused}");

    for garbage in ["", "{", "[1]", "\"show me\"", &start(&"x".repeat(100_000))] {
        let answer = ask(setting.machine(), garbage);
        assert!(
            answer.as_deref().unwrap_or_default().is_empty(),
            "no answer to garbage: {answer:?}"
        );
    }
    assert_eq!(
        setting.cli().status(),
        before,
        "the app goes on, and nothing changed"
    );
}

/// What the app answers to a line, after its greeting; nothing if it hangs up.
fn ask(machine: &Machine, line: &str) -> std::io::Result<String> {
    let address = std::fs::read_to_string(machine.data().join("owner.address"))?;
    let mut stream = BufReader::new(UnixStream::connect(address)?);
    stream
        .get_ref()
        .set_read_timeout(Some(particle_tests::DEADLINE))?;
    let mut greeting = String::new();
    stream.read_line(&mut greeting)?;
    assert_eq!(greeting, "{\"protocol\":6}\n");
    writeln!(stream.get_mut(), "{line}")?;
    let mut answer = String::new();
    stream.read_line(&mut answer)?;
    Ok(answer)
}
