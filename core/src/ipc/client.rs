//! The side that asks.

use std::io;
use std::time::Duration;

use interprocess::local_socket::tokio::Stream;
use interprocess::local_socket::traits::tokio::Stream as _;
use tokio::io::BufReader;
use tokio::time::timeout;

use super::address::{self, Address};
use super::{Greeting, PROTOCOL, Request, Response, Welcome, read_line, write_line};
use crate::app::{Answer, Command};
use crate::error::AppError;
use crate::folder::DataFolder;

/// How long the owner may take to answer. A write waits up to 5 s for the database.
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
        command.check()?;
        match self.ask(Request::Do(command)).await? {
            Response::Done(answer) => Ok(answer),
            Response::Refused(view) => Err(AppError::Elsewhere(view)),
            Response::Welcomed(_) => Err(AppError::Unreachable(io::ErrorKind::InvalidData.into())),
        }
    }

    /// Brings the owner's window to the front, or has an owner without a window make room.
    pub async fn show(self) -> Result<Welcome, AppError> {
        match self.ask(Request::Show).await? {
            Response::Welcomed(welcome) => Ok(welcome),
            Response::Refused(view) => Err(AppError::Elsewhere(view)),
            Response::Done(_) => Err(AppError::Unreachable(io::ErrorKind::InvalidData.into())),
        }
    }

    async fn ask(mut self, request: Request) -> Result<Response, AppError> {
        let exchange = async {
            write_line(&mut self.0, &request).await?;
            read_line(&mut self.0).await
        };
        timeout(ANSWER_TIMEOUT, exchange)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(AppError::Unreachable)
    }
}
