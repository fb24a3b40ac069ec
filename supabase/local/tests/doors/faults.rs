//! Every fault as it is on the wire, and the log of what was answered.

use std::time::Duration;

use local_supabase::{CannedAnswer, Fault, Matching, Moment};
use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Doors, USER, answer, start, within};

const ADD: &str = "/rest/v1/rpc/add";
const RPC: &str = "/rest/v1/rpc/";

/// A function that leaves one more row at each call and says how many there are.
async fn start_with_counter() -> Doors {
    let doors = start().await;
    doors
        .sql(
            "create table public.counted (n int);
             create function public.add() returns bigint language plpgsql security definer as $$
             begin
                 insert into public.counted values (1);
                 return (select count(*) from public.counted);
             end $$",
        )
        .await;
    doors
}

async fn counted(doors: &Doors) -> i64 {
    let client = doors
        .database
        .connect()
        .await
        .expect("the database answers");
    client
        .query_one("select count(*) from public.counted", &[])
        .await
        .expect("one row")
        .get(0)
}

/// Sends a call by hand and reads to the end of the connection.
async fn raw(doors: &Doors) -> Vec<u8> {
    let mut stream = connected(doors).await;
    let mut bytes = Vec::new();
    stream
        .read_to_end(&mut bytes)
        .await
        .expect("the end of the connection");
    bytes
}

async fn connected(doors: &Doors) -> TcpStream {
    let address = ("127.0.0.1", doors.server.port());
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!(
        "POST {ADD} HTTP/1.1\r\nHost: 127.0.0.1\r\napikey: {}\r\nContent-Length: 2\r\n\r\n{{}}",
        doors.server.publishable_key()
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the request is sent");
    stream
}

#[rstest]
#[case::before(Fault::DropBefore, 0)]
#[case::after(Fault::DropAfter, 1)]
#[tokio::test]
async fn a_dropped_request_ends_without_a_byte(#[case] fault: Fault, #[case] committed: i64) {
    let doors = start_with_counter().await;
    doors.server.faults().next(RPC, fault);
    assert_eq!(
        raw(&doors).await,
        b"",
        "the connection is closed and nothing was sent"
    );
    assert_eq!(counted(&doors).await, committed);

    let next = doors.post(ADD, "{}").await;
    assert_eq!(
        (next.status, next.json()),
        (StatusCode::OK, Value::from(committed + 1))
    );
}

#[tokio::test]
async fn a_request_is_carried_out_twice_and_the_second_answer_is_sent() {
    let doors = start_with_counter().await;
    doors.server.faults().next(RPC, Fault::Twice);
    assert_eq!(doors.post(ADD, "{}").await.json(), 2);
    assert_eq!(counted(&doors).await, 2);
}

#[rstest]
#[case::unauthorized(Fault::unauthorized(), 401)]
#[case::bad_gateway(Fault::status(502, "<html>"), 502)]
#[case::out_of_the_standard(Fault::status(540, "{}"), 540)]
#[tokio::test]
async fn an_answer_in_place_of_the_doors_carries_nothing_out(
    #[case] fault: Fault,
    #[case] status: u16,
) {
    let doors = start_with_counter().await;
    doors.server.faults().next(RPC, fault);
    assert_eq!(doors.post(ADD, "{}").await.status.as_u16(), status);
    assert_eq!(counted(&doors).await, 0);
}

#[tokio::test]
async fn a_busy_server_says_when_to_come_back() {
    let doors = start().await;
    doors
        .server
        .faults()
        .next("/auth/v1/", Fault::too_many_requests(17));
    let answer = doors.post("/auth/v1/token", "{}").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (429, "17")
    );
}

#[tokio::test]
async fn a_captive_portal_answers_200_with_a_page() {
    let doors = start().await;
    doors.server.faults().next("/", Fault::captive_portal());
    let answer = doors.post(ADD, "{}").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text.starts_with("<!doctype html>"));
}

#[tokio::test]
async fn an_answer_after_the_commit_may_lie() {
    let doors = start_with_counter().await;
    let lie = CannedAnswer::new(500, "text/plain", "no").with("X-Lie", "1");
    doors.server.faults().next(RPC, Fault::AnswerAfter(lie));
    let answer = doors.post(ADD, "{}").await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (500, "no"));
    assert_eq!(answer.header("x-lie"), "1");
    assert_eq!(counted(&doors).await, 1);
}

