//! `cargo xtask simulate`: many seeds, each lived through twice.

#![allow(clippy::print_stdout, reason = "a tool for a terminal")]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use clap::Parser;
use particle_simulation::{check, run};

/// Devices, a network and a server in one process, all of it decided by a seed.
#[derive(Parser)]
struct Args {
    /// How many seeds
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Print what happens, step by step
    #[arg(long)]
    trace: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let next = AtomicU64::new(args.from);
    let failed = Mutex::new(Vec::new());
    let end = args.from + args.seeds;
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    if args.trace
                        && let Ok(trace) = run(seed)
                    {
                        println!("{}", trace.join("\n"));
                    }
                    if let Err(violation) = check(seed) {
                        println!("seed {seed}: {}", violation.what);
                        if args.trace {
                            println!("{}", violation.trace.join("\n"));
                        }
                        failed
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(seed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    let failures = u64::try_from(failed.len()).unwrap_or(u64::MAX);
    println!("{} passed, {failures} failed", args.seeds - failures);
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
