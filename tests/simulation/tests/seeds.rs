//! Every promise holds in as many worlds as there are seeds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use particle_simulation::check;

/// So many worlds in every run of the tests.
const SEEDS: u64 = 500;
/// So many with `PARTICLE_LONG`.
const SEEDS_LONG: u64 = 5000;

#[test]
fn no_seed_breaks_a_promise_and_each_gives_the_same_twice() {
    let seeds = if std::env::var_os("PARTICLE_LONG").is_some() {
        SEEDS_LONG
    } else {
        SEEDS
    };
    let next = AtomicU64::new(0);
    let broken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    if let Err(violation) = check(seed) {
                        let mut broken = broken.lock().unwrap();
                        broken.push(format!("seed {seed}: {}", violation.what));
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
