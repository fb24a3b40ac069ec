//! Calls of functions that succeed: what goes in and what comes back.

use local_supabase::{Claims, Settings};
use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{USER, answer, start, start_with};

const ECHO: &str =
    "create function public.echo(request jsonb) returns jsonb language sql as 'select $1'";

#[rstest]
#[case::beyond_the_doubles(r#"{"n":9007199254740993}"#, r#"{"n": 9007199254740993}"#)]
#[case::with_its_zeros(r#"{"n":1.10}"#, r#"{"n": 1.10}"#)]
#[case::longer_than_any_machine_number(
    r#"{"n":123456789012345678901234567890.5}"#,
    r#"{"n": 123456789012345678901234567890.5}"#
)]
#[case::text(r#""ä\n\"""#, r#""ä\n\"""#)]
#[case::nothing("null", "null")]
#[tokio::test]
async fn a_value_comes_back_as_it_was_sent(#[case] sent: &str, #[case] expected: &str) {
    let doors = start().await;
    doors.sql(ECHO).await;
    let answer = doors
        .post("/rest/v1/rpc/echo", format!("{{\"request\":{sent}}}"))
        .await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::OK, expected)
    );
    assert_eq!(
        answer.header("content-type"),
        "application/json; charset=utf-8"
    );
}

#[rstest]
#[case::scalar("returns int language sql as 'select 7'", "7")]
#[case::text("returns text language sql as $$select 'a'$$", "\"a\"")]
#[case::no_value("returns int language sql as 'select null::int'", "null")]
#[case::list("returns int[] language sql as 'select array[1, 2]'", "[1,2]")]
#[case::set_of_values(
    "returns setof int language sql as 'select generate_series(1, 3)'",
    "[1, 2, 3]"
)]
#[case::empty_set("returns setof int language sql as 'select 1 where false'", "[]")]
#[case::set_of_rows(
    "returns table (a int, b text) language sql as $$ values (1, 'x'), (2, 'y') $$",
    "[{\"a\":1,\"b\":\"x\"}, \n {\"a\":2,\"b\":\"y\"}]"
)]
#[case::set_of_rows_of_one_column(
    "returns table (a int) language sql as 'values (1)'",
    "[{\"a\":1}]"
)]
#[case::one_row(
    "(out a int, out b int) language sql as 'select 1, 2'",
    "{\"a\":1,\"b\":2}"
)]
#[tokio::test]
async fn a_result_is_the_bare_value(#[case] function: &str, #[case] expected: &str) {
    let doors = start().await;
    let arguments = if function.starts_with('(') { "" } else { "() " };
    doors
        .sql(&format!(
            "create function public.result{arguments}{function}"
        ))
        .await;
    let answer = doors.post("/rest/v1/rpc/result", "{}").await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::OK, expected)
    );
}

#[tokio::test]
async fn a_function_without_a_result_is_run_and_answers_204() {
    let doors = start().await;
    doors
        .sql(
            "create table public.marks (n int);
             create function public.mark(n int) returns void
             language sql security definer as 'insert into public.marks values ($1)'",
        )
        .await;
    let answer = doors.post("/rest/v1/rpc/mark", r#"{"n":5}"#).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    let client = doors
        .database
        .connect()
        .await
        .expect("the database answers");
    let row = client
        .query_one("select sum(n) from public.marks", &[])
        .await
        .expect("one row");
    assert_eq!(row.get::<_, i64>(0), 5, "it was committed");
}

#[tokio::test]
async fn a_set_is_cut_at_a_thousand_rows_without_a_word() {
    let doors = start().await;
    doors
        .sql(
            "create function public.many() returns setof int
             language sql as 'select generate_series(1, 1500)'",
        )
        .await;
    let answer = doors.post("/rest/v1/rpc/many", "{}").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json().as_array().map(Vec::len), Some(1_000));
}

#[rstest]
#[case::text("text", r#""7""#, "7")]
#[case::text_of_a_number("text", "1.10", "1.10")]
#[case::number("numeric", "1.10", "1.10")]
#[case::number_of_a_text("int", r#""7""#, "7")]
#[case::list("int[]", "[1,2]", "{1,2}")]
#[case::time("timestamptz", r#""2026-01-01T00:00:00Z""#, "2026-01-01 00:00:00+00")]
#[case::no_value("text", "null", "nothing")]
#[tokio::test]
async fn an_argument_takes_the_type_of_the_function(
    #[case] kind: &str,
    #[case] sent: &str,
    #[case] expected: &str,
) {
    let doors = start().await;
    doors
        .sql(&format!(
            "create function public.taken(value {kind}) returns text language sql
             set timezone = 'UTC' as $$ select coalesce(value::text, 'nothing') $$"
        ))
        .await;
    let answer = doors
        .post("/rest/v1/rpc/taken", format!("{{\"value\":{sent}}}"))
        .await;
    assert_eq!(
        (answer.status, answer.json()),
        (StatusCode::OK, Value::from(expected))
    );
}

