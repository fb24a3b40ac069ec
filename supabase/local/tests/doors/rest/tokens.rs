//! Tokens at the REST door: whose they are, when they hold, and what they may become.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use local_supabase::{Claims, Settings};
use reqwest::StatusCode;
use rstest::rstest;
use serde_json::json;

use crate::support::{Answer, Doors, USER, start, start_with};

const WHO: &str = "/rest/v1/rpc/who";
const WHO_SQL: &str =
    "create function public.who() returns text language sql as 'select current_user'";

async fn start_with_who() -> Doors {
    let doors = start().await;
    doors.sql(WHO_SQL).await;
    doors
}

fn assert_refused(answer: &Answer, code: &str, message: &str) {
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, code)
    );
    assert_eq!(answer.json()["message"], message);
    let expected = format!("Bearer error=\"invalid_token\", error_description=\"{message}\"");
    assert_eq!(answer.header("www-authenticate"), expected);
}

#[rstest]
#[case::ended_within_the_leeway("exp", -29, None)]
#[case::ended("exp", -31, Some("JWT expired"))]
#[case::issued_within_the_leeway("iat", 29, None)]
#[case::issued_in_the_future("iat", 32, Some("JWT issued at future"))]
#[case::begins_within_the_leeway("nbf", 29, None)]
#[case::not_begun("nbf", 32, Some("JWT not yet valid"))]
#[tokio::test]
async fn times_hold_give_or_take_thirty_seconds(
    #[case] claim: &str,
    #[case] offset_seconds: i64,
    #[case] refusal: Option<&str>,
) {
    let doors = start_with_who().await;
    let time = (Utc::now() + TimeDelta::seconds(offset_seconds)).timestamp();
    let mut claims = Claims::of_user(USER, Utc::now());
    match claim {
        "exp" => claims.exp = Some(time),
        "iat" => claims.iat = Some(time),
        _ => claims.nbf = Some(time),
    }
    let answer = doors
        .post_as(&doors.server.token_for(&claims), WHO, "{}")
        .await;
    match refusal {
        Some(message) => assert_refused(&answer, "PGRST303", message),
        None => assert_eq!(answer.status, StatusCode::OK, "{answer:?}"),
    }
}

#[tokio::test]
async fn times_are_those_of_the_server_s_clock() {
    let clock_offset = TimeDelta::hours(2);
    let doors = start_with(Settings {
        clock_offset,
        ..Settings::default()
    })
    .await;
    doors.sql(WHO_SQL).await;
    let answer = doors.post_as(&doors.user_token(), WHO, "{}").await;
    assert_refused(&answer, "PGRST303", "JWT expired");
}

#[rstest]
#[case::one_part("garbage", "Expected 3 parts in JWT; got 1")]
#[case::four_parts("a.b.c.d", "Expected 3 parts in JWT; got 4")]
#[case::not_base64("!.!.!", "JWT cryptographic operation failed")]
#[case::not_json("YWJj.YWJj.YWJj", "JWT cryptographic operation failed")]
#[tokio::test]
async fn what_is_no_token_is_refused_and_not_taken_for_nobody(
    #[case] token: &str,
    #[case] message: &str,
) {
    let doors = start_with_who().await;
    assert_refused(&doors.post_as(token, WHO, "{}").await, "PGRST301", message);
}

#[rstest]
#[case::unsigned("none")]
#[case::in_capitals("None")]
#[case::longer("HS512")]
#[case::of_a_public_key("RS256")]
#[tokio::test]
async fn another_algorithm_is_refused_whatever_the_signature(#[case] algorithm: &str) {
    let doors = start_with_who().await;
    let header = URL_SAFE_NO_PAD.encode(json!({ "alg": algorithm }).to_string());
    let token = doors.user_token();
    let [_, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    for signature in ["", signature] {
        let forged = format!("{header}.{payload}.{signature}");
        let answer = doors.post_as(&forged, WHO, "{}").await;
        assert_refused(
            &answer,
            "PGRST301",
            "Wrong or unsupported encoding algorithm",
        );
    }
}

#[tokio::test]
async fn a_token_that_was_altered_or_signed_by_another_is_refused() {
    let (doors, other) = (start_with_who().await, start().await);
    let token = doors.user_token();
    let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let payload = URL_SAFE_NO_PAD.encode(json!({ "role": "service_role" }).to_string());
    let altered = format!("{header}.{payload}.{signature}");
    let unsigned = token
        .rsplit_once('.')
        .map(|(signed, _)| format!("{signed}."))
        .expect("a dot");
    for forged in [altered, unsigned, other.user_token()] {
        let answer = doors.post_as(&forged, WHO, "{}").await;
        assert_refused(&answer, "PGRST301", "No suitable key or wrong key type");
    }
}

#[tokio::test]
async fn a_time_that_is_no_number_is_refused() {
    let doors = start_with_who().await;
    let claims = Claims {
        role: Some("authenticated".into()),
        ..Claims::default()
    };
    let token = doors.server.token_for(&claims.with("exp", "soon"));
    let answer = doors.post_as(&token, WHO, "{}").await;
    assert_refused(&answer, "PGRST303", "The JWT 'exp' claim must be a number");
}

#[rstest]
#[case::owner_of_the_tables("postgres")]
#[case::superuser("supabase_admin")]
#[case::owner_of_the_users("supabase_auth_admin")]
#[case::owner_of_the_writing_function("particle_sync")]
#[tokio::test]
async fn a_token_becomes_no_role_that_clients_do_not_have(#[case] role: &str) {
    let doors = start_with_who().await;
    doors
        .sql(
            "do $$ begin create role particle_sync nologin;
             exception when duplicate_object then null; end $$",
        )
        .await;
    let claims = Claims {
        role: Some(role.into()),
        ..Claims::of_user(USER, Utc::now())
    };
    let answer = doors
        .post_as(&doors.server.token_for(&claims), WHO, "{}")
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::FORBIDDEN, "42501")
    );
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_401() {
    let doors = start_with_who().await;
    let claims = Claims {
        role: Some("nobody_at_all".into()),
        ..Claims::default()
    };
    let answer = doors
        .post_as(&doors.server.token_for(&claims), WHO, "{}")
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, "22023")
    );
}

#[rstest]
#[case::of_no_role(None, "anon")]
#[case::of_a_user(Some("authenticated"), "authenticated")]
#[case::of_a_server(Some("service_role"), "service_role")]
#[tokio::test]
async fn a_token_becomes_the_role_that_it_names(#[case] role: Option<&str>, #[case] is: &str) {
    let doors = start_with_who().await;
    let claims = Claims {
        role: role.map(str::to_owned),
        ..Claims::of_user(USER, Utc::now())
    };
    let answer = doors
        .post_as(&doors.server.token_for(&claims), WHO, "{}")
        .await;
    assert_eq!(
        (answer.status, answer.json().as_str()),
        (StatusCode::OK, Some(is))
    );
}

#[tokio::test]
async fn another_scheme_than_bearer_is_nobody() {
    let doors = start_with_who().await;
    let request = doors
        .request(reqwest::Method::POST, WHO)
        .basic_auth("a", Some("b"));
    assert_eq!(crate::support::answer(request).await.json(), "anon");
}