#[tokio::test]
async fn a_truncated_answer_announces_more_than_it_sends() {
    let doors = start_with_counter().await;
    doors.sql("create or replace function public.add() returns bigint language sql as 'select 123456'").await;
    doors.server.faults().next(RPC, Fault::Truncated(3));
    let bytes = String::from_utf8(raw(&doors).await).expect("text");
    let (head, body) = bytes.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-length: 6"), "{head}");
    assert_eq!(body, "123");

    doors.server.faults().next(RPC, Fault::Truncated(3));
    let response = doors
        .request(Method::POST, ADD)
        .body("{}")
        .send()
        .await
        .expect("a head");
    response.bytes().await.expect_err("a client notices");
}

#[tokio::test]
async fn a_gigantic_answer_is_as_long_as_it_says_and_is_json() {
    const BYTES: u64 = 3 * 1024 * 1024 + 1;
    let doors = start().await;
    doors.server.faults().next(RPC, Fault::Gigantic(BYTES));
    let answer = doors.post(ADD, "{}").await;
    assert_eq!(answer.header("content-length"), BYTES.to_string());
    assert_eq!(
        answer.json().as_str().map(str::len),
        usize::try_from(BYTES - 2).ok()
    );
}

#[tokio::test]
async fn a_hanging_request_is_not_answered_and_others_are() {
    let doors = start_with_counter().await;
    doors.server.faults().next(RPC, Fault::Hang);
    let mut hanging = connected(&doors).await;
    // The rule is used up before another request can come to it.
    let arrived = doors.server.faults().clone();
    while arrived.waiting() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        doors.post(ADD, "{}").await.json(),
        1,
        "only the other one was carried out"
    );
    let mut byte = [0];
    let silence = tokio::time::timeout(Duration::from_millis(50), hanging.read(&mut byte)).await;
    silence.expect_err("still open, and not a byte");

    doors.server.stop().await;
    assert_eq!(hanging.read(&mut byte).await.expect("the end"), 0);
}

#[tokio::test]
async fn a_request_held_before_has_not_happened_until_it_is_released() {
    let doors = start_with_counter().await;
    let mut held = doors.server.faults().hold(RPC, Moment::Before);
    let call = tokio::spawn(answer(doors.request(Method::POST, ADD).body("{}")));
    let arrival = within(held.arrived()).await.expect("it comes");
    assert_eq!(
        (arrival.path.as_str(), arrival.body.as_slice()),
        (ADD, b"{}".as_slice())
    );
    assert_eq!(counted(&doors).await, 0);
    held.release();
    assert_eq!(call.await.expect("an answer").json(), 1);
}

#[tokio::test]
async fn an_answer_held_after_has_happened_and_can_still_be_lost() {
    let doors = start_with_counter().await;
    let mut held = doors.server.faults().hold(RPC, Moment::After);
    let request = doors.request(Method::POST, ADD).body("{}");
    let call = tokio::spawn(async move { request.send().await });
    within(held.arrived()).await.expect("it comes");
    assert_eq!(counted(&doors).await, 1);
    assert!(!call.is_finished());
    held.release_into(Fault::DropBefore);
    call.await.expect("it ends").expect_err("no answer");
    assert_eq!(counted(&doors).await, 1);
}

#[tokio::test]
async fn a_request_goes_on_when_its_client_has_gone() {
    let doors = start_with_counter().await;
    let mut held = doors.server.faults().hold(RPC, Moment::Before);
    let mut answered = doors.server.requests().from_now();
    let client = connected(&doors).await;
    within(held.arrived()).await.expect("it comes");
    drop(client);
    held.release();
    assert_eq!(
        within(answered.next(|answered| answered.path == ADD))
            .await
            .status,
        Some(200)
    );
    assert_eq!(counted(&doors).await, 1);
}

