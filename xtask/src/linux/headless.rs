//! `cargo xtask run --headless`: the app on a screen of its own, and a picture of it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::desktop::{Desktop, Size};
use super::process::Owned;
use super::screen::Screen;
use super::wait_for;

const PAINTED_WITHIN: Duration = Duration::from_mins(1);

/// Opens `program`, waits until its window is painted, writes `picture`, and ends everything.
pub(crate) fn show(
    program: &Path,
    data_dir: Option<&Path>,
    size: Size,
    picture: &Path,
) -> Result<()> {
    let desktop = Desktop::start(size)?;
    let screen = desktop.screen()?;
    let mut command = Command::new(program);
    if let Some(folder) = data_dir {
        command.arg("--data-dir").arg(folder);
    }
    let mut app = Owned::start(desktop.host(&mut command))?;
    wait_for("a painted window", PAINTED_WITHIN, || {
        app.check_alive()?;
        Ok(screen.is_painted()?.then_some(()))
    })?;
    wait_until_still(&screen)?;
    screen.save(picture)?;
    app.end();
    println!(
        "Particle was opened and painted its window: {}",
        picture.display()
    );
    Ok(())
}

/// Waits for the end of what fades in: two looks in a row that see the same. What never rests is
/// taken as it is.
pub(super) fn wait_until_still(screen: &Screen) -> Result<()> {
    const LOOKS: usize = 20;
    const BETWEEN_LOOKS: Duration = Duration::from_millis(150);
    let mut last = screen.look()?;
    for _ in 0..LOOKS {
        std::thread::sleep(BETWEEN_LOOKS);
        let now = screen.look()?;
        if now == last {
            break;
        }
        last = now;
    }
    Ok(())
}
