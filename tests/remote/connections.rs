//! No connection: offline, and nothing else is.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use particle_core::remote::{Failure, Limits, Remote, Supabase};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::support::nothing;

const KEY: &str = "sb_publishable_abcd";

async fn exchange(url: &str, limits: Limits) -> Failure {
    let client = Supabase::with_limits(url, KEY, limits).expect("a good address");
    let outcome = client.exchange("a.b.c", &nothing()).await;
    outcome.expect_err("nobody is there")
}

fn check_unreachable(failure: &Failure) {
    let Failure::Unreachable(why) = failure else {
        panic!("{failure:?}");
    };
    assert!(!why.is_empty());
    assert!(!why.contains("a.b.c"), "no token in a sentence: {why}");
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    check_unreachable(&exchange(&format!("http://{address}"), Limits::default()).await);
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_unreachable() {
    check_unreachable(&exchange("https://particle.invalid", Limits::default()).await);
}

#[tokio::test]
async fn a_server_without_tls_is_unreachable_by_https() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 16];
        stream.read_exact(&mut hello).await.unwrap();
        let page = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(page).await.unwrap();
    });
    check_unreachable(&exchange(&format!("https://{address}"), Limits::default()).await);
}

#[tokio::test]
async fn an_attempt_that_nobody_answers_is_unreachable() {
    // Who listens and never accepts answers no further attempt once its queue is full.
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    for _ in 0..2 {
        queue.push(TcpStream::connect(address).await.unwrap());
    }
    let limits = Limits {
        connect: Duration::from_millis(200),
        ..Limits::default()
    };
    check_unreachable(&exchange(&format!("http://{address}"), limits).await);
}

#[tokio::test]
async fn a_server_that_hangs_up_is_not_offline() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut begin = [0; 16];
            drop(stream.read_exact(&mut begin).await);
        }
    });
    let failure = exchange(&format!("http://{address}"), Limits::default()).await;
    assert!(
        matches!(failure, Failure::Unavailable { .. }),
        "{failure:?}"
    );
}
