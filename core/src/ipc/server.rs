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

/// How long a client may take to read a line.
const LINE_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a client hears that its command is still being done.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);

/// How long a failed accept waits for the next.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// How long the end waits for answers that are under way. Whoever waits for the folder has patience for longer.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// What the shell does when somebody starts the app a second time.
pub type Visitor = Arc<dyn Fn() -> Welcome + Send + Sync>;

/// Listens until it is dropped.
pub struct Server {
    folder: DataFolder,
    address: Address,
    listening: tokio::task::JoinHandle<()>,
    /// Tells what takes long that it is to stop, also by being dropped.
    closing: watch::Sender<()>,
    /// Heard by every answer that is under way.
    answering: Arc<watch::Sender<()>>,
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
        let answering = Arc::new(watch::Sender::new(()));
        let (closing, is_closing) = watch::channel(());
        let owner = Owner {
            app,
            on_show,
            is_closing,
        };
        let listening = tokio::spawn(accept(listener, owner, Arc::clone(&answering)));
        Ok(Self {
            folder: folder.clone(),
            address,
            listening,
            closing,
            answering,
        })
    }

    /// Waits until nobody waits for an answer. Who asks meanwhile is answered, too.
    pub async fn answered(&self) {
        self.answering.closed().await;
    }

    /// Takes no further requests, and does what it was asked for. Only what takes longer than somebody waits who
    /// comes now is stopped, as by [`Server::close`].
    pub async fn finish(mut self) {
        self.stop_accepting().await;
        if timeout(CLOSE_TIMEOUT, self.answered()).await.is_err() {
            self.close().await;
        }
    }

    /// Takes no further requests, and answers those it has. What can be asked for again is stopped where it is.
    pub async fn close(mut self) {
        self.stop_accepting().await;
        self.closing.send_replace(());
        if timeout(CLOSE_TIMEOUT, self.answered()).await.is_err() {
            tracing::warn!("a local client still waited for its answer at the end");
        }
    }

    /// When this returns, nobody else begins to be answered.
    async fn stop_accepting(&mut self) {
        self.listening.abort();
        if !self.listening.is_finished() {
            // An error says that it was ended.
            drop((&mut self.listening).await);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.abort();
        self.address.withdraw(&self.folder);
    }
}

/// Who answers.
#[derive(Clone)]
pub(super) struct Owner {
    pub(super) app: Arc<App>,
    pub(super) on_show: Visitor,
    pub(super) is_closing: watch::Receiver<()>,
}

async fn accept(listener: Listener, owner: Owner, answering: Arc<watch::Sender<()>>) {
    loop {
        match listener.accept().await {
            Ok(stream) => {
                let answer = answer(stream, owner.clone());
                let answering = answering.subscribe();
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

async fn answer(stream: Stream, owner: Owner) {
    let mut stream = BufReader::new(stream);
    let greeting = Greeting { protocol: PROTOCOL };
    let greeted = timeout(LINE_TIMEOUT, write_line(&mut stream, &greeting)).await;
    let Ok(Ok(())) = greeted else { return };
    let request = timeout(REQUEST_TIMEOUT, read_line(&mut stream)).await;
    let Ok(Ok(request)) = request else { return };
    // Lines are written beside the command: a client that does not read them holds nothing up.
    let (lines, written) = mpsc::channel(1);
    let (spoken, ()) = tokio::join!(speak(stream, written), owner.respond(request, lines));
    if let Err(error) = spoken {
        tracing::info!(%error, "a local client left before its answer");
    }
}

/// Writes a line each. An error when the client does not read them, or not in time.
async fn speak(
    mut stream: BufReader<Stream>,
    mut lines: mpsc::Receiver<Response>,
) -> io::Result<()> {
    while let Some(line) = lines.recv().await {
        let written = timeout(LINE_TIMEOUT, write_line(&mut stream, &line)).await;
        written.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
    }
    Ok(())
}

impl Owner {
    async fn respond(self, request: Request, lines: mpsc::Sender<Response>) {
        let response = match request {
            Request::Show => Response::Welcomed((self.on_show)()),
            Request::Do(command) => match self.run(command, &lines).await {
                None => return,
                Some(Ok(answer)) => Response::Done(Box::new(answer)),
                Some(Err(error)) => Response::Refused(error.view()),
            },
        };
        // An error means that the client left, which is told where that is seen.
        drop(lines.send(response).await);
    }

    /// Does `command` and tells how far it is. When nobody listens any more it stops where it is, and there
    /// is no answer.
    pub(super) async fn run(
        &self,
        command: Command,
        lines: &mpsc::Sender<Response>,
    ) -> Option<Result<Answer, AppError>> {
        let progress = watch::Sender::new(Progress::default());
        let mut made = progress.subscribe();
        let mut is_closing = self.is_closing.clone();
        let can_be_left = command.can_be_left();
        let mut done = pin!(self.app.run_told(command, &progress));
        loop {
            // An error cannot come: the sender lives as long as this.
            let changed = timeout(SIGN_OF_LIFE, made.changed());
            tokio::select! {
                biased;
                done = &mut done => return Some(done),
                () = lines.closed(), if can_be_left => return None,
                // An error means that the server is gone.
                _ = is_closing.changed(), if can_be_left => {
                    return Some(Err(AppError::Stopped));
                }
                _ = changed => {
                    let progress = *made.borrow_and_update();
                    // Full: the client has not read the last one yet, and hears the next.
                    drop(lines.try_send(Response::Progress(progress)));
                }
            }
        }
    }
}
