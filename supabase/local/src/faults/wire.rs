//! How a fault looks on the wire. A connection is closed by failing its service: the HTTP library
//! then drops the socket without a byte of an answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use hyper::body::{Bytes, Frame, SizeHint};

use super::{Arrival, CannedAnswer, Fault, Moment, Step};

/// How much of a gigantic body is made at a time.
const GIGANTIC_CHUNK_BYTES: usize = 64 * 1024;

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub(crate) struct Closed;

/// Carries a request out by `handle`, as `step` wants it.
pub(crate) async fn carry_out<H, F>(
    step: Option<Step>,
    arrival: Arrival,
    handle: H,
) -> Result<Response, Closed>
where
    H: Fn() -> F,
    F: Future<Output = Response>,
{
    match step {
        None => Ok(handle().await),
        Some(Step::Fault(fault)) => go_wrong(fault, None, handle).await,
        Some(Step::Hold(gate)) => {
            let done = match gate.moment() {
                Moment::Before => None,
                Moment::After => Some(handle().await),
            };
            match (gate.pass(arrival).await, done) {
                (Some(fault), done) => go_wrong(fault, done, handle).await,
                (None, Some(response)) => Ok(response),
                (None, None) => Ok(handle().await),
            }
        }
    }
}

/// `done` is the answer when the request was carried out before.
async fn go_wrong<H, F>(fault: Fault, done: Option<Response>, handle: H) -> Result<Response, Closed>
where
    H: Fn() -> F,
    F: Future<Output = Response>,
{
    let carried_out = async || match done {
        Some(response) => response,
        None => handle().await,
    };
    match fault {
        Fault::DropBefore => Err(Closed),
        Fault::DropAfter => {
            carried_out().await;
            Err(Closed)
        }
        Fault::Hang => std::future::pending().await,
        Fault::Twice => {
            carried_out().await;
            Ok(handle().await)
        }
        Fault::AnswerBefore(answer) => Ok(canned(answer)),
        Fault::AnswerAfter(answer) => {
            carried_out().await;
            Ok(canned(answer))
        }
        Fault::Truncated(bytes) => truncated(carried_out().await, bytes).await,
        Fault::Gigantic(bytes) => Ok(gigantic(bytes)),
    }
}

fn canned(answer: CannedAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    // A status or a header that cannot be sent is a mistake of the test, and shows as 500.
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => drop(response.headers_mut().append(name, value)),
            _ => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
    response
}

async fn truncated(response: Response, bytes: usize) -> Result<Response, Closed> {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(|_| Closed)?;
    let announced = whole.len().max(bytes + 1);
    parts
        .headers
        .insert(CONTENT_LENGTH, HeaderValue::from(announced));
    let sent = whole.slice(..bytes.min(whole.len()));
    Ok(Response::from_parts(parts, Body::new(Cut::Whole(sent))))
}

fn gigantic(bytes: u64) -> Response {
    let mut response = Response::new(Body::new(Gigantic {
        length: bytes.max(2),
        sent: 0,
    }));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A body that breaks off.
enum Cut {
    /// Nothing was sent yet.
    Whole(Bytes),
    /// The bytes were handed on; one more turn lets them out of the buffers.
    HandedOn,
    /// They are out.
    Sent,
}

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut *self {
            Self::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::HandedOn;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::HandedOn => {
                *self = Self::Sent;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Sent => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
        }
    }

    /// What is sent is a lower bound only: the header announces more.
    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        if let Self::Whole(bytes) = self {
            hint.set_lower(bytes.len() as u64);
        }
        hint
    }
}

/// One long JSON text, made while it is sent.
struct Gigantic {
    length: u64,
    sent: u64,
}

impl hyper::body::Body for Gigantic {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let left = self.length - self.sent;
        if left == 0 {
            return Poll::Ready(None);
        }
        let size = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(GIGANTIC_CHUNK_BYTES);
        let mut chunk = vec![b'a'; size];
        if self.sent == 0 {
            chunk[0] = b'"';
        }
        if left == size as u64 {
            chunk[size - 1] = b'"';
        }
        self.sent += size as u64;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(chunk)))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length - self.sent)
    }
}
