//! `kill -9` at random moments: nothing that was acknowledged is missing, nothing is doubled.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "these are tests"
)]

use std::collections::HashSet;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use particle_tests::{Cli, Daemon, Desktop, DesktopApp, Machine, Said};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

/// How often the app is killed.
const APP_ROUNDS: u32 = 20;
/// How often the daemon is killed; with `PARTICLE_LONG`, how often then.
const DAEMON_ROUNDS: u32 = 20;
const DAEMON_ROUNDS_LONG: u32 = 100;
/// How long the daemon lives, about, from when it can be reached.
const DAEMON_LIVES: Duration = Duration::from_millis(150);
/// How many commands come at once.
const HANDS: u32 = 3;
/// How often the command is killed while it does the step itself.
const COMMAND_ROUNDS: u32 = 40;

/// A person's history through many kills, and the chance that decides when they come.
struct Story<'a> {
    cli: Cli<'a>,
    chance: StdRng,
    seed: u64,
    /// Tasks of the particles that have to be there, oldest first.
    kept: Vec<String>,
    acknowledged: u32,
}

impl<'a> Story<'a> {
    /// The seed is `PARTICLE_TEST_SEED`, or another one each time.
    fn on(machine: &'a Machine) -> Self {
        let given = std::env::var("PARTICLE_TEST_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| u64::from(std::process::id()) ^ now_nanos());
        println!("PARTICLE_TEST_SEED={seed}");
        let (cli, chance) = (Cli::on(machine), StdRng::seed_from_u64(seed));
        Self {
            cli,
            chance,
            seed,
            kept: Vec::new(),
            acknowledged: 0,
        }
    }

    /// A moment within `all` and half as much again, so that some kills come after the answer.
    fn moment_within(&mut self, all: Duration) -> Duration {
        let micros = u64::try_from(all.as_micros()).expect("a short while");
        Duration::from_micros(self.chance.random_range(0..micros * 3 / 2))
    }

    /// Begins a focus some minutes ago, while no app runs.
    fn begin_earlier(&self, task: &str) -> Value {
        self.cli
            .run_in_the_past("-5m", &["start", task, "--minutes", "25"])
    }

    /// After a kill around `finish`: an acknowledged particle is there, one that was not is there or
    /// still running.
    fn check_finish(&mut self, task: &str, begun: &Value, finish: &Said) {
        let context = format!("seed {}, {task}, finish said {finish:?}", self.seed);
        let was_acknowledged = is_acknowledged(finish);
        self.acknowledged += u32::from(was_acknowledged);
        let status = self.cli.status();
        let is_recorded = self.tasks().contains(&task.to_owned());
        let is_running = status["state"] == "running";
        assert_ne!(
            is_recorded, is_running,
            "recorded or running: {context}, {status}"
        );
        assert!(
            is_recorded || !was_acknowledged,
            "it was acknowledged: {context}, {status}"
        );
        if is_running {
            assert_eq!(status["ends_at"], begun["ends_at"], "{context}");
            assert_eq!(status["task"], task, "{context}");
            self.cli.object(&["finish"]);
        }
        self.kept.push(task.into());
        self.check_history(&context);
    }

    /// After a kill around `start`: an acknowledged focus runs, one that was not runs or never did.
    fn check_start(&mut self, task: &str, start: &Said) {
        let context = format!("seed {}, {task}, start said {start:?}", self.seed);
        let status = self.cli.status();
        if is_acknowledged(start) {
            self.acknowledged += 1;
            let begun: Value = serde_json::from_str(&start.stdout).expect("a whole answer");
            assert_eq!(
                status["state"], "running",
                "it was acknowledged: {context}, {status}"
            );
            assert_eq!(status["ends_at"], begun["ends_at"], "{context}, {status}");
        }
        if status["state"] == "running" {
            assert_eq!(status["task"], task, "{context}, {status}");
            self.cli.object(&["stop"]);
        } else {
            assert_eq!(status["state"], "idle", "{context}, {status}");
        }
        self.check_history(&context);
    }

    /// The history is what it has to be, no more and no less.
    fn check_history(&self, context: &str) {
        assert_eq!(self.tasks(), self.kept, "{context}");
        for particle in self.cli.list() {
            let seconds = particle["duration_seconds"].as_i64().expect("a number");
            assert!(
                (300..400).contains(&seconds),
                "five minutes and a bit: {particle}, {context}"
            );
        }
        let today = self.cli.status()["today"]["particles"].clone();
        assert_eq!(today, self.kept.len(), "{context}");
    }

    /// The tasks of the particles that are there, oldest first.
    fn tasks(&self) -> Vec<String> {
        let newest_first = self.cli.list();
        newest_first
            .iter()
            .rev()
            .map(|p| p["task"].as_str().expect("a text").to_owned())
            .collect()
    }
}

#[tokio::test]
async fn a_killed_app_loses_nothing_that_it_acknowledged() {
    let machine = Machine::new();
    let desktop = Desktop::start(&machine);
    let mut story = Story::on(&machine);
    let answer_takes = {
        let _app = DesktopApp::start(&machine, &desktop).await;
        let asked = Instant::now();
        story.cli.status();
        asked.elapsed()
    };
    for round in 0..APP_ROUNDS {
        let task = format!("round {round}");
        let is_about_finish = round % 2 == 0;
        let begun = is_about_finish.then(|| story.begin_earlier(&task));
        let mut app = DesktopApp::start(&machine, &desktop).await;

        let step: &[&str] = if is_about_finish {
            &["finish", "--json"]
        } else {
            &["start", &task, "--json"]
        };
        let asked = spawn(story.cli, step);
        let (sender, said) = mpsc::channel();
        let waiting = thread::spawn(move || {
            let output = asked.wait_with_output().expect("it ends");
            drop(sender.send(Said::of(&output)));
        });
        let early = said.recv_timeout(story.moment_within(answer_takes * 2));
        app.program().kill();
        let said = early.unwrap_or_else(|_| {
            said.recv_timeout(particle_tests::DEADLINE)
                .expect("it ends")
        });
        waiting.join().expect("it ended");

        match begun {
            Some(begun) => story.check_finish(&task, &begun, &said),
            None => story.check_start(&task, &said),
        }
    }
    println!(
        "{} of {APP_ROUNDS} steps were acknowledged",
        story.acknowledged
    );
}

/// What the commands of one hand were told, while the daemon died under them.
#[derive(Default)]
struct Told {
    /// Ids of particles whose addition was acknowledged.
    kept: Vec<String>,
    /// Ids of particles whose deletion was acknowledged, too.
    deleted: Vec<String>,
}

/// Adds particles, and deletes every other one, until `is_over`.
fn work(cli: Cli<'_>, hand: u32, is_over: &AtomicBool) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        if is_over.load(Ordering::SeqCst) {
            return told;
        }
        let id = format!("0199a1b2-c3d4-7e5f-8a6b-{hand:04}{number:08}");
        let added = cli.run(&["add", "Load", "--minutes", "1", "--id", &id, "--json"]);
        if !is_acknowledged(&added) {
            continue;
        }
        told.kept.push(id.clone());
        if number % 2 == 0 && is_acknowledged(&cli.run(&["delete", &id, "--json"])) {
            told.deleted.push(id);
        }
    }
    told
}

