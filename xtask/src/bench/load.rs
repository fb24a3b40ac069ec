//! What an open window costs: memory and processor time of its whole process tree, from `/proc`.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Subject;
use super::paint::wait_until_painted;
use super::report::median;
use crate::app;
use crate::linux::desktop::Desktop;
use crate::linux::process::{Owned, stat_field, tree};
use crate::linux::wait_for;
use crate::workspace::Workspace;

const OPENED: usize = 3;
const SETTLED_WITHIN: Duration = Duration::from_secs(30);
/// Two looks this far apart that agree mean that a window has settled.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// What a running focus costs per second.
pub(super) struct Load {
    /// Of one core.
    pub(super) cpu_percent: f64,
    /// Of all threads of all processes.
    pub(super) switches_per_second: f64,
}

/// The median PSS of both windows in MiB, each once it no longer grows.
pub(super) fn compare_memory<const N: usize>(
    desktop: &Desktop,
    subjects: [&Subject; N],
) -> Result<[f64; N]> {
    let screen = desktop.screen()?;
    let mut sizes = [const { Vec::new() }; N];
    for _ in 0..OPENED {
        for (subject, sizes) in subjects.iter().zip(&mut sizes) {
            let mut running = subject.start(desktop)?;
            wait_until_painted(subject, &mut running, &screen)?;
            let size = settled_pss_mib(&running)?;
            eprintln!("{}: {size:.1} MiB", subject.name);
            sizes.push(size);
        }
    }
    Ok(sizes.map(median))
}

/// Starts a focus with the command line and watches the app for `duration`.
pub(super) fn watch_focus(
    workspace: &Workspace,
    desktop: &Desktop,
    subject: &Subject,
    duration: Duration,
) -> Result<Load> {
    let mut running = subject.start(desktop)?;
    wait_until_painted(subject, &mut running, &desktop.screen()?)?;
    let mut start = subject.command(&workspace.binary("release", app::CLI));
    say(start.args(["start", "Bench", "--minutes", "25"]))?;
    settled_pss_mib(&running)?;

    let (ticks_before, switches_before) = usage(&running);
    let begin = Instant::now();
    std::thread::sleep(duration);
    let (ticks_after, switches_after) = usage(&running);
    let seconds = begin.elapsed().as_secs_f64();
    running.check_alive()?;
    say(subject
        .command(&workspace.binary("release", app::CLI))
        .arg("stop"))?;
    Ok(Load {
        // Linux tells processor time in hundredths of a second, whatever the kernel's own clock.
        cpu_percent: difference(ticks_before, ticks_after) / seconds,
        switches_per_second: difference(switches_before, switches_after) / seconds,
    })
}

fn say(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {complaint}");
    Ok(())
}

fn settled_pss_mib(running: &Owned) -> Result<f64> {
    let mut last: Option<f64> = None;
    wait_for("memory that no longer grows", SETTLED_WITHIN, || {
        let now = pss_mib(running.id())?;
        let settled = last.is_some_and(|last| (now - last).abs() < 0.005 * now);
        last = Some(now);
        if !settled {
            std::thread::sleep(BETWEEN_LOOKS);
        }
        Ok(settled.then_some(now))
    })
}

/// Proportional set size: what is shared with others is counted in parts.
fn pss_mib(root: u32) -> Result<f64> {
    let mut kib = 0;
    for id in tree(root) {
        // A process that ended in between holds nothing.
        let Ok(rollup) = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")) else {
            continue;
        };
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        let line = line.context("the kernel tells no PSS")?;
        let number = line.trim().trim_end_matches(" kB");
        kib += number.parse::<u32>().with_context(|| line.to_owned())?;
    }
    Ok(f64::from(kib) / 1024.0)
}

/// Clock ticks and context switches of the whole tree so far.
fn usage(running: &Owned) -> (u32, u32) {
    let mut ticks = 0;
    let mut switches = 0;
    for id in tree(running.id()) {
        ticks += [11, 12]
            .into_iter()
            .filter_map(|index| stat_field(id, index)?.parse::<u32>().ok())
            .sum::<u32>();
        for task in std::fs::read_dir(format!("/proc/{id}/task"))
            .into_iter()
            .flatten()
            .flatten()
        {
            let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
            switches += status
                .lines()
                .filter(|line| line.contains("voluntary_ctxt_switches"))
                .filter_map(|line| line.split_whitespace().last()?.parse::<u32>().ok())
                .sum::<u32>();
        }
    }
    (ticks, switches)
}

/// A thread that ended takes its numbers along, so a sum may shrink a little.
fn difference(before: u32, after: u32) -> f64 {
    f64::from(after.saturating_sub(before))
}
