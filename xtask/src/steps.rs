//! A run of named steps: a heading and the seconds of each, and a table of them all at the end.

use std::time::{Duration, Instant};

use anyhow::Result;

/// The steps done so far, in order.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
}

struct Step {
    name: String,
    took: Duration,
    passed: bool,
}

impl Steps {
    /// Performs one step and remembers how it went.
    ///
    /// # Errors
    /// The step's own, with its name in front; the caller decides whether to go on.
    pub(crate) fn perform<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n==== {name}");
        let start = Instant::now();
        let outcome = step();
        let took = start.elapsed();
        println!("---- {name}: {:.1} s", took.as_secs_f64());
        self.done.push(Step {
            name: name.to_owned(),
            took,
            passed: outcome.is_ok(),
        });
        outcome.map_err(|error| error.context(format!("{name} failed")))
    }

    /// Prints the table, and `N passed, N failed` as the last line.
    pub(crate) fn print_summary(&self) {
        println!("\n==== Summary");
        for step in &self.done {
            let verdict = if step.passed { "ok" } else { "FAILED" };
            println!(
                "{:>8.1} s  {:<28} {verdict}",
                step.took.as_secs_f64(),
                step.name
            );
        }
        let total: Duration = self.done.iter().map(|step| step.took).sum();
        println!("{:>8.1} s  in all", total.as_secs_f64());
        let passed = self.done.iter().filter(|step| step.passed).count();
        println!("\n{passed} passed, {} failed", self.done.len() - passed);
    }
}
