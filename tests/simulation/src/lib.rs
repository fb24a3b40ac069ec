//! Devices with the real store and the real loop, people who use them, a network that fails and a server
//! in memory, in one process and on one thread. A seed decides everything: who does what when, what gets
//! lost, ids, stamps and waits. After every step it is looked whether a promise was broken.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a simulation stops at the first thing that is not as it should be, and says what it saw"
)]

mod chance;
mod checks;
mod device;
mod network;
mod person;
mod server;
mod world;

use world::World;

/// What a run looked like: one line a step. The same seed gives the same lines.
pub type Trace = Vec<String>;

/// A promise that was broken.
#[derive(Debug)]
pub struct Violation {
    /// What is wrong.
    pub what: String,
    /// Everything up to there.
    pub trace: Trace,
}

/// Of the second of two equal lives only the end is looked at.
const NEVER: usize = usize::MAX;

/// Lives through the schedule of `seed`, and then until everybody has everything. The promises are looked at
/// after each step.
pub fn run(seed: u64) -> Result<Trace, Violation> {
    live(seed, 1)
}

fn live(seed: u64, looks_every: usize) -> Result<Trace, Violation> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut world = World::new(seed, looks_every).await;
        match world.live().await {
            Ok(()) => Ok(world.into_trace()),
            Err(what) => Err(Violation {
                what,
                trace: world.into_trace(),
            }),
        }
    })
}

/// Lives through `seed` twice, and compares what happened.
pub fn check(seed: u64) -> Result<(), Violation> {
    let first = run(seed)?;
    let second = live(seed, NEVER)?;
    let differs = first.iter().zip(&second).position(|(a, b)| a != b);
    let differs =
        differs.or((first.len() != second.len()).then_some(first.len().min(second.len())));
    match differs {
        None => Ok(()),
        Some(step) => Err(Violation {
            what: format!(
                "the second run differs in step {step}: {:?}",
                second.get(step)
            ),
            trace: first,
        }),
    }
}
