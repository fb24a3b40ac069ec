//! The `particle` command on machines of people who are signed in.

mod agreeing;
mod dying;
mod failing;
mod failures;
mod secrets;
mod sending;
mod signing;

use std::collections::BTreeMap;
use std::process::Command;

use local_supabase::{Answered, RequestsFromNow};
use particle_tests::{Cli, Machine, Said};
use serde_json::Value;

use crate::support::{EXCHANGE, PASSWORD, World};

/// A person's computer.
pub(crate) struct Computer {
    pub(crate) machine: Machine,
    server: [String; 4],
}

impl Computer {
    /// One that nobody has signed in on yet.
    pub(crate) fn before(world: &World) -> Self {
        let (url, key) = (world.server.url(), world.server.publishable_key());
        Self {
            machine: Machine::new(),
            server: ["--server".into(), url, "--key".into(), key.into()],
        }
    }

    /// From now on it is told of another server.
    pub(crate) fn turn_to(&mut self, world: &World) {
        self.server[1] = world.server.url();
        self.server[3] = world.server.publishable_key().into();
    }

    /// One of whoever has this address, who has an account.
    pub(crate) fn of(world: &World, email: &str) -> Self {
        let computer = Self::before(world);
        computer.sign("login", email, &[]).object();
        computer
    }

    pub(crate) fn cli(&self) -> Cli<'_> {
        Cli::on(&self.machine)
    }

    /// `signup` or `login`, with the right password.
    pub(crate) fn sign(&self, verb: &str, email: &str, more: &[&str]) -> Said {
        self.sign_with(verb, email, PASSWORD, more)
    }

    pub(crate) fn sign_with(&self, verb: &str, email: &str, password: &str, more: &[&str]) -> Said {
        Cli::tell(self.signing(verb, email, more), password)
    }

    /// `signup` or `login`, which was not run yet and wants a password.
    fn signing(&self, verb: &str, email: &str, more: &[&str]) -> Command {
        let mut arguments = vec![verb, "--email", email, "--password-stdin", "--json"];
        arguments.extend(self.server.iter().map(String::as_str));
        arguments.extend(more);
        self.cli().command(&arguments)
    }

    /// Arguments with the server among them.
    pub(crate) fn with_server<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        let server = self.server.iter().map(String::as_str);
        arguments.iter().copied().chain(server).collect()
    }

    pub(crate) fn sync(&self) -> Value {
        self.cli().object(&["sync"])
    }

    pub(crate) fn state_of_sync(&self) -> Value {
        self.cli().status()["sync"].clone()
    }

    pub(crate) fn add(&self, task: &str) -> String {
        let added = self.cli().object(&["add", task, "--minutes", "25"]);
        added["id"].as_str().expect("an id").into()
    }

    pub(crate) fn tasks(&self) -> Vec<String> {
        let listed = self.cli().list();
        let tasks = listed.iter().map(|particle| &particle["task"]);
        let mut tasks: Vec<String> = tasks.map(|t| t.as_str().expect("a text").into()).collect();
        tasks.sort();
        tasks
    }

    /// The hashes of everything, equal where devices agree.
    fn digest(&self) -> Value {
        self.cli().object(&["doctor"])["digest"].clone()
    }
}

/// After an exchange of each, and another that fetches what the last ones sent, all have the same.
pub(crate) fn assert_agree(computers: &[&Computer]) {
    for _ in 0..2 {
        for computer in computers {
            computer.sync();
        }
    }
    let digests: BTreeMap<usize, Value> = computers
        .iter()
        .map(|computer| computer.digest())
        .enumerate()
        .collect();
    for (number, digest) in &digests {
        assert_eq!(digest, &digests[&0], "computer {number} and the first");
    }
    for computer in computers {
        assert_eq!(computer.state_of_sync()["pending"], 0);
    }
}

/// Waits until the server has taken something.
pub(crate) async fn next_exchange(requests: &mut RequestsFromNow) -> Answered {
    requests
        .next(|answered| answered.path == EXCHANGE && answered.status == Some(200))
        .await
}