#[tokio::test]
async fn a_stopped_server_closes_a_held_request_and_nothing_has_happened() {
    let doors = start_with_counter().await;
    let mut held = doors.server.faults().hold(RPC, Moment::Before);
    let mut client = connected(&doors).await;
    within(held.arrived()).await.expect("it comes");
    let Doors {
        server, database, ..
    } = doors;
    server.stop().await;
    let mut bytes = Vec::new();
    client
        .read_to_end(&mut bytes)
        .await
        .expect("the end of the connection");
    assert_eq!(bytes, b"");
    held.release();
    let client = database.connect().await.expect("the database answers");
    let row = client
        .query_one("select count(*) from public.counted", &[])
        .await
        .expect("one row");
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[rstest]
#[case::another_path(Matching::path("/auth/v1/"), false)]
#[case::another_method(Matching::path(RPC).method("get"), false)]
#[case::another_user(Matching::path(RPC).user("somebody else"), false)]
#[case::another_body(Matching::path(RPC).when(|arrival| arrival.body.len() > 2), false)]
#[case::this_one(Matching::path(RPC).method("post").user(USER).when(|arrival| arrival.body == b"{}"), true)]
#[tokio::test]
async fn a_rule_is_for_those_it_names(#[case] matching: Matching, #[case] goes_wrong: bool) {
    let doors = start_with_counter().await;
    doors
        .server
        .faults()
        .always(matching, Fault::status(502, ""));
    let answer = doors.post_as(&doors.user_token(), ADD, "{}").await;
    assert_eq!(answer.status == StatusCode::BAD_GATEWAY, goes_wrong);
}

#[tokio::test]
async fn a_rule_ends_with_its_count_or_when_it_is_cleared() {
    let doors = start_with_counter().await;
    let call = async || doors.post(ADD, "{}").await.status.as_u16();
    doors.server.faults().times(2, RPC, Fault::status(502, ""));
    assert_eq!([call().await, call().await, call().await], [502, 502, 200]);

    doors.server.faults().always(RPC, Fault::status(503, ""));
    assert_eq!([call().await, call().await], [503, 503]);
    doors.server.faults().clear();
    assert_eq!(call().await, 200);
}

#[tokio::test]
async fn another_process_sets_a_fault_and_takes_it_back() {
    let doors = start_with_counter().await;
    let url = format!("{}/local/faults", doors.server.url());
    let order = json!({ "path": RPC, "times": 9, "fault": { "answer_before": { "status": 503 } } });
    assert_eq!(
        answer(doors.http.post(&url).json(&order)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        doors.post(ADD, "{}").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(
        answer(doors.http.delete(&url)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(doors.post(ADD, "{}").await.status, StatusCode::OK);

    let named = json!({ "path": RPC, "fault": "drop_before" });
    assert_eq!(
        answer(doors.http.post(&url).json(&named)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(raw(&doors).await, b"");
}

#[tokio::test]
async fn another_process_holds_a_request_and_lets_it_go() {
    let doors = start_with_counter().await;
    let url = format!("{}/local/faults", doors.server.url());
    let order = json!({ "path": RPC, "hold": "before" });
    let held = answer(doors.http.post(&url).json(&order)).await.json();
    let held = format!("{url}/{}", held["id"].as_str().expect("an id"));

    let call = tokio::spawn(answer(doors.request(Method::POST, ADD).body("{}")));
    let arrived = answer(doors.http.get(format!("{held}/arrived"))).await;
    assert_eq!(arrived.status, StatusCode::NO_CONTENT);
    assert_eq!(counted(&doors).await, 0);
    assert_eq!(
        answer(doors.http.delete(&held)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(call.await.expect("an answer").json(), 1);
    assert_eq!(
        answer(doors.http.delete(&held)).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn every_answer_is_noted_with_its_user_and_sizes() {
    let doors = start_with_counter().await;
    doors.post_as(&doors.user_token(), ADD, "{ }").await;
    doors.server.faults().next(RPC, Fault::DropBefore);
    raw(&doors).await;

    let all = doors.server.requests().all();
    let [whole, dropped] = all.as_slice() else {
        panic!("two requests: {all:?}")
    };
    assert_eq!((whole.method.as_str(), whole.path.as_str()), ("POST", ADD));
    assert_eq!(
        (whole.user_id.as_deref(), whole.status),
        (Some(USER), Some(200))
    );
    assert_eq!((whole.request_bytes, whole.response_bytes), (3, 1));
    assert!(whole.started <= whole.finished);
    assert_eq!(
        (dropped.number, dropped.user_id.clone(), dropped.status),
        (2, None, None)
    );
    assert_eq!(
        doors
            .server
            .requests()
            .count(|answered| answered.status == Some(200)),
        1
    );
}
