//! From the socket to the doors and back: reads a request whole, lets a fault at it, and notes how
//! it ended. A request goes on when its client has gone, as PostgREST and GoTrue go on.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::local::LOCAL_PREFIX;
use crate::faults::{Arrival, Closed, carry_out};
use crate::gateway::{self, REQUEST_BYTES_MAX};
use crate::jwt::claimed_user;
use crate::requests::Answered;
use crate::shared::Shared;

/// Answers connections until told to stop; then closes all and returns when nothing runs.
pub(super) async fn accept(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
) {
    let (running, mut all_ended) = mpsc::channel(1);
    let router = TowerToHyperService::new(gateway::router(Arc::clone(&shared)));
    let door = Door {
        shared,
        router,
        stopped: stopped.clone(),
        _running: running,
    };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(serve(stream, door.clone()))),
                // The client has gone again, or all descriptors are taken for a moment.
                Err(error) => tracing::debug!(%error, "a connection was not accepted"),
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop((listener, door));
    connections.shutdown().await;
    // Nothing is ever sent: it ends when the last request has dropped its end.
    all_ended.recv().await;
}

/// What a connection needs to answer.
#[derive(Clone)]
struct Door {
    shared: Arc<Shared>,
    router: TowerToHyperService<Router>,
    stopped: watch::Receiver<bool>,
    /// Held by everything that still runs.
    _running: mpsc::Sender<()>,
}

async fn serve(stream: TcpStream, door: Door) {
    // Answers are small and awaited; a socket that refuses the option works all the same.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delays");
    }
    let service = service_fn(|request| {
        let door = door.clone();
        async move {
            // A task of its own: the request is carried out even when the client has gone.
            let answer = tokio::spawn(answer_unless_stopped(door, request));
            answer.await.unwrap_or(Err(Closed))
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection broke off");
    }
}

async fn answer_unless_stopped(door: Door, request: Request<Incoming>) -> Result<Response, Closed> {
    let mut stopped = door.stopped.clone();
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => Err(Closed),
        answer = answer(&door, request) => answer,
    }
}

async fn answer(door: &Door, request: Request<Incoming>) -> Result<Response, Closed> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let (method, user_id) = (parts.method.to_string(), user_of(&parts));
    let mut request_bytes = 0;
    let answer = match read(body).await {
        Ok(body) => {
            request_bytes = body.len() as u64;
            let arrival = Arrival {
                method: method.clone(),
                path: path.clone(),
                user_id: user_id.clone(),
                body: body.to_vec(),
            };
            // The rules themselves stay within reach.
            let exempt = path.starts_with(LOCAL_PREFIX);
            let step = if exempt {
                None
            } else {
                door.shared.faults.take(&arrival)
            };
            carry_out(step, arrival, || handle(door, &parts, &body)).await
        }
        Err(Unread::TooLarge) => Ok(gateway::too_large()),
        Err(Unread::BrokenOff) => Err(Closed),
    };
    let sent = answer.as_ref().ok();
    door.shared.requests.record(Answered {
        number: 0,
        method,
        path,
        user_id,
        status: sent.map(|response| response.status().as_u16()),
        request_bytes,
        response_bytes: sent.map_or(0, |response| response.body().size_hint().lower()),
        started,
        finished: Instant::now(),
    });
    answer
}

/// The answer of the doors, whole.
async fn handle(door: &Door, parts: &Parts, body: &Bytes) -> Response {
    let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
    let (parts, body) = match door.router.call(request).await {
        Ok(response) => response.into_parts(),
        Err(never) => match never {},
    };
    match to_bytes(body, usize::MAX).await {
        Ok(body) => Response::from_parts(parts, Body::from(body)),
        Err(error) => {
            tracing::error!(%error, "an answer could not be packed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Why there is no body.
enum Unread {
    TooLarge,
    BrokenOff,
}

async fn read(mut body: Incoming) -> Result<Bytes, Unread> {
    if body.size_hint().lower() > REQUEST_BYTES_MAX as u64 {
        return Err(Unread::TooLarge);
    }
    let mut whole = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Unread::BrokenOff)?;
        let data = frame.into_data().unwrap_or_default();
        if whole.len() + data.len() > REQUEST_BYTES_MAX {
            return Err(Unread::TooLarge);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.into())
}

fn user_of(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    claimed_user(header.strip_prefix("Bearer ")?)
}
