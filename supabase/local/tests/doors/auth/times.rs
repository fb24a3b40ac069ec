//! The two doors look at the end of a token differently, as GoTrue and PostgREST do.

use chrono::TimeDelta;
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::{EMAIL, get_user, good, pass, sign_up, text};
use crate::support::{answer, start};

#[rstest]
#[case::twenty_seconds_before_the_end(-20, 200, 200)]
#[case::a_second_after_it(1, 403, 200)]
#[case::twenty_seconds_after_it(20, 403, 200)]
#[case::thirty_two_seconds_after_it(32, 403, 401)]
#[tokio::test]
async fn the_auth_door_has_no_leeway_and_the_rest_door_has_thirty_seconds(
    #[case] seconds_after_end: i64,
    #[case] auth_status: u16,
    #[case] rest_status: u16,
) {
    let doors = start().await;
    doors
        .sql(
            "create function public.one() returns integer language sql as 'select 1';
             grant execute on function public.one() to authenticated;
             notify pgrst, 'reload schema';",
        )
        .await;
    let token = text(&good(sign_up(&doors, EMAIL)).await, "access_token");
    pass(&doors, TimeDelta::seconds(3600 + seconds_after_end));

    let auth = answer(get_user(&doors, &token)).await;
    assert_eq!(auth.status.as_u16(), auth_status, "{auth:?}");
    if auth_status == 403 {
        assert_eq!(auth.json()["error_code"], "bad_jwt");
    }
    let rest = doors
        .request(Method::POST, "/rest/v1/rpc/one")
        .bearer_auth(&token)
        .json(&json!({}));
    let rest = answer(rest).await;
    assert_eq!(rest.status.as_u16(), rest_status, "{rest:?}");
}

#[tokio::test]
async fn the_auth_door_does_not_mind_a_token_from_the_future() {
    let doors = start().await;
    let token = text(&good(sign_up(&doors, EMAIL)).await, "access_token");
    pass(&doors, TimeDelta::hours(-1));
    good(get_user(&doors, &token)).await;
}

#[tokio::test]
async fn all_times_of_an_account_are_the_servers() {
    let doors = start().await;
    pass(&doors, TimeDelta::days(-400));
    let session = good(sign_up(&doors, EMAIL)).await;
    let server_now = chrono::Utc::now() - TimeDelta::days(400);
    for time in [
        "created_at",
        "updated_at",
        "email_confirmed_at",
        "last_sign_in_at",
    ] {
        let at: chrono::DateTime<chrono::Utc> = text(&session["user"], time).parse().unwrap();
        assert!(
            (server_now - at).abs() < TimeDelta::minutes(1),
            "{time} is {at}"
        );
    }
    let age = server_now.timestamp() + 3600 - session["expires_at"].as_i64().unwrap();
    assert!(age.abs() < 60, "{age}");
}
