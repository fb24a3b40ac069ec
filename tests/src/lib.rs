//! The harness of the stories across the crates: a machine of its own for each test, and the ways in
//! which a person, a script or the desktop meets the app. What is tested lies in the binaries beside.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test stops at the first thing that is not as it should be, and says what it saw"
)]

mod bus;
mod changes;
mod cli;
mod daemon;
mod desktop_app;
mod display;
mod faults;
mod machine;
mod notification_host;
mod power_host;
mod processes;
mod program;
mod tray_host;
mod wait;
mod web_driver;
mod window;

pub use bus::Bus;
pub use changes::{CHANGES, Way};
pub use cli::{Cli, Said, moment};
pub use daemon::Daemon;
pub use desktop_app::{Desktop, DesktopApp};
pub use display::Display;
pub use faults::{Clocks, Fault, Faults, FileStep};
pub use machine::{Machine, Person};
pub use notification_host::{Notification, NotificationHost};
pub use power_host::PowerHost;
pub use processes::{app_of, kill_9, living_with, terminate};
pub use program::Program;
pub use tray_host::{Entry, Picture, TrayHost, TrayItem};
pub use wait::{DEADLINE, eventually};
pub use window::Window;
