//! Signing out, and users that go.

use local_supabase::{Server, ServerOptions, Settings};
use reqwest::{RequestBuilder, StatusCode};
use rstest::rstest;
use serde_json::json;

use super::{
    EMAIL, PASSWORD, assert_refused, get_user, good, log_out, put_user, refresh, sign_in, sign_up,
    text,
};
use crate::support::{Doors, answer, start};

/// The tokens of a session.
struct Tokens {
    access: String,
    refresh: String,
}

async fn session(request: RequestBuilder) -> Tokens {
    let body = good(request).await;
    Tokens {
        access: text(&body, "access_token"),
        refresh: text(&body, "refresh_token"),
    }
}

async fn assert_alive(doors: &Doors, tokens: &Tokens) {
    good(get_user(doors, &tokens.access)).await;
    good(refresh(doors, &tokens.refresh)).await;
}

async fn assert_over(doors: &Doors, tokens: &Tokens) {
    assert_refused(|| get_user(doors, &tokens.access), 403, "session_not_found").await;
    assert_refused(
        || refresh(doors, &tokens.refresh),
        400,
        "refresh_token_not_found",
    )
    .await;
}

#[rstest]
#[case::local("local", false, true)]
#[case::others("others", true, false)]
#[case::global("global", false, false)]
#[case::default_is_global("", false, false)]
#[tokio::test]
async fn a_sign_out_ends_the_sessions_of_its_scope(
    #[case] scope: &str,
    #[case] this_lives: bool,
    #[case] other_lives: bool,
) {
    let doors = start().await;
    let this = session(sign_up(&doors, EMAIL)).await;
    let other = session(sign_in(&doors, EMAIL, PASSWORD)).await;
    let stranger = session(sign_up(&doors, "other@example.com")).await;

    let answer = answer(log_out(&doors, &this.access, scope)).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    for (tokens, lives) in [
        (&this, this_lives),
        (&other, other_lives),
        (&stranger, true),
    ] {
        if lives {
            assert_alive(&doors, tokens).await;
        } else {
            assert_over(&doors, tokens).await;
        }
    }
}

#[tokio::test]
async fn an_unknown_scope_ends_nothing() {
    let doors = start().await;
    let this = session(sign_up(&doors, EMAIL)).await;
    assert_refused(
        || log_out(&doors, &this.access, "everything"),
        400,
        "validation_failed",
    )
    .await;
    assert_alive(&doors, &this).await;
}

#[tokio::test]
async fn a_second_sign_out_finds_no_session() {
    let doors = start().await;
    let this = session(sign_up(&doors, EMAIL)).await;
    answer(log_out(&doors, &this.access, "local")).await;
    assert_refused(
        || log_out(&doors, &this.access, "local"),
        403,
        "session_not_found",
    )
    .await;
}

#[tokio::test]
async fn a_user_deleted_in_sql_takes_his_sessions_along() {
    let doors = start().await;
    let gone = session(sign_up(&doors, EMAIL)).await;
    let stays = session(sign_up(&doors, "other@example.com")).await;
    let postgres = doors.database.connect_as("postgres").await.unwrap();
    postgres
        .execute("delete from auth.users where email = $1", &[&EMAIL])
        .await
        .unwrap();

    assert_refused(|| get_user(&doors, &gone.access), 403, "user_not_found").await;
    assert_refused(
        || put_user(&doors, &gone.access, &json!({})),
        403,
        "user_not_found",
    )
    .await;
    assert_refused(
        || log_out(&doors, &gone.access, "local"),
        403,
        "user_not_found",
    )
    .await;
    assert_refused(
        || refresh(&doors, &gone.refresh),
        400,
        "refresh_token_not_found",
    )
    .await;
    assert_refused(
        || sign_in(&doors, EMAIL, PASSWORD),
        400,
        "invalid_credentials",
    )
    .await;
    assert_alive(&doors, &stays).await;
    good(sign_up(&doors, EMAIL)).await;
}

#[tokio::test]
async fn signing_up_makes_a_profile_by_the_trigger_of_the_migrations() {
    let doors = start().await;
    let body = good(sign_up(&doors, EMAIL)).await;
    let client = doors.database.connect().await.unwrap();
    let row = client
        .query_one("select user_id::text from public.profiles", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, String>(0), text(&body["user"], "id"));
}

#[tokio::test]
async fn an_account_whose_trigger_fails_is_not_made() {
    let doors = start().await;
    doors
        .sql(
            "create function public.refuse() returns trigger language plpgsql as
             $$ begin raise exception 'no'; end $$;
             create trigger refuse before insert on auth.users
                 for each row execute function public.refuse();",
        )
        .await;
    assert_refused(|| sign_up(&doors, EMAIL), 500, "unexpected_failure").await;
    doors.sql("drop trigger refuse on auth.users").await;
    good(sign_up(&doors, EMAIL)).await;
}

#[tokio::test]
async fn sessions_and_used_tokens_outlive_the_server() {
    let doors = start().await;
    let first = session(sign_up(&doors, EMAIL)).await;
    let second = session(refresh(&doors, &first.refresh)).await;
    let Doors {
        server,
        http,
        database,
    } = doors;
    let options = ServerOptions {
        port: server.port(),
        keys: Some(server.keys().clone()),
    };
    server.stop().await;
    let server = Server::start(&database, Settings::default(), options)
        .await
        .unwrap();
    let doors = Doors {
        server,
        http,
        database,
    };

    good(get_user(&doors, &second.access)).await;
    let repeated = session(refresh(&doors, &first.refresh)).await;
    assert_eq!(
        repeated.refresh, second.refresh,
        "the answer that may have been lost"
    );
    assert_alive(&doors, &second).await;
}
