//! Everything that a command can change, as a list of verbs.

use serde_json::Value;

use crate::cli::Cli;

/// Verbs, in an order in which each of them changes something; `ID` is the particle that was added.
pub const CHANGES: &[&[&str]] = &[
    &["add", "Call", "--minutes", "5"],
    &["edit", "ID", "--task", "Phone"],
    &["edit", "ID", "--minutes", "6"],
    &["delete", "ID"],
    &["restore", "ID"],
    &["project", "add", "Book"],
    &["project", "brightness", "Book", "0.5"],
    &["project", "rename", "Book", "Novel"],
    &["edit", "ID", "--project", "Novel"],
    &["project", "archive", "Novel"],
    &["project", "unarchive", "Novel"],
    &["project", "delete", "Novel"],
    &["project", "restore", "Novel"],
    &["setting", "set", "daily_goal", "5"],
    &["setting", "reset", "daily_goal"],
    &["intention", "Draft", "--date", "2026-03-01"],
    &["intention", "--date", "2026-03-01", "--status", "done"],
    &["intention", "delete", "2026-03-01"],
    &["intention", "restore", "2026-03-01"],
];

/// A person's way through [`CHANGES`], on whichever of their computers.
#[derive(Debug, Default)]
pub struct Way {
    particle: String,
    round: usize,
}

impl Way {
    /// As if it had been gone through so often before.
    pub fn from_round(round: usize) -> Self {
        Self {
            round,
            ..Self::default()
        }
    }

    /// Another time through it, with names of its own.
    pub fn again(&mut self) {
        self.round += 1;
    }

    /// Does one of them; it has to succeed.
    pub fn step(&mut self, cli: Cli<'_>, verb: &[&str]) {
        let words: Vec<String> = verb.iter().map(|word| self.word(word)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let printed: Value = cli.object(&words);
        if verb[0] == "add" {
            self.particle = printed["id"].as_str().expect("an id").into();
        }
    }

    fn word(&self, word: &str) -> String {
        match word {
            "ID" => self.particle.clone(),
            "Book" | "Novel" => format!("{word} {}", self.round),
            "2026-03-01" => format!("2026-03-{:02}", self.round + 1),
            other => other.into(),
        }
    }
}
