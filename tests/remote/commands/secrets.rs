//! Passwords and tokens are seen by nobody else on the machine, and told to nobody.

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use local_supabase::{Fault, Moment, Settings};
use particle_tests::{Machine, Program, Said, eventually};
use serde_json::Value;

use super::Computer;
use crate::failures::arrived;
use crate::support::{EMAIL, EXCHANGE, PASSWORD, TOKEN, start, start_with};

/// What everybody on the machine can see of every process.
fn command_lines() -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .collect()
}

/// The tokens that a machine keeps.
fn tokens(machine: &Machine) -> Vec<String> {
    fn texts(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Object(map) => map.values().for_each(|value| texts(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for file in fs::read_dir(machine.data().join("sessions")).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let kept = fs::read(path).unwrap();
            texts(&serde_json::from_slice(&kept).unwrap(), &mut found);
        }
    }
    // A moment is no secret.
    found.retain(|text| text.len() >= 12 && text.parse::<chrono::DateTime<chrono::Utc>>().is_err());
    assert!(found.len() >= 2, "a token for access and one to refresh it");
    found
}

fn assert_told_nowhere(secrets: &[String], told: &str, where_it_is: &str) {
    for secret in secrets {
        let length = secret.len();
        assert!(
            !told.contains(secret),
            "a secret of {length} bytes: {where_it_is}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_line_has_a_password_or_a_token_in_it() {
    let world = start().await;
    world.sign_up().await;
    let desk = Computer::before(&world);
    desk.add("Write");
    let mut secrets = vec![PASSWORD.to_owned()];
    for (path, moment) in [(TOKEN, Moment::After), (EXCHANGE, Moment::Before)] {
        let mut held = world.server.faults().hold(path, moment);
        let mut command = desk.signing("login", EMAIL, &[]);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut login = command.spawn().expect("setpriv is there");
        let mut input = login.stdin.take().expect("it is piped");
        input.write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        arrived(&mut held).await;
        if path == EXCHANGE {
            secrets.extend(tokens(&desk.machine));
        }
        let lines = command_lines().join("\n");
        assert!(lines.contains("--password-stdin"), "it runs: {lines}");
        assert_told_nowhere(&secrets, &lines, "in a command line");
        held.release();
        assert!(login.wait().unwrap().success());
        desk.cli().object(&["logout"]);
    }
    // Nor has that of the process which sends what a command left.
    desk.sign("login", EMAIL, &[]).object();
    secrets.extend(tokens(&desk.machine));
    let mut held = world.server.faults().hold(EXCHANGE, Moment::Before);
    desk.add("Read");
    arrived(&mut held).await;
    let lines = command_lines().join("\n");
    assert!(lines.contains("particle push"), "it runs: {lines}");
    assert_told_nowhere(&secrets, &lines, "in a command line");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_to_be_logged_no_secret_is_printed() {
    let token_life = Duration::from_secs(2);
    let world = start_with(Settings {
        token_life,
        ..Settings::default()
    })
    .await;
    world.sign_up().await;
    let desk = Computer::before(&world);
    let mut secrets = vec![PASSWORD.to_owned()];
    let mut said = String::new();
    let mut run = |arguments: &[&str], password: Option<&str>| {
        let mut command = match password {
            Some(_) => desk.signing(arguments[0], EMAIL, &[]),
            None => desk.cli().command(arguments),
        };
        command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        let told = match password {
            Some(password) => particle_tests::Cli::tell(command, password),
            None => Said::of(&command.output().unwrap()),
        };
        said.push_str(&told.stdout);
        said.push_str(&told.stderr);
    };
    run(&["login"], Some("wrong horse"));
    run(&["login"], Some(PASSWORD));
    secrets.extend(tokens(&desk.machine));
    run(&["add", "Write", "--minutes", "25"], None);
    let faults = [
        Fault::unauthorized(),
        Fault::status(500, r#"{"code":"XX000","message":"no"}"#),
        Fault::captive_portal(),
        Fault::DropAfter,
    ];
    for fault in faults {
        world.server.faults().next(EXCHANGE, fault.clone());
        run(&["sync"], None);
        world.server.faults().next(TOKEN, fault);
        run(&["sync"], None);
        world.server.faults().clear();
        secrets.extend(tokens(&desk.machine));
    }
    for verb in [&["account"][..], &["queue"], &["doctor"], &["status"]] {
        run(verb, None);
    }

    let log = desk.machine.home().join("log");
    let file = || fs::File::options().create(true).append(true).open(&log);
    let mut command = desk.cli().command(&["daemon", "--json"]);
    command.env("RUST_LOG", "trace");
    command.stdout(file().unwrap()).stderr(file().unwrap());
    let daemon = Program::start("particle daemon", &mut command);
    eventually("it is ready", async || {
        let read = fs::read_to_string(&log).unwrap();
        read.contains('{').then_some(()).ok_or(read)
    })
    .await;
    run(&["add", "Read", "--minutes", "25"], None);
    run(&["sync"], None);
    secrets.extend(tokens(&desk.machine));
    run(&["logout"], None);
    drop(daemon);
    said.push_str(&fs::read_to_string(&log).unwrap());
    for file in fs::read_dir(desk.machine.data().join("logs")).unwrap() {
        said.push_str(&fs::read_to_string(file.unwrap().path()).unwrap());
    }
    assert!(said.contains(EMAIL), "something was said: {said}");
    assert_told_nowhere(&secrets, &said, "in what was printed");
}
