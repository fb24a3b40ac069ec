//! Requests that break off, or are no HTTP: nothing of them is written, and the server goes on.

use std::time::Duration;

use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{body, good_stamp};
use crate::attack::ground::{EXCHANGE, Ground};
use crate::wire::particle;

/// Beyond this a test hangs.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// Whether the client says that it will send no more, before it reads the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// A connection that breaks off.
    Closed,
    /// A client that waits.
    Open,
}

impl Ground {
    /// Sends bytes, and reads what comes back until the server closes the connection.
    async fn raw(&self, bytes: &[u8], end: End) -> String {
        let stream = TcpStream::connect(("127.0.0.1", self.server.port())).await;
        let mut stream = stream.expect("a connection");
        // Turned away before everything was sent: an end like any other.
        let is_sent = stream.write_all(bytes).await.is_ok();
        if is_sent && end == End::Closed {
            let _gone_already = stream.shutdown().await.is_err();
        }
        let mut answer = Vec::new();
        let reading = timeout(ANSWER_TIMEOUT, stream.read_to_end(&mut answer)).await;
        // It may be closed hard, which is an answer, too.
        let _closed_hard = reading.expect("an answer or an end").is_err();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The head of an exchange of the other person.
    fn head(&self, more: &str) -> String {
        format!(
            "POST {EXCHANGE} HTTP/1.1\r\nHost: local\r\napikey: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\n{more}\r\n",
            self.server.publishable_key(),
            self.other.token,
        )
    }
}

#[tokio::test]
async fn a_whole_request_by_hand_is_answered() {
    let ground = Ground::start().await;
    let text = body(&[particle(60, "by hand", &good_stamp())]);
    let head = ground.head(&format!(
        "Content-Length: {}\r\nConnection: close\r\n",
        text.len()
    ));
    let answer = ground
        .raw(format!("{head}{text}").as_bytes(), End::Open)
        .await;
    assert!(
        answer.starts_with("HTTP/1.1 200"),
        "the tests below could not fail: {answer}"
    );
}

#[tokio::test]
async fn a_request_that_breaks_off_writes_nothing() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let text = body(&[particle(60, "half", &good_stamp())]);
    let whole = ground.head(&format!("Content-Length: {}\r\n", text.len()));
    let chunked = ground.head("Transfer-Encoding: chunked\r\n");
    let cut = [
        format!("{whole}{}", &text[..text.len() - 1]),
        whole.clone(),
        whole[..whole.len() - 10].to_owned(),
        format!("{chunked}{:x}\r\n{text}\r\n", text.len()),
        format!("{chunked}{:x}\r\n{text}", text.len() + 5),
    ];
    for cut in cut {
        let answer = ground.raw(cut.as_bytes(), End::Closed).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
        ground.assert_answers().await;
    }
    assert_eq!(ground.dump(None).await, before);
}

#[rstest]
#[case::no_http("hello\r\n\r\n")]
#[case::tls("\u{16}\u{3}\u{1}\0\u{5}\u{1}\0\0")]
#[case::no_version("GET /rest/v1/particles\r\n\r\n")]
#[case::another_version("GET /rest/v1/particles HTTP/9.9\r\n\r\n")]
#[case::two_lengths(
    "POST /rest/v1/rpc/sync_exchange HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
)]
#[case::no_length("POST /rest/v1/rpc/sync_exchange HTTP/1.1\r\nContent-Length: many\r\n\r\nab")]
#[case::negative_length("POST /rest/v1/rpc/sync_exchange HTTP/1.1\r\nContent-Length: -1\r\n\r\nab")]
#[case::bad_chunks(
    "POST /rest/v1/rpc/sync_exchange HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
)]
#[case::nul_in_a_header("GET / HTTP/1.1\r\napikey: a\0b\r\n\r\n")]
#[case::a_path_that_is_none("GET ../../etc/passwd HTTP/1.1\r\n\r\n")]
#[tokio::test]
async fn what_is_no_http_is_turned_away(#[case] bytes: &str) {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let answer = ground.raw(bytes.as_bytes(), End::Closed).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
        "{answer}"
    );
    ground.assert_answers().await;
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn a_head_without_end_is_turned_away() {
    let ground = Ground::start().await;
    let head = ground.head(&format!(
        "Connection: close\r\nX-Long: {}\r\n",
        "x".repeat(300_000)
    ));
    let many = ground.head(&"X-Many: x\r\n".repeat(10_000));
    let path = format!(
        "GET /rest/v1/particles?id=eq.{} HTTP/1.1\r\nConnection: close\r\n\r\n",
        "x".repeat(300_000)
    );
    for bytes in [head, many, path] {
        let answer = ground.raw(bytes.as_bytes(), End::Open).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
        ground.assert_answers().await;
    }
}