#[tokio::test]
async fn arguments_with_defaults_may_be_left_out() {
    let doors = start().await;
    doors
        .sql(
            "create function public.sum(a int, b int default 10) returns int
             language sql as 'select a + b'",
        )
        .await;
    assert_eq!(
        doors.post("/rest/v1/rpc/sum", r#"{"a":1}"#).await.json(),
        11
    );
    assert_eq!(
        doors
            .post("/rest/v1/rpc/sum", r#"{"b":1,"a":1}"#)
            .await
            .json(),
        2
    );
    let without = doors.post("/rest/v1/rpc/sum", r#"{"b":1}"#).await;
    assert_eq!(
        (without.status, without.code()),
        (StatusCode::NOT_FOUND, "PGRST202".to_owned())
    );
}

#[tokio::test]
async fn a_missing_body_is_an_empty_object() {
    let doors = start().await;
    doors
        .sql("create function public.one() returns int language sql as 'select 1'")
        .await;
    let request = doors.request(Method::POST, "/rest/v1/rpc/one");
    assert_eq!(answer(request).await.json(), 1);
}

#[tokio::test]
async fn odd_names_reach_the_database_as_names() {
    let doors = start().await;
    doors
        .sql(
            r#"create function public."a ""b"";--"("x "" y" int) returns int
               language sql as 'select $1'"#,
        )
        .await;
    let answer = doors
        .post("/rest/v1/rpc/a%20%22b%22;--", r#"{"x \" y":3}"#)
        .await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "3"));
}

#[tokio::test]
async fn a_function_sees_who_asks_and_what_is_asked() {
    let doors = start().await;
    doors
        .sql(
            "create function public.seen() returns jsonb language sql as $$
                 select jsonb_build_object(
                     'role',    current_user,
                     'claims',  current_setting('request.jwt.claims')::jsonb,
                     'method',  current_setting('request.method'),
                     'path',    current_setting('request.path'),
                     'agent',   current_setting('request.headers')::jsonb ->> 'user-agent',
                     'user',    auth.uid())
             $$",
        )
        .await;
    let claims = Claims::of_user(USER, chrono::Utc::now()).with("session_id", "s1");
    let token = doors.server.token_for(&claims);
    let request = doors
        .request(Method::POST, "/rest/v1/rpc/seen")
        .header("User-Agent", "me");
    let seen = answer(request.bearer_auth(token)).await.json();
    assert_eq!(seen["role"], "authenticated");
    assert_eq!(seen["claims"]["session_id"], "s1");
    assert_eq!(seen["claims"]["exp"], claims.exp.expect("it ends"));
    assert_eq!(
        (&seen["method"], &seen["path"]),
        (&json!("POST"), &json!("/rpc/seen"))
    );
    assert_eq!(
        (&seen["agent"], &seen["user"]),
        (&json!("me"), &json!(USER))
    );
}

#[tokio::test]
async fn nothing_of_a_caller_is_left_for_the_next_one() {
    let doors = start().await;
    doors
        .sql(
            "create function public.left_over() returns text language sql as $$
                 select coalesce(auth.uid()::text, 'nobody') || ' ' || current_user
             $$",
        )
        .await;
    let token = doors.user_token();
    let with = doors.post_as(&token, "/rest/v1/rpc/left_over", "{}").await;
    assert_eq!(with.json(), format!("{USER} authenticated"));
    let without = doors.post("/rest/v1/rpc/left_over", "{}").await;
    assert_eq!(without.json(), "nobody anon");
}

#[tokio::test]
async fn the_knob_of_the_clock_reaches_the_database() {
    let offset = chrono::TimeDelta::hours(-26);
    let doors = start_with(Settings {
        clock_offset: offset,
        ..Settings::default()
    })
    .await;
    doors
        .sql(
            "create function public.offset_ms() returns text language sql as $$
                 select current_setting('local.clock_offset_ms')
             $$",
        )
        .await;
    let answer = doors.post("/rest/v1/rpc/offset_ms", "{}").await;
    assert_eq!(answer.json(), offset.num_milliseconds().to_string());
}

#[rstest]
#[case::stable("stable", "on")]
#[case::immutable("immutable", "on")]
#[case::volatile("volatile", "off")]
#[tokio::test]
async fn only_a_volatile_function_may_write(#[case] volatility: &str, #[case] expected: &str) {
    let doors = start().await;
    doors
        .sql(&format!(
            "create function public.read_only() returns text language plpgsql {volatility} as $$
             begin return current_setting('transaction_read_only'); end $$"
        ))
        .await;
    assert_eq!(
        doors.post("/rest/v1/rpc/read_only", "{}").await.json(),
        expected
    );
}

#[tokio::test]
async fn the_roles_have_the_time_outs_of_supabase_and_a_function_has_its_own() {
    let doors = start().await;
    doors
        .sql(
            "create function public.timeout() returns text language sql as $$
                 select current_setting('statement_timeout')
             $$;
             create function public.own_timeout() returns text language sql
             set statement_timeout = '5s' as $$ select current_setting('statement_timeout') $$",
        )
        .await;
    let token = doors.user_token();
    assert_eq!(doors.post("/rest/v1/rpc/timeout", "{}").await.json(), "3s");
    assert_eq!(
        doors
            .post_as(&token, "/rest/v1/rpc/timeout", "{}")
            .await
            .json(),
        "8s"
    );
    assert_eq!(
        doors
            .post_as(&token, "/rest/v1/rpc/own_timeout", "{}")
            .await
            .json(),
        "5s"
    );
}
