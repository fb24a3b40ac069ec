//! What an exchange costs a computer: first uploads, first pulls, one that has nothing to say, and how soon a
//! change leaves. The release build of the `particle` command before a real PostgreSQL, over HTTP on the
//! loopback.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a measurement"
)]

use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use local_supabase::{Answered, Cluster, Fault, Server, ServerOptions, Settings};
use particle_tests::{CHANGES, Cli, Daemon, Machine, Way, eventually};
use serde_json::Value;

const EMAIL: &str = "someone@example.com";
const EXCHANGE: &str = "/rest/v1/rpc/sync_exchange";
/// How often a person goes through every verb.
const ROUNDS: usize = 5;
/// How often a command is timed.
const COMMANDS: usize = 51;
/// How often a daemon is ended.
const STOPS: usize = 11;
const IDLE_EXCHANGES: usize = 20;

struct Bench {
    server: Server,
}

#[tokio::main]
async fn main() {
    let cluster = Cluster::shared().expect("PostgreSQL starts");
    let database = cluster.create_database().await.expect("a database is made");
    let settings = Settings {
        sign_in_attempts_max: 1000,
        ..Settings::default()
    };
    let server = Server::start(&database, settings, ServerOptions::default());
    let bench = Bench {
        server: server.await.expect("the doors open"),
    };
    println!("| what | seen | budget |\n|---|---:|---:|");
    let first = bench.upload(10_000);
    bench.pull(10_000);
    let idle_bytes = bench.idle(&first);
    bench.change(&first, idle_bytes).await;
    bench.upload_more(&first, 100_000);
    bench.pull(100_000);
    bench.without_answers().await;
}

impl Bench {
    fn computer(&self, verb: &str) -> Machine {
        let machine = Machine::new();
        let (url, key) = (self.server.url(), self.server.publishable_key());
        let signing = [verb, "--email", EMAIL, "--password-stdin", "--server", &url];
        let said = Cli::on(&machine)
            .run_with_input(&[&signing[..], &["--key", key]].concat(), "correct horse");
        assert_eq!(said.code, 0, "{said:?}");
        machine
    }

    fn upload(&self, rows: usize) -> Machine {
        let machine = self.computer("signup");
        self.upload_more(&machine, rows);
        machine
    }

    /// Until there are so many.
    fn upload_more(&self, machine: &Machine, rows: usize) {
        let cli = Cli::on(machine);
        // Signed out meanwhile: nothing is to leave before it is counted.
        cli.object(&["logout"]);
        let file = machine.home().join("history.csv");
        let has = cli.run(&["list", "--json"]).stdout.lines().count();
        fs::write(&file, history(has, rows)).unwrap();
        cli.object(&["import", file.to_str().unwrap()]);
        let before = self.exchanges();
        let start = Instant::now();
        let (url, key) = (self.server.url(), self.server.publishable_key());
        let login = [
            "login",
            "--email",
            EMAIL,
            "--password-stdin",
            "--server",
            &url,
        ];
        let login = [&login[..], &["--key", key]].concat();
        assert_eq!(cli.run_with_input(&login, "correct horse").code, 0);
        let (seconds, sent) = (start.elapsed().as_secs_f64(), rows - has);
        let requests = self.exchanges() - before;
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let speed = sent as f64 / seconds;
        println!(
            "| first upload of {sent} rows, sign-in included | {requests} requests, {seconds:.2} s, {speed:.0} rows/s | |"
        );
    }

    /// On another computer, which has nothing yet.
    fn pull(&self, rows: usize) {
        let machine = self.computer_without_rows();
        let idle_kib = Self::peak_of_sync(&machine).1;
        let machine = self.computer_without_rows();
        // Signed in, and as if it had never asked: what the sign-in fetched is forgotten.
        forget(&machine);
        let before = self.exchanges();
        let (report, peak_kib) = Self::peak_of_sync(&machine);
        let requests = self.exchanges() - before;
        let seconds = report["seconds"].as_f64().unwrap();
        let pulled = report["pulled"].as_u64().unwrap();
        let grown = peak_kib.saturating_sub(idle_kib) / 1024;
        println!(
            "| first pull of {rows} rows | {requests} requests, {pulled} rows, {seconds:.2} s; {grown} MiB more than an idle one | |"
        );
    }

