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
use std::time::Instant;

use local_supabase::{Answered, Cluster, Server, ServerOptions, Settings};
use particle_tests::{Cli, Daemon, Machine};
use serde_json::Value;

const EMAIL: &str = "someone@example.com";
const EXCHANGE: &str = "/rest/v1/rpc/sync_exchange";
const CHANGES: usize = 100;
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
    bench.idle(&first);
    bench.change(&first).await;
    bench.upload_more(&first, 100_000);
    bench.pull(100_000);
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

    fn idle(&self, machine: &Machine) {
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
    }

    /// How soon a change of a command leaves: from when the command has ended until its request arrives, with a
    /// daemon and without one.
    async fn change(&self, machine: &Machine) {
        for has_daemon in [true, false] {
            let daemon = has_daemon.then(|| Daemon::start(machine));
            let mut waits = Vec::new();
            for number in 0..CHANGES {
                let mut requests = self.server.requests().from_now();
                let begun = Instant::now();
                Cli::on(machine).object(&["add", &format!("{number}"), "--minutes", "5"]);
                let ended = Instant::now();
                let pushed = |answered: &Answered| {
                    answered.path == EXCHANGE
                        && answered.started > begun
                        && answered.request_bytes > 300
                };
                let request = requests.next(pushed).await;
                waits.push(
                    request
                        .started
                        .saturating_duration_since(ended)
                        .as_secs_f64()
                        * 1e3,
                );
            }
            waits.sort_by(f64::total_cmp);
            let (median, most) = (waits[waits.len() / 2], waits[waits.len() - 1]);
            let how = if has_daemon {
                "with a daemon"
            } else {
                "without a daemon"
            };
            println!(
                "| end of `particle add` → its request arrives, {how} | {median:.1} ms, at most {most:.1} | 50 |"
            );
            if let Some(daemon) = daemon {
                assert!(daemon.stop().await.success());
            }
        }
    }

    fn exchanges(&self) -> usize {
        self.server
            .requests()
            .count(|answered| answered.path == EXCHANGE)
    }
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
