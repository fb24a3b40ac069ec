//! The side that asks.

use std::io;
use std::time::Duration;

use interprocess::local_socket::tokio::Stream;
use interprocess::local_socket::traits::tokio::Stream as _;
use tokio::io::BufReader;
use tokio::sync::watch;
use tokio::time::timeout;

use super::address::{self, Address};
use super::{Greeting, PROTOCOL, Request, Response, Welcome, read_line, write_line};
use crate::app::{Answer, Command};
use crate::error::AppError;
use crate::folder::DataFolder;
use crate::transfer::Progress;

/// How long the owner may be silent. A write waits up to 5 s for the database.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the owner may take to greet.
const GREETING_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection to the owner of a data folder.
pub struct Client(BufReader<Stream>);

impl Client {
    /// Connects to the owner of `folder`. `None` when nobody answers there.
    pub async fn connect(folder: &DataFolder) -> Option<Self> {
        let text = Address::published(folder).ok()?;
        let stream = Stream::connect(address::name(&text).ok()?).await.ok()?;
        let mut stream = BufReader::new(stream);
        let greeting = timeout(GREETING_TIMEOUT, read_line::<Greeting>(&mut stream)).await;
        matches!(greeting, Ok(Ok(Greeting { protocol: PROTOCOL }))).then_some(Self(stream))
    }

    /// Has the owner do `command`.
    pub async fn run(self, command: Command) -> Result<Answer, AppError> {
        self.run_told(command, &watch::Sender::default()).await
    }

    /// Has the owner do `command`, and passes on how far it is.
    pub async fn run_told(
        mut self,
        command: Command,
        progress: &watch::Sender<Progress>,
    ) -> Result<Answer, AppError> {
        command.check()?;
        let mut response = self.ask(Request::Do(command)).await?;
        loop {
            response = match response {
                Response::Done(answer) => return Ok(*answer),
                Response::Refused(view) => return Err(AppError::Elsewhere(view)),
                Response::Progress(made) => {
                    progress.send_replace(made);
                    self.next().await?
                }
                Response::Welcomed(_) => return Err(out_of_turn()),
            };
        }
    }

    /// Brings the owner's window to the front, or has an owner without a window make room.
    pub async fn show(mut self) -> Result<Welcome, AppError> {
        match self.ask(Request::Show).await? {
            Response::Welcomed(welcome) => Ok(welcome),
            Response::Refused(view) => Err(AppError::Elsewhere(view)),
            Response::Done(_) | Response::Progress(_) => Err(out_of_turn()),
        }
    }

    async fn ask(&mut self, request: Request) -> Result<Response, AppError> {
        let written = timeout(ANSWER_TIMEOUT, write_line(&mut self.0, &request)).await;
        written
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(AppError::Unreachable)?;
        self.next().await
    }

    async fn next(&mut self) -> Result<Response, AppError> {
        timeout(ANSWER_TIMEOUT, read_line(&mut self.0))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(AppError::Unreachable)
    }
}

/// The owner answered something else than it was asked.
fn out_of_turn() -> AppError {
    AppError::Unreachable(io::ErrorKind::InvalidData.into())
}
