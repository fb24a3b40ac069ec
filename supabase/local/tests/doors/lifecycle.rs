//! The program as a whole: how it starts, what it leaves behind in whatever way it ends, and what
//! a kept folder keeps.

mod kept;
mod platform;
mod running;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

use serde_json::Value;

use running::{
    Running, cluster_folder, command, folder, is_alive, is_empty, parent_of, refused, send,
    server_process, until,
};

#[tokio::test]
async fn the_ready_line_names_addresses_that_answer() {
    let temp = folder();
    let running = Running::start(temp.path(), &[]);

    let keys: Vec<&String> = running
        .ready
        .as_object()
        .expect("an object")
        .keys()
        .collect();
    assert_eq!(keys, ["db_url", "mail_url", "publishable_key", "url"]);
    crate::support::choose_tls();
    let http = reqwest::Client::new();
    let get = |url: String, key: &str| http.get(url).header("apikey", key).send();
    let behind_the_gateway = format!("{}/rest/v1/nothing", running.text("url"));
    let wrong = get(behind_the_gateway.clone(), "another")
        .await
        .expect("an answer");
    let right = get(behind_the_gateway, running.text("publishable_key"))
        .await
        .expect("an answer");
    assert_eq!(
        (wrong.status(), right.status().as_u16()),
        (reqwest::StatusCode::UNAUTHORIZED, 404)
    );
    let mails = get(running.text("mail_url").to_owned(), "")
        .await
        .expect("an answer");
    assert!(mails.status().is_success(), "mails are shown without a key");
    let row = running
        .database()
        .await
        .query_one("select current_user::text", &[])
        .await;
    assert_eq!(row.expect("a row").get::<_, String>(0), "supabase_admin");
    running.end("TERM");
}

#[test]
fn it_says_that_it_is_for_development_and_tests_only() {
    let temp = folder();
    let mut child = command(temp.path(), &[])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let stdout = child.stdout.take().expect("standard output is a pipe");
    let mut lines = BufReader::new(stdout).lines();

    let first = lines.next().expect("a line").expect("text");

    assert!(first.contains("development and tests only"), "{first}");
    let running = Running {
        child,
        ready: Value::Null,
    };
    running.end("INT");
    assert!(is_empty(temp.path()), "Ctrl+C leaves no folder");
}

#[test]
fn sigterm_leaves_neither_a_process_nor_a_folder() {
    let temp = folder();
    let running = Running::start(temp.path(), &[]);
    let server = server_process(&cluster_folder(temp.path()));
    assert!(is_alive(server));

    running.end("TERM");

    assert!(
        !is_alive(server),
        "PostgreSQL was stopped before the program ended"
    );
    assert!(is_empty(temp.path()), "its folder is gone");
}

#[tokio::test]
async fn sigkill_ends_postgresql_too() {
    let temp = folder();
    let running = Running::start(temp.path(), &[]);
    let server = server_process(&cluster_folder(temp.path()));

    running.end("KILL");

    until("PostgreSQL ends", || !is_alive(server)).await;
    until("its folder goes", || is_empty(temp.path())).await;
}

#[tokio::test]
async fn the_next_start_sweeps_what_a_dead_one_left_and_nothing_else() {
    let temp = folder();
    let first = Running::start(temp.path(), &[]);
    let left_over = cluster_folder(temp.path());
    let server = server_process(&left_over);
    send("KILL", parent_of(server));
    first.end("KILL");
    assert!(
        is_alive(server),
        "with its keeper killed as well, PostgreSQL is left over"
    );
    let others = ["local-supabase-of-mine", "something-else"].map(|name| temp.path().join(name));
    for other in &others {
        fs::create_dir(other).expect("a folder");
        fs::write(other.join("file"), "mine").expect("a file");
    }

    let second = Running::start(temp.path(), &[]);
    assert!(!left_over.exists(), "its folder was swept");
    until("the one that was left over ends", || !is_alive(server)).await;

    let third = Running::start(temp.path(), &[]);
    assert_eq!(
        third
            .database()
            .await
            .query("select 1", &[])
            .await
            .expect("a row")
            .len(),
        1
    );
    let second_lives = second.database().await.query("select 1", &[]).await.is_ok();
    assert!(second_lives, "a start leaves those alone that run");
    second.end("TERM");
    third.end("TERM");
    assert!(
        others.iter().all(|other| other.join("file").exists()),
        "the rest is not ours"
    );
}

#[test]
fn a_taken_port_is_refused() {
    let temp = folder();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener
        .local_addr()
        .expect("it is bound")
        .port()
        .to_string();

    let sentence = refused(temp.path(), &["--port", &port]);

    assert_eq!(
        sentence,
        format!("local-supabase: port {port} is taken by another program\n")
    );
    assert!(is_empty(temp.path()), "a refused start leaves nothing");
}

#[test]
fn without_postgresql_it_names_the_package() {
    let temp = folder();
    let mut command = command(temp.path(), &[]);
    let mut child = command
        .env("LOCAL_SUPABASE_PG_BIN", temp.path())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut sentence = String::new();
    let stderr = child.stderr.as_mut().expect("standard error is a pipe");
    stderr.read_to_string(&mut sentence).expect("text");

    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert!(
        sentence.contains("apt-get install postgresql"),
        "{sentence}"
    );
}

/// Linux lists who listens on what; 0100007F is 127.0.0.1.
#[cfg(target_os = "linux")]
#[test]
fn it_listens_on_the_loopback_address_only() {
    let temp = folder();
    let running = Running::start(temp.path(), &[]);
    let port_of = |key: &str| {
        let authority = running.text(key).rsplit('@').next().expect("an address");
        let after = authority.rsplit(':').next().expect("a port");
        let digits = after.split('/').next().expect("a port");
        digits.parse::<u16>().expect("a port")
    };
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    let tables = tables.map(Result::unwrap_or_default).concat();

    for port in [port_of("url"), port_of("db_url")] {
        let ending = format!(":{port:04X}");
        let listening: Vec<&str> = tables
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|words| words.get(3) == Some(&"0A"))
            .filter_map(|words| words.get(1).copied())
            .filter(|address| address.ends_with(&ending))
            .collect();
        assert_eq!(
            listening,
            [format!("0100007F{ending}")],
            "one listener, loopback"
        );
    }
    running.end("TERM");
}
