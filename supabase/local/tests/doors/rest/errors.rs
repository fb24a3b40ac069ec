//! Calls that fail: which status, which code.

use reqwest::{Method, StatusCode};
use rstest::rstest;

use crate::support::{Doors, answer, start};

/// A function that raises `sqlstate`, and a call of it.
async fn raised(doors: &Doors, sqlstate: &str) -> (StatusCode, String) {
    doors
        .sql(&format!(
            "create or replace function public.raises() returns int language plpgsql as $$
             begin raise sqlstate '{sqlstate}' using message = 'm', detail = 'd', hint = 'h'; end $$"
        ))
        .await;
    let answer = doors
        .post_as(&doors.user_token(), "/rest/v1/rpc/raises", "{}")
        .await;
    let body = answer.json();
    assert_eq!(
        (&body["message"], &body["details"], &body["hint"]),
        (&"m".into(), &"d".into(), &"h".into())
    );
    (answer.status, answer.code())
}

#[tokio::test]
async fn each_sqlstate_has_its_status() {
    let doors = start().await;
    for (sqlstate, status) in [
        ("08006", 503),
        ("09000", 500),
        ("0L000", 403),
        ("0P000", 403),
        ("21000", 500),
        ("22003", 400),
        ("22023", 400),
        ("22P05", 400),
        ("23502", 400),
        ("23503", 409),
        ("23505", 409),
        ("23514", 400),
        ("25006", 405),
        ("25001", 500),
        ("28000", 403),
        ("2D000", 500),
        ("38000", 500),
        ("39000", 500),
        ("3B000", 500),
        ("40001", 500),
        ("40P01", 500),
        ("42501", 403),
        ("42601", 400),
        ("42883", 404),
        ("42P01", 404),
        ("42P17", 500),
        ("53300", 503),
        ("53400", 500),
        ("54001", 500),
        ("55P03", 500),
        ("57014", 500),
        ("57P01", 503),
        ("58030", 500),
        ("F0000", 500),
        ("HV000", 500),
        ("P0001", 400),
        ("P0002", 500),
        ("PT400", 400),
        ("PT409", 409),
        ("PT413", 413),
        ("PT426", 426),
        ("PTabc", 500),
        ("XX000", 500),
        ("ZZ000", 400),
    ] {
        let sqlstate = sqlstate.to_uppercase();
        let (is, code) = raised(&doors, &sqlstate).await;
        assert_eq!((is.as_u16(), code), (status, sqlstate));
    }
}

#[tokio::test]
async fn a_missing_right_is_403_for_a_user_and_401_for_nobody() {
    let doors = start().await;
    doors
        .sql(
            "create function public.forbidden() returns int language sql as 'select 1';
             revoke execute on function public.forbidden from public, anon, authenticated",
        )
        .await;
    let path = "/rest/v1/rpc/forbidden";
    let user = doors.post_as(&doors.user_token(), path, "{}").await;
    assert_eq!(
        (user.status, user.code().as_str()),
        (StatusCode::FORBIDDEN, "42501")
    );
    let nobody = doors.post(path, "{}").await;
    assert_eq!(
        (nobody.status, nobody.code().as_str()),
        (StatusCode::UNAUTHORIZED, "42501")
    );
    assert_eq!(nobody.header("www-authenticate"), "Bearer");
}

#[rstest]
#[case::no_such_function("absent", "{}")]
#[case::an_argument_too_many("known", r#"{"a":1,"b":2}"#)]
#[case::an_argument_too_few("known", "{}")]
#[case::a_function_of_another_schema("pg_sleep", r#"{"seconds":1}"#)]
#[case::a_name_with_its_schema("private.hidden", "{}")]
#[tokio::test]
async fn what_cannot_be_called_is_404(#[case] function: &str, #[case] body: &str) {
    let doors = start().await;
    doors
        .sql(
            "create function public.known(a int) returns int language sql as 'select 1';
             create schema if not exists private;
             create function private.hidden() returns int language sql as 'select 1'",
        )
        .await;
    let answer = doors.post(&format!("/rest/v1/rpc/{function}"), body).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::NOT_FOUND, "PGRST202")
    );
}

#[tokio::test]
async fn a_shape_that_the_door_cannot_give_is_refused() {
    let doors = start().await;
    let request = doors
        .request(Method::GET, "/rest/v1/users")
        .header("Accept", "application/vnd.pgrst.object+json");
    let answer = answer(request).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (406, "PGRST107")
    );
}

#[tokio::test]
async fn another_schema_cannot_be_chosen() {
    let doors = start().await;
    for schema in ["private", "auth", "pg_catalog"] {
        for (method, header) in [
            (Method::POST, "Content-Profile"),
            (Method::GET, "Accept-Profile"),
        ] {
            let request = doors
                .request(method, "/rest/v1/users")
                .header(header, schema);
            let answer = answer(request.body("{}")).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (406, "PGRST106")
            );
        }
    }
}