    fn computer_without_rows(&self) -> Machine {
        self.computer("login")
    }

    /// `particle sync`: what it says, and the most memory that it had, in KiB.
    fn peak_of_sync(machine: &Machine) -> (Value, u64) {
        let mut command = Cli::on(machine).command(&["sync", "--json"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        while child.try_wait().unwrap().is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
            peak = peak.max(kib.unwrap_or(0));
            std::thread::yield_now();
        }
        let output = child.wait_with_output().unwrap();
        (serde_json::from_slice(&output.stdout).unwrap(), peak)
    }

    /// Says how long an idle request is.
    fn idle(&self, machine: &Machine) -> u64 {
        let cli = Cli::on(machine);
        cli.object(&["sync"]);
        let requests = self.server.requests().all().len();
        for _ in 0..IDLE_EXCHANGES {
            cli.object(&["sync"]);
        }
        let all = self.server.requests().all();
        let idle: Vec<&Answered> = all[requests..]
            .iter()
            .filter(|a| a.path == EXCHANGE)
            .collect();
        let (sent, got) = (idle[0].request_bytes, idle[0].response_bytes);
        println!(
            "| idle exchange, body sent and received | {sent} and {got} B, {} requests for {IDLE_EXCHANGES} | 400 each, 1 |",
            idle.len()
        );
        sent
    }

    /// How soon a change of a command leaves: from when the command has ended until its request arrives, with a
    /// daemon and without one, for every verb that changes something.
    async fn change(&self, machine: &Machine, idle_bytes: u64) {
        for (number, has_daemon) in [true, false].into_iter().enumerate() {
            let daemon = has_daemon.then(|| Daemon::start(machine));
            let mut waits = vec![Vec::new(); CHANGES.len()];
            let mut way = Way::from_round(number * ROUNDS);
            for _ in 0..ROUNDS {
                for (verb, waits) in CHANGES.iter().zip(&mut waits) {
                    let mut requests = self.server.requests().from_now();
                    let begun = Instant::now();
                    way.step(Cli::on(machine), verb);
                    let ended = Instant::now();
                    let pushed = |answered: &Answered| {
                        answered.path == EXCHANGE
                            && answered.started > begun
                            && answered.request_bytes > idle_bytes + 20
                    };
                    let request = requests.next(pushed).await;
                    waits.push(millis(request.started.saturating_duration_since(ended)));
                }
                way.again();
            }
            let slowest = CHANGES.iter().zip(&waits);
            let slowest = slowest.map(|(verb, waits)| (median(waits.clone()), verb));
            let (slowest, verb) = slowest.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
            let all: Vec<f64> = waits.into_iter().flatten().collect();
            let most = all.iter().copied().fold(0.0, f64::max);
            let how = if has_daemon {
                "with a daemon"
            } else {
                "without a daemon"
            };
            println!(
                "| end of each of {} verbs → its request arrives, {how} | median {:.1} ms, of the slowest (`{}`) {slowest:.1}, at most {most:.1} | 50 |",
                CHANGES.len(),
                median(all),
                verb.join(" ")
            );
            if let Some(daemon) = daemon {
                assert!(daemon.stop().await.success());
            }
        }
    }

    /// What a person's computer does while its server takes requests and never answers, against one that is
    /// offline: an edit, a finish, the end of a daemon.
    async fn without_answers(self) {
        let machine = self.computer("login");
        let cli = Cli::on(&machine);
        let added = cli.object(&["add", "Write", "--minutes", "25"]);
        let id = added["id"].as_str().unwrap().to_owned();
        cli.object(&["sync"]);
        self.server.faults().always(EXCHANGE, Fault::Hang);
        let hanging = async || match self.server.faults().waiting() {
            0 => Err("nothing hangs"),
            _ => Ok(()),
        };
        let unanswered = Timed::on(&machine, &id, hanging).await;
        self.server.faults().clear();
        self.server.stop().await;
        let is_offline = async || match cli.status()["sync"]["state"].clone() {
            state if state == "offline" => Ok(()),
            state => Err(state),
        };
        let offline = Timed::on(&machine, &id, is_offline).await;
        for (what, unanswered, offline) in [
            ("`particle edit`", unanswered.edit, offline.edit),
            (
                "`particle stop` of a focus",
                unanswered.finish,
                offline.finish,
            ),
            ("end of the daemon", unanswered.quit, offline.quit),
        ] {
            println!(
                "| {what}, server never answers, against offline | {unanswered:.1} ms, {offline:.1} ms, {:.2} | as fast |",
                unanswered / offline
            );
        }
    }

    fn exchanges(&self) -> usize {
        self.server
            .requests()
            .count(|answered| answered.path == EXCHANGE)
    }
}

/// Medians in milliseconds.
struct Timed {
    edit: f64,
    finish: f64,
    quit: f64,
}

impl Timed {
    /// Each command once the daemon is `ready`.
    async fn on<E: std::fmt::Debug>(
        machine: &Machine,
        id: &str,
        ready: impl AsyncFn() -> Result<(), E>,
    ) -> Self {
        let cli = Cli::on(machine);
        let (mut edit, mut finish, mut quit) = (Vec::new(), Vec::new(), Vec::new());
        let mut number = 0;
        for _ in 0..STOPS {
            let daemon = Daemon::start(machine);
            cli.object(&["edit", id, "--task", "Nudge"]);
            eventually("a server that does not answer is noticed", &ready).await;
            for _ in 0..=COMMANDS / STOPS {
                number += 1;
                let task = format!("Write {number}");
                edit.push(timed(|| cli.object(&["edit", id, "--task", &task])));
                cli.object(&["start", "Read"]);
                finish.push(timed(|| cli.object(&["stop"])));
            }
            let begun = Instant::now();
            assert!(daemon.stop().await.success());
            quit.push(millis(begun.elapsed()));
        }
        Self {
            edit: median(edit),
            finish: median(finish),
            quit: median(quit),
        }
    }
}

fn timed<T>(run: impl FnOnce() -> T) -> f64 {
    let begun = Instant::now();
    run();
    millis(begun.elapsed())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Removes the rows of a computer, so that the next sync fetches them anew.
fn forget(machine: &Machine) {
    let profiles = machine.data().join("profiles");
    for entry in fs::read_dir(profiles).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "db") {
            forget_rows(&path);
        }
    }
}

fn forget_rows(path: &std::path::Path) {
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions, Connection};
    let options = SqliteConnectOptions::new().filename(path);
    let forgetting = async {
        let mut database = options.connect().await.unwrap();
        let sql = "delete from particles; update exchange set cursor = 0; vacuum";
        sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
        database.close().await.unwrap();
    };
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(forgetting));
}

/// Particles number `from` to `to`, half an hour apart, as the own CSV has them.
fn history(from: usize, to: usize) -> String {
    let mut table = String::from(HEADER);
    for number in from..to {
        let minutes = i64::try_from(number).unwrap() * 30;
        let ended = chrono::DateTime::from_timestamp(1_700_000_000 - minutes * 60, 0).unwrap();
        let started = ended - chrono::TimeDelta::minutes(25);
        let (started, ended) = (started.to_rfc3339(), ended.to_rfc3339());
        writeln!(
            table,
            "00000000-0000-7000-8000-{number:012x},focus,Write chapter {number},,{started},{ended},1500,1500,0,classic,60,false"
        )
        .unwrap();
    }
    table
}

const HEADER: &str = "id,kind,task,project_id,started_at,ended_at,planned_seconds,duration_seconds,overflow_seconds,preset,utc_offset_minutes,deleted\n";
