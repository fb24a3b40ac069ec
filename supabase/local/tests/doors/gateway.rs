//! Keys, CORS, packing and the limit of a body.

use chrono::Utc;
use local_supabase::{Claims, Keys, Server, ServerOptions, Settings};
use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Doors, answer, start};

const WHO: &str = "/rest/v1/rpc/who";

async fn start_with_who() -> Doors {
    let doors = start().await;
    doors
        .sql("create function public.who() returns text language sql as 'select current_user'")
        .await;
    doors
}

#[tokio::test]
async fn a_request_without_a_key_is_told_so_without_a_code() {
    let doors = start().await;
    for path in [WHO, "/auth/v1/signup"] {
        let answer = answer(doors.http.post(format!("{}{path}", doors.server.url()))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(answer.json()["message"], "No API key found in request");
        assert_eq!(
            answer.json().get("code"),
            None,
            "the gateway knows no codes"
        );
        assert_eq!(
            answer.header("content-type"),
            "application/json; charset=utf-8"
        );
    }
}

#[rstest]
#[case::of_nobody("sb_publishable_of_somebody_else")]
#[case::empty("")]
#[case::not_a_token("a.b.c")]
#[tokio::test]
async fn a_wrong_key_is_told_so_without_a_code(#[case] key: &str) {
    let doors = start().await;
    let request = doors
        .http
        .post(format!("{}{WHO}", doors.server.url()))
        .header("apikey", key);
    let answer = answer(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["message"], "Invalid API key");
    assert_eq!(
        answer.json().get("code"),
        None,
        "the gateway knows no codes"
    );
}

#[tokio::test]
async fn the_token_of_a_user_is_no_key() {
    let doors = start_with_who().await;
    let token = doors.user_token();
    let request = doors
        .http
        .post(format!("{}{WHO}", doors.server.url()))
        .header("apikey", token);
    assert_eq!(answer(request).await.json()["message"], "Invalid API key");
}

/// Which key is sent, and how.
#[derive(Debug, Clone, Copy)]
enum Sent {
    InHeader,
    InAddress,
    AlsoAsBearer,
}

#[rstest]
#[case::publishable(Sent::InHeader, false, "anon")]
#[case::publishable_in_the_address(Sent::InAddress, false, "anon")]
#[case::publishable_as_supabase_js_sends_it(Sent::AlsoAsBearer, false, "anon")]
#[case::secret(Sent::InHeader, true, "service_role")]
#[case::secret_in_the_address(Sent::InAddress, true, "service_role")]
#[case::secret_as_supabase_js_sends_it(Sent::AlsoAsBearer, true, "service_role")]
#[tokio::test]
async fn a_key_without_a_user_stands_for_its_role(
    #[case] sent: Sent,
    #[case] is_secret: bool,
    #[case] role: &str,
) {
    let doors = start_with_who().await;
    let key = if is_secret {
        doors.server.secret_key()
    } else {
        doors.server.publishable_key()
    };
    let url = format!("{}{WHO}", doors.server.url());
    let request = match sent {
        Sent::InHeader => doors.http.post(url).header("apikey", key),
        Sent::InAddress => doors.http.post(format!("{url}?apikey={key}")),
        Sent::AlsoAsBearer => doors.http.post(url).header("apikey", key).bearer_auth(key),
    };
    let answer = answer(request).await;
    assert_eq!(
        (answer.status, answer.json()),
        (StatusCode::OK, Value::from(role))
    );
}

#[rstest]
#[case("anon")]
#[case("service_role")]
#[tokio::test]
async fn an_old_key_is_a_signed_token_of_its_role(#[case] role: &str) {
    let doors = start_with_who().await;
    let claims = Claims {
        role: Some(role.to_owned()),
        ..Claims::default()
    };
    let key = doors.server.token_for(&claims);
    let url = format!("{}{WHO}", doors.server.url());
    for request in [
        doors.http.post(&url).header("apikey", &key),
        doors
            .http
            .post(&url)
            .header("apikey", &key)
            .bearer_auth(&key),
    ] {
        assert_eq!(answer(request).await.json(), Value::from(role));
    }
}

#[tokio::test]
async fn the_secret_key_is_not_taken_as_bearer_of_a_request_with_the_other_key() {
    let doors = start_with_who().await;
    let answer = doors.post_as(doors.server.secret_key(), WHO, "{}").await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::UNAUTHORIZED, "PGRST301".to_owned())
    );
}

