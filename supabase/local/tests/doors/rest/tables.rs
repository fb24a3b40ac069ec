//! Tables at the REST door: what grants and policies let through, and nothing more.

use chrono::Utc;
use local_supabase::Claims;
use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, Doors, USER, answer, start};

const OTHER: &str = "00000000-0000-4000-8000-000000000002";

/// Notes of two users, each to be seen by its own; texts may be changed, owners may not.
async fn start_with_notes() -> Doors {
    let doors = start().await;
    doors
        .sql(&format!(
            "create table public.notes (owner uuid not null, n int not null, text text);
             alter table public.notes enable row level security;
             create policy own on public.notes to authenticated
                 using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
             revoke all on public.notes from anon, authenticated;
             grant select, insert, delete on public.notes to authenticated;
             grant update (text) on public.notes to authenticated;
             insert into public.notes values
                 ('{USER}', 1, 'one'), ('{USER}', 2, null), ('{OTHER}', 3, 'three')"
        ))
        .await;
    doors
}

async fn send(doors: &Doors, method: Method, query: &str, prefer: &str, body: Value) -> Answer {
    let request = doors.request(method, &format!("/rest/v1/notes{query}"));
    let request = request
        .bearer_auth(doors.user_token())
        .header("Prefer", prefer);
    answer(request.json(&body)).await
}

async fn numbers_left(doors: &Doors) -> Vec<i32> {
    let client = doors
        .database
        .connect()
        .await
        .expect("the database answers");
    let rows = client
        .query("select n from public.notes order by n", &[])
        .await
        .expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

#[rstest]
#[case::all("?select=n&order=n", json!([{"n": 1}, {"n": 2}]))]
#[case::equal("?select=n&n=eq.2", json!([{"n": 2}]))]
#[case::of_others("?n=eq.3", json!([]))]
#[case::not_equal("?select=n&n=neq.1", json!([{"n": 2}]))]
#[case::compared("?select=n&n=gte.1&n=lt.2", json!([{"n": 1}]))]
#[case::empty("?select=n&text=is.null", json!([{"n": 2}]))]
#[case::backwards("?select=n&order=n.desc&limit=1", json!([{"n": 2}]))]
#[case::passed_over("?select=n&order=n&offset=1", json!([{"n": 2}]))]
#[case::whole("?n=eq.1", json!([{"owner": USER, "n": 1, "text": "one"}]))]
#[tokio::test]
async fn a_user_reads_what_the_policies_show(#[case] query: &str, #[case] expected: Value) {
    let doors = start_with_notes().await;
    let answer = doors
        .get(Some(&doors.user_token()), &format!("/rest/v1/notes{query}"))
        .await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, expected));
}

#[tokio::test]
async fn reading_is_cut_at_a_thousand_rows_and_counted_if_asked() {
    let doors = start_with_notes().await;
    doors
        .sql(&format!(
            "insert into public.notes select '{USER}', n from generate_series(3, 1500) n"
        ))
        .await;
    let counted = send(&doors, Method::GET, "", "count=exact", Value::Null).await;
    assert_eq!(counted.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(counted.header("content-range"), "0-999/1500");
    assert_eq!(counted.json().as_array().map(Vec::len), Some(1_000));

    let silent = send(&doors, Method::GET, "?limit=5000", "", Value::Null).await;
    assert_eq!(
        (silent.status, silent.header("content-range")),
        (StatusCode::OK, "0-999/*")
    );
}

#[tokio::test]
async fn without_a_right_nothing_is_read_or_written() {
    let doors = start_with_notes().await;
    let nobody = doors.get(None, "/rest/v1/notes").await;
    assert_eq!(
        (nobody.status, nobody.code().as_str()),
        (StatusCode::UNAUTHORIZED, "42501")
    );
    for (method, query, body) in [
        (Method::PATCH, "?n=eq.1", json!({ "n": 7 })),
        (Method::PATCH, "?n=eq.1", json!({ "owner": OTHER })),
        (Method::POST, "", json!({ "owner": OTHER, "n": 9 })),
    ] {
        let answer = send(&doors, method, query, "", body.clone()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::FORBIDDEN, "42501"),
            "{body}"
        );
    }
    assert_eq!(numbers_left(&doors).await, [1, 2, 3]);
}

