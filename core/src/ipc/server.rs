//! The side that answers, in the process that owns the data folder.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use interprocess::local_socket::ListenerOptions;
use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::traits::tokio::Listener as _;
use tokio::io::BufReader;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::address::{self, Address};
use super::{Greeting, PROTOCOL, Request, Response, Welcome, read_line, write_line};
use crate::app::{Answer, App, Command};
use crate::error::AppError;
use crate::folder::DataFolder;
use crate::randomness::Randomness;
use crate::transfer::Progress;

/// How long a client may take to say what it wants.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a client hears that its command is still being done.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);

/// How long a failed accept waits for the next.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// How long the end waits for answers that are under way.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// What the shell does when somebody starts the app a second time.
pub type Visitor = Arc<dyn Fn() -> Welcome + Send + Sync>;

/// Listens until it is dropped.
pub struct Server {
    folder: DataFolder,
    address: Address,
    listening: tokio::task::JoinHandle<()>,
    /// Closed once every answer was given.
    answered: mpsc::Receiver<()>,
}

impl Server {
    /// Answers for `app`, which owns `folder`. `on_show` brings the window to the front.
    pub fn listen(folder: &DataFolder, app: Arc<App>, on_show: Visitor) -> io::Result<Self> {
        let unique: [u8; 8] = Randomness::system().bytes();
        let address = Address::choose(folder, &format!("{:016x}", u64::from_be_bytes(unique)))?;
        let listener = ListenerOptions::new()
            .name(address::name(address.text())?)
            .create_tokio()?;
        address.publish(folder)?;
        let (answering, answered) = mpsc::channel(1);
        let listening = tokio::spawn(accept(listener, app, on_show, answering));
        Ok(Self {
            folder: folder.clone(),
            address,
            listening,
            answered,
        })
    }

    /// Takes no further requests, and answers those it has.
    pub async fn close(mut self) {
        self.listening.abort();
        if timeout(CLOSE_TIMEOUT, self.answered.recv()).await.is_err() {
            tracing::warn!("a local client still waited for its answer at the end");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.abort();
        self.address.withdraw(&self.folder);
    }
}

async fn accept(listener: Listener, app: Arc<App>, on_show: Visitor, answering: mpsc::Sender<()>) {
    loop {
        match listener.accept().await {
            Ok(stream) => {
                let answer = answer(stream, Arc::clone(&app), Arc::clone(&on_show));
                let answering = answering.clone();
                tokio::spawn(async move {
                    answer.await;
                    drop(answering);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a local connection failed");
                // Out of file handles, most likely: trying again at once would only burn time.
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

/// Does `command` and tells how far it is. An error when nobody listens any more: then it stops where
/// it is.
async fn run(
    stream: &mut BufReader<Stream>,
    app: &App,
    command: Command,
) -> io::Result<Result<Answer, AppError>> {
    let progress = watch::Sender::new(Progress::default());
    let mut made = progress.subscribe();
    let mut done = pin!(app.run_told(command, &progress));
    loop {
        // An error cannot come: the sender lives as long as this.
        let changed = timeout(SIGN_OF_LIFE, made.changed());
        tokio::select! {
            biased;
            done = &mut done => return Ok(done),
            _ = changed => {
                let progress = *made.borrow_and_update();
                write_line(stream, &Response::Progress(progress)).await?;
            }
        }
    }
}

async fn answer(stream: Stream, app: Arc<App>, on_show: Visitor) {
    let mut stream = BufReader::new(stream);
    let greeting = Greeting { protocol: PROTOCOL };
    if write_line(&mut stream, &greeting).await.is_err() {
        return;
    }
    let request = timeout(REQUEST_TIMEOUT, read_line(&mut stream)).await;
    let Ok(Ok(request)) = request else { return };
    let response = match request {
        Request::Show => Response::Welcomed(on_show()),
        Request::Do(command) => match run(&mut stream, &app, command).await {
            Ok(done) => done.map_or_else(|error| Response::Refused(error.view()), Response::Done),
            Err(error) => {
                tracing::info!(%error, "a local client left, and what it had asked for was stopped");
                return;
            }
        },
    };
    if let Err(error) = write_line(&mut stream, &response).await {
        tracing::debug!(%error, "a local client left before its answer");
    }
}