#[test]
fn a_daemon_that_is_killed_under_load_loses_nothing_that_it_acknowledged() {
    let machine = Machine::new();
    let mut story = Story::on(&machine);
    let cli = story.cli;
    let rounds = if std::env::var_os("PARTICLE_LONG").is_some() {
        DAEMON_ROUNDS_LONG
    } else {
        DAEMON_ROUNDS
    };
    let is_over = AtomicBool::new(false);
    let told: Vec<Told> = thread::scope(|scope| {
        let hands = (0..HANDS).map(|hand| {
            scope.spawn({
                let is_over = &is_over;
                move || work(cli, hand, is_over)
            })
        });
        let hands: Vec<_> = hands.collect();
        for _ in 0..rounds {
            let mut daemon = Daemon::start(&machine);
            // Nobody ever sends: only the moment ends the wait.
            let (_open, end) = mpsc::channel::<()>();
            assert!(end.recv_timeout(story.moment_within(DAEMON_LIVES)).is_err());
            daemon.program().kill();
        }
        is_over.store(true, Ordering::SeqCst);
        hands
            .into_iter()
            .map(|hand| hand.join().expect("no panic"))
            .collect()
    });

    let doctor = cli.run(&["doctor", "--json"]);
    assert_eq!(doctor.code, 0, "seed {}: {doctor:?}", story.seed);
    let ids = |particles: Vec<Value>| -> HashSet<String> {
        let id = |particle: &Value| particle["id"].as_str().expect("an id").to_owned();
        particles.iter().map(id).collect()
    };
    let (kept, seed) = (ids(cli.list()), story.seed);
    let deleted = ids(cli.run(&["list", "--deleted", "--json"]).objects());
    let mut acknowledged = 0;
    for told in told {
        acknowledged += told.kept.len();
        for id in &told.kept {
            assert!(
                kept.contains(id) || deleted.contains(id),
                "seed {seed}: {id} was acknowledged"
            );
        }
        for id in &told.deleted {
            assert!(
                deleted.contains(id),
                "seed {seed}: the deletion of {id} was acknowledged"
            );
        }
    }
    assert!(acknowledged > 0, "the load was none");
    println!("{acknowledged} additions were acknowledged over {rounds} kills");
}

#[test]
fn a_killed_command_loses_nothing_that_it_acknowledged() {
    let machine = Machine::new();
    let mut story = Story::on(&machine);
    story.cli.status();
    let started = Instant::now();
    story.cli.object(&["start"]);
    let step_takes = started.elapsed();
    story.cli.object(&["stop"]);
    for round in 0..COMMAND_ROUNDS {
        let task = format!("round {round}");
        if round % 2 == 0 {
            let begun = story.begin_earlier(&task);
            let finish = kill_within(&mut story, step_takes, &["finish", "--json"]);
            story.check_finish(&task, &begun, &finish);
        } else {
            let start = kill_within(&mut story, step_takes, &["start", &task, "--json"]);
            story.check_start(&task, &start);
        }
    }
    println!(
        "{} of {COMMAND_ROUNDS} steps were acknowledged",
        story.acknowledged
    );
}

/// Runs a command and kills it somewhere within `all`.
fn kill_within(story: &mut Story<'_>, all: Duration, arguments: &[&str]) -> Said {
    let mut command = spawn(story.cli, arguments);
    let (ended, end) = mpsc::channel::<()>();
    // Nobody ever sends: only the moment ends the wait.
    assert!(end.recv_timeout(story.moment_within(all)).is_err());
    drop(ended);
    // An error means that it has ended already.
    drop(command.kill());
    Said::of(&command.wait_with_output().expect("it ends"))
}

fn spawn(cli: Cli<'_>, arguments: &[&str]) -> Child {
    let mut command = cli.command(arguments);
    let spawned = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    spawned.expect("setpriv is there")
}

/// Whether the whole answer was printed: then somebody may rely on it.
fn is_acknowledged(said: &Said) -> bool {
    said.stdout.ends_with('\n')
}

fn now_nanos() -> u64 {
    let since_1970 = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap_or_default();
    u64::from(since_1970.subsec_nanos()) ^ since_1970.as_secs()
}
