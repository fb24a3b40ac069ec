//! From the start of the process to the first real paint, seen on the screen from outside and in
//! the same way for every window.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::report::median;
use super::{Painted, STARTS, Subject};
use crate::linux::desktop::Desktop;
use crate::linux::process::Owned;
use crate::linux::screen::Screen;

const PAINTED_WITHIN: Duration = Duration::from_mins(1);
/// Short against what is measured, long enough to leave the machine to the window.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// The median of each window in milliseconds. They take turns, so that whatever slows the
/// machine meets all; the first start of each warms the caches and does not count.
pub(super) fn compare<const N: usize>(
    desktop: &Desktop,
    subjects: [&Subject; N],
) -> Result<[f64; N]> {
    let screen = desktop.screen()?;
    let mut taken = [const { Vec::new() }; N];
    for turn in 0..=STARTS {
        for (subject, taken) in subjects.iter().zip(&mut taken) {
            let start = Instant::now();
            let mut running = subject.start(desktop)?;
            wait_until_painted(subject, &mut running, &screen)?;
            let took = start.elapsed();
            eprintln!("{}: {} ms", subject.name, took.as_millis());
            if turn > 0 {
                taken.push(took.as_secs_f64() * 1e3);
            }
            running.end();
            crate::linux::wait_for("an empty screen", PAINTED_WITHIN, || {
                Ok(screen.window()?.is_none().then_some(()))
            })?;
        }
    }
    Ok(taken.map(median))
}

/// Looks at the screen until the subject's first real paint is there.
pub(super) fn wait_until_painted(
    subject: &Subject,
    running: &mut Owned,
    screen: &Screen,
) -> Result<()> {
    let start = Instant::now();
    loop {
        let painted = match subject.painted {
            Painted::Drawing => screen.is_painted()?,
            Painted::Filled(colour) => screen.is_filled_with(colour)?,
        };
        if painted {
            return Ok(());
        }
        running.check_alive()?;
        if start.elapsed() > PAINTED_WITHIN {
            bail!("{} painted nothing", subject.name);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
