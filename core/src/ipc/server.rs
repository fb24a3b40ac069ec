//! The side that answers, in the process that owns the data folder.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use interprocess::local_socket::ListenerOptions;
use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::traits::tokio::Listener as _;
use tokio::io::BufReader;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::address::{self, Address};
use super::{Greeting, PROTOCOL, Request, Response, Welcome, read_line, write_line};
use crate::app::App;
use crate::folder::DataFolder;
use crate::randomness::Randomness;

/// How long a client may take to say what it wants.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

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
        Request::Do(command) => app
            .run(command)
            .await
            .map_or_else(|error| Response::Refused(error.view()), Response::Done),
    };
    if let Err(error) = write_line(&mut stream, &response).await {
        tracing::debug!(%error, "a local client left before its answer");
    }
}