#[tokio::test]
async fn what_is_written_is_written_as_the_user() {
    let doors = start_with_notes().await;
    let made = json!([{ "owner": USER, "n": 4 }, { "owner": USER, "n": 5 }]);
    let made = send(&doors, Method::POST, "", "", made).await;
    assert_eq!((made.status, made.text.as_str()), (StatusCode::CREATED, ""));

    let one = json!({ "owner": USER, "n": 6, "text": "six" });
    let one = send(
        &doors,
        Method::POST,
        "",
        "return=representation",
        one.clone(),
    )
    .await;
    assert_eq!(
        (one.status, one.json()),
        (
            StatusCode::CREATED,
            json!([{ "owner": USER, "n": 6, "text": "six" }])
        )
    );

    let query = "?n=gte.2";
    let changed = send(
        &doors,
        Method::PATCH,
        query,
        "return=representation",
        json!({ "text": "x" }),
    )
    .await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(
        changed.json().as_array().map(Vec::len),
        Some(4),
        "not the row of the other"
    );

    let gone = send(&doors, Method::DELETE, "?n=neq.1", "", Value::Null).await;
    assert_eq!(
        (gone.status, gone.text.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    assert_eq!(
        numbers_left(&doors).await,
        [1, 3],
        "the row of the other stays"
    );
}

#[tokio::test]
async fn the_secret_key_passes_the_policies() {
    let doors = start_with_notes().await;
    let request = doors
        .http
        .get(format!("{}/rest/v1/notes?select=n", doors.server.url()));
    let answer = answer(request.header("apikey", doors.server.secret_key())).await;
    assert_eq!(answer.json().as_array().map(Vec::len), Some(3));
}

#[rstest]
#[case::of_another_schema("users", "", 404, "PGRST205")]
#[case::with_its_schema("auth.users", "", 404, "PGRST205")]
#[case::quoted("notes%22;drop table notes;--", "", 404, "PGRST205")]
#[case::no_such_column("notes", "?absent=eq.1", 400, "42703")]
#[case::sql_in_a_column("notes", "?n%22%3D1--=eq.1", 400, "42703")]
#[case::no_such_operator("notes", "?n=like.1", 400, "PGRST100")]
#[case::no_operator("notes", "?n=1", 400, "PGRST100")]
#[case::not_a_number("notes", "?n=eq.one", 400, "22P02")]
#[case::sql_in_a_value("notes", "?n=eq.1%20or%20true", 400, "22P02")]
#[case::sql_in_an_order("notes", "?order=n.asc%20limit%200", 400, "PGRST100")]
#[tokio::test]
async fn what_cannot_be_read_is_refused(
    #[case] table: &str,
    #[case] query: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let doors = start_with_notes().await;
    let answer = doors
        .get(
            Some(&doors.user_token()),
            &format!("/rest/v1/{table}{query}"),
        )
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (status, code)
    );
}

#[tokio::test]
async fn a_column_that_does_not_exist_is_not_written() {
    let doors = start_with_notes().await;
    for (method, query) in [(Method::POST, ""), (Method::PATCH, "?n=eq.1")] {
        let answer = send(&doors, method, query, "", json!({ "absent": 1 })).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "PGRST204")
        );
    }
}

#[tokio::test]
async fn other_methods_are_405() {
    let doors = start_with_notes().await;
    let answer = send(&doors, Method::PUT, "", "", json!({ "n": 1 })).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (405, "PGRST117")
    );
}

#[tokio::test]
async fn a_user_sees_as_little_with_a_token_of_no_role() {
    let doors = start_with_notes().await;
    let claims = Claims {
        role: None,
        ..Claims::of_user(USER, Utc::now())
    };
    let answer = doors
        .get(Some(&doors.server.token_for(&claims)), "/rest/v1/notes")
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, "42501")
    );
}
