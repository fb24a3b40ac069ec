//! The side that asks.

use std::io;
use std::time::Duration;

use interprocess::local_socket::tokio::Stream;
use interprocess::local_socket::traits::tokio::Stream as _;
use tokio::io::BufReader;

use super::address::{self, Address};
use super::{Request, Response, read_line, write_line};
use crate::app::{Answer, Command};
use crate::error::AppError;
use crate::folder::DataFolder;

/// How long the owner may take to answer. A write waits up to 5 s for the database.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection to the owner of a data folder.
pub struct Client(Stream);

impl Client {
    /// Connects to the owner of `folder`. `None` when nobody answers there.
    pub async fn connect(folder: &DataFolder) -> Option<Self> {
        let text = Address::published(folder).ok()?;
        let stream = Stream::connect(address::name(&text).ok()?).await.ok()?;
        Some(Self(stream))
    }

    /// Has the owner do `command`.
    pub async fn run(self, command: Command) -> Result<Answer, AppError> {
        match self.ask(Request::Do(command)).await? {
            Response::Done(answer) => Ok(answer),
            Response::Refused(view) => Err(AppError::Elsewhere(view)),
            Response::Shown => Err(AppError::Unreachable(io::ErrorKind::InvalidData.into())),
        }
    }

    /// Brings the owner's window to the front.
    pub async fn show(self) -> Result<(), AppError> {
        self.ask(Request::Show).await.map(drop)
    }

    async fn ask(self, request: Request) -> Result<Response, AppError> {
        let exchange = async {
            let mut stream = BufReader::new(self.0);
            write_line(&mut stream, &request).await?;
            read_line(&mut stream).await
        };
        tokio::time::timeout(ANSWER_TIMEOUT, exchange)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(AppError::Unreachable)
    }
}
