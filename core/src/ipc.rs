//! How a second process reaches the owner of a data folder: one line of JSON each way over a local
//! socket. It never leaves the machine.

mod address;
mod client;
mod reach;
mod server;

#[cfg(test)]
mod tests;

use std::io;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub use client::Client;
pub use reach::{Reached, move_in, reach};
pub use server::{Server, Visitor};

use crate::app::{Answer, Command};
use crate::error::ErrorView;
use crate::transfer::Progress;

/// The longest line either side reads.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// The version of what is said here, and of the schema beneath: a process of another version is not
/// spoken to.
const PROTOCOL: u32 = 6;

/// The first line of the owner. A connection without it is one to a process that is just ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Greeting {
    protocol: u32,
}

/// What a second process wants of the owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Do this.
    Do(Command),
    /// Come to the front: somebody started the app again.
    Show,
}

/// What the owner answers; before the answer to a command that takes long, how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// How far the command is. Another response follows.
    Progress(Progress),
    /// What the command led to.
    Done(Box<Answer>),
    /// Somebody started the app again, and this comes of it.
    Welcomed(Welcome),
    /// Why nothing was changed.
    Refused(ErrorView),
}

/// What an owner does when somebody starts the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Welcome {
    /// It has a window, which comes to the front.
    Shown,
    /// It has none, and ends, so that the app can own the folder.
    MakesRoom,
}

async fn write_line<T: Serialize>(to: &mut (impl AsyncWrite + Unpin), value: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    to.write_all(&line).await?;
    to.flush().await
}

async fn read_line<T: for<'de> Deserialize<'de>>(
    from: &mut (impl AsyncBufRead + Unpin),
) -> io::Result<T> {
    let mut line = Vec::new();
    from.take(LINE_BYTES_MAX)
        .read_until(b'\n', &mut line)
        .await?;
    if line.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_slice(&line)?)
}