#[rstest]
#[case::half("{\"request\":".to_owned())]
#[case::words("hello".to_owned())]
#[case::two_values("{} {}".to_owned())]
#[case::a_bare_nul("{\"request\":\"\0\"}".to_owned())]
#[case::a_list_of_different_objects("[{\"a\":1},{\"b\":1}]".to_owned())]
#[case::a_list_of_numbers("[1]".to_owned())]
#[tokio::test]
async fn what_is_no_json_object_is_400(#[case] body: String) {
    let doors = start().await;
    let answer = doors.post("/rest/v1/rpc/echo", body).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::BAD_REQUEST, "PGRST102")
    );
}

#[tokio::test]
async fn bytes_that_are_no_text_are_400() {
    let doors = start().await;
    let request = doors.request(Method::POST, "/rest/v1/rpc/echo");
    let answer = answer(request.body(b"{\"request\":\"\xff\"}".to_vec())).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::BAD_REQUEST, "PGRST102")
    );
}

#[tokio::test]
async fn another_content_type_is_400() {
    let doors = start().await;
    let request = doors
        .request(Method::POST, "/rest/v1/rpc/echo")
        .header("Content-Type", "text/csv");
    let answer = answer(request.body("a,b")).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::BAD_REQUEST, "PGRST102")
    );
    assert_eq!(
        answer.json()["message"],
        "Content-Type not acceptable: text/csv"
    );
}

const ECHO: &str =
    "create function public.echo(request jsonb) returns jsonb language sql as 'select $1'";

#[rstest]
#[case::an_escaped_nul(r#""\u0000""#, "22P05")]
#[case::half_a_pair(r#""\ud800""#, "22P02")]
#[tokio::test]
async fn a_text_that_the_database_cannot_hold_is_400(#[case] value: &str, #[case] code: &str) {
    let doors = start().await;
    doors.sql(ECHO).await;
    let answer = doors
        .post("/rest/v1/rpc/echo", format!("{{\"request\":{value}}}"))
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::BAD_REQUEST, code)
    );
}

#[rstest]
#[case::deeper_than_a_library_reads(1_000, StatusCode::OK, "")]
#[case::deeper_than_the_database_reads(500_000, StatusCode::INTERNAL_SERVER_ERROR, "54001")]
#[tokio::test]
async fn depth_is_the_matter_of_the_database(
    #[case] depth: usize,
    #[case] status: StatusCode,
    #[case] code: &str,
) {
    let doors = start().await;
    doors.sql(ECHO).await;
    let nested = format!("{{\"request\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let answer = doors.post("/rest/v1/rpc/echo", nested).await;
    assert_eq!(answer.status, status);
    if !code.is_empty() {
        assert_eq!(answer.code(), code);
    }
    assert_eq!(
        doors
            .post("/rest/v1/rpc/echo", r#"{"request":1}"#)
            .await
            .json(),
        1
    );
}

#[tokio::test]
async fn other_methods_are_405() {
    let doors = start().await;
    doors.sql(ECHO).await;
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = answer(doors.request(method, "/rest/v1/rpc/echo")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (405, "PGRST101")
        );
    }
}

#[tokio::test]
async fn a_stable_function_that_writes_is_405() {
    let doors = start().await;
    doors
        .sql(
            "create table public.marks (n int);
             grant insert on public.marks to anon;
             create function public.mark() returns int language sql volatile
             as 'insert into public.marks values (1) returning n';
             create function public.writes() returns int language plpgsql stable as $$
             begin return public.mark(); end $$",
        )
        .await;
    let answer = doors.post("/rest/v1/rpc/writes", "{}").await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (405, "25006")
    );
    assert_eq!(
        doors.post("/rest/v1/rpc/mark", "{}").await.json(),
        1,
        "by itself it may"
    );
}

#[tokio::test]
async fn a_function_can_choose_its_status_and_headers() {
    let doors = start().await;
    doors
        .sql(
            r#"create function public.raises(detail text) returns void language plpgsql as $$
               begin
                   raise sqlstate 'PGRST' using
                       message = '{"code":"7","message":"slow down","details":"d","hint":"h"}',
                       detail  = raises.detail;
               end $$"#,
        )
        .await;
    let detail = r#"{"detail":"{\"status\":429,\"headers\":{\"Retry-After\":\"7\"}}"}"#;
    let chosen = doors.post("/rest/v1/rpc/raises", detail).await;
    assert_eq!((chosen.status.as_u16(), chosen.code().as_str()), (429, "7"));
    assert_eq!(chosen.header("retry-after"), "7");
    assert_eq!(chosen.json()["message"], "slow down");

    let unreadable = doors
        .post("/rest/v1/rpc/raises", r#"{"detail":"words"}"#)
        .await;
    assert_eq!(
        (unreadable.status.as_u16(), unreadable.code().as_str()),
        (500, "PGRST121")
    );
}