#[tokio::test]
async fn behind_no_door_is_a_404_in_json() {
    let doors = start().await;
    for path in ["/", "/rest", "/storage/v1/object", "/auth/v2/token"] {
        let answer = doors.get(None, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(
            answer.json()["message"].is_string(),
            "{path}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn pages_of_the_web_may_call_from_anywhere() {
    let doors = start().await;
    let preflight = doors
        .http
        .request(Method::OPTIONS, format!("{}{WHO}", doors.server.url()))
        .header("Origin", "https://example.org")
        .header("Access-Control-Request-Method", "POST")
        .header(
            "Access-Control-Request-Headers",
            "apikey,authorization,x-client-info",
        );
    let answer = answer(preflight).await;
    assert!(
        answer.status.is_success(),
        "a preflight carries no key: {answer:?}"
    );
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "apikey,authorization,x-client-info"
    );
}

#[tokio::test]
async fn an_answer_is_packed_only_for_those_who_ask() {
    let doors = start().await;
    doors
        .sql("create function public.long() returns text language sql as $$ select repeat('x', 5000) $$")
        .await;
    let plain = doors.post("/rest/v1/rpc/long", "{}").await;
    assert_eq!(
        (plain.header("content-encoding"), plain.text.len()),
        ("", 5_002)
    );

    let request = doors
        .request(Method::POST, "/rest/v1/rpc/long")
        .header("Accept-Encoding", "gzip");
    let packed = request.send().await.expect("an answer");
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let bytes = packed.bytes().await.expect("a body");
    assert_eq!(
        bytes[..2],
        [0x1f, 0x8b],
        "the two bytes that gzip begins with"
    );
    assert!(bytes.len() < 1_000);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_and_one_at_the_limit_is_read() {
    const LIMIT: usize = 32 * 1024 * 1024;
    let doors = start().await;
    let framed = |size: usize| format!("{{\"text\":\"{}\"}}", "x".repeat(size - 11));
    let whole = doors.post("/rest/v1/rpc/absent", framed(LIMIT)).await;
    assert_eq!(
        whole.code(),
        "PGRST202",
        "it was read and its names looked at"
    );

    let larger = doors.post("/rest/v1/rpc/absent", framed(LIMIT + 1)).await;
    assert_eq!(larger.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(larger.json()["message"].is_string());
}

#[tokio::test]
async fn keys_are_random_and_look_like_those_of_supabase() {
    let keys = Keys::random();
    assert_ne!(keys, Keys::random());
    assert!(keys.publishable.starts_with("sb_publishable_"));
    assert!(keys.secret.starts_with("sb_secret_"));
    let text = serde_json::to_string(&keys).expect("keys can be kept");
    assert_eq!(
        serde_json::from_str::<Keys>(&text).expect("and read again"),
        keys
    );
}

#[tokio::test]
async fn a_stopped_server_refuses_connections_and_its_successor_takes_its_tokens() {
    let Doors {
        server,
        http,
        database,
    } = start_with_who().await;
    let (url, port, keys) = (
        format!("{}{WHO}", server.url()),
        server.port(),
        server.keys().clone(),
    );
    let token = server.token_for(&Claims::of_user(crate::support::USER, Utc::now()));
    let request = || {
        http.post(&url)
            .header("apikey", &keys.publishable)
            .bearer_auth(&token)
    };
    assert_eq!(
        request().send().await.expect("an answer").status(),
        StatusCode::OK
    );

    server.stop().await;
    assert!(
        request()
            .send()
            .await
            .expect_err("nobody listens")
            .is_connect()
    );

    let options = ServerOptions {
        port,
        keys: Some(keys.clone()),
    };
    let again = Server::start(&database, Settings::default(), options)
        .await
        .expect("the same port");
    assert_eq!(
        request().send().await.expect("an answer").status(),
        StatusCode::OK
    );
    drop(again);
}

#[tokio::test]
async fn the_paths_for_developers_answer_this_machine_without_a_key() {
    let doors = start().await;
    let url = format!("{}/local/settings", doors.server.url());
    let knobs = json!({ "clock_offset_seconds": -90, "confirm_email": true });
    let answer = answer(doors.http.post(url).json(&knobs)).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let settings = doors.server.settings();
    assert_eq!(
        (settings.clock_offset.num_seconds(), settings.confirm_email),
        (-90, true)
    );
}

#[rstest]
#[case::a_name_that_points_here("Host", "evil.example:80")]
#[case::a_page_of_the_web("Origin", "https://evil.example")]
#[case::a_page_without_an_address("Origin", "null")]
#[tokio::test]
async fn the_paths_for_developers_answer_nobody_else(#[case] header: &str, #[case] value: &str) {
    let doors = start().await;
    for path in ["/local/mails", "/local/faults/x/arrived"] {
        let request = doors
            .http
            .get(format!("{}{path}", doors.server.url()))
            .header(header, value);
        assert_eq!(
            answer(request).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn mails_are_a_list_for_programs_and_a_page_for_browsers() {
    let doors = start().await;
    let url = format!("{}/local/mails", doors.server.url());
    let list = answer(doors.http.get(&url)).await;
    assert_eq!((list.status, list.json()), (StatusCode::OK, json!([])));
    let page = answer(doors.http.get(&url).header("Accept", "text/html,*/*;q=0.8")).await;
    assert!(
        page.header("content-type").starts_with("text/html"),
        "{page:?}"
    );
}
