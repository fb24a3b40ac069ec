//! Refresh tokens: each is used once, and lost answers cost nobody his session.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::StatusCode;
use rstest::rstest;

use super::{
    EMAIL, PASSWORD, assert_refused, get_user, good, pass, refresh, sign_in, sign_up, text,
};
use crate::support::{Doors, answer, start};

/// Refreshes, and gives the new token.
async fn next(doors: &Doors, token: &str) -> String {
    text(&good(refresh(doors, token)).await, "refresh_token")
}

async fn first_token(doors: &Doors) -> String {
    text(&good(sign_up(doors, EMAIL)).await, "refresh_token")
}

#[tokio::test]
async fn a_refresh_gives_another_token_and_a_fresh_access_token() {
    let doors = start().await;
    let before = good(sign_up(&doors, EMAIL)).await;
    pass(&doors, TimeDelta::minutes(50));
    let after = good(refresh(&doors, &text(&before, "refresh_token"))).await;
    assert_ne!(before["refresh_token"], after["refresh_token"]);
    let gained = after["expires_at"].as_i64().unwrap() - before["expires_at"].as_i64().unwrap();
    assert!(
        (3000..3060).contains(&gained),
        "a full hour from now: {gained}"
    );
    assert_eq!(after["user"]["id"], before["user"]["id"]);
    assert_eq!(after["user"]["identities"], before["user"]["identities"]);
    good(get_user(&doors, &text(&after, "access_token"))).await;
}

#[rstest]
#[case::at_once(TimeDelta::zero())]
#[case::after_11_seconds(TimeDelta::seconds(11))]
#[case::after_a_year(TimeDelta::days(365))]
#[tokio::test]
async fn a_lost_answer_is_given_again_at_any_age(#[case] age: TimeDelta) {
    let doors = start().await;
    let used = first_token(&doors).await;
    let lost = next(&doors, &used).await;
    pass(&doors, age);
    assert_eq!(
        next(&doors, &used).await,
        lost,
        "the token in force, and no new one"
    );
    assert_ne!(
        next(&doors, &lost).await,
        lost,
        "which is still good for the next"
    );
}

#[tokio::test]
async fn an_older_token_is_honoured_for_ten_seconds() {
    let doors = start().await;
    let first = first_token(&doors).await;
    let second = next(&doors, &first).await;
    let third = next(&doors, &second).await;
    pass(&doors, TimeDelta::seconds(5));
    assert_eq!(
        next(&doors, &first).await,
        third,
        "the token in force, and no new one"
    );
    pass(&doors, TimeDelta::seconds(6));
    assert_refused(
        || refresh(&doors, &first),
        400,
        "refresh_token_already_used",
    )
    .await;
}

#[tokio::test]
async fn the_reuse_interval_can_be_turned_while_the_server_runs() {
    let doors = start().await;
    let first = first_token(&doors).await;
    let second = next(&doors, &first).await;
    let third = next(&doors, &second).await;
    doors
        .server
        .change(|settings| settings.reuse_interval = Duration::from_mins(1));
    pass(&doors, TimeDelta::seconds(50));
    assert_eq!(next(&doors, &first).await, third);
    doors
        .server
        .change(|settings| settings.reuse_interval = Duration::ZERO);
    assert_refused(
        || refresh(&doors, &first),
        400,
        "refresh_token_already_used",
    )
    .await;
}

#[tokio::test]
async fn reuse_revokes_the_whole_family_but_no_other_session() {
    let doors = start().await;
    let first = first_token(&doors).await;
    let other = text(
        &good(sign_in(&doors, EMAIL, PASSWORD)).await,
        "refresh_token",
    );
    let second = next(&doors, &first).await;
    let third = next(&doors, &second).await;
    pass(&doors, TimeDelta::seconds(11));
    assert_refused(
        || refresh(&doors, &first),
        400,
        "refresh_token_already_used",
    )
    .await;
    for token in [&third, &second, &first] {
        assert_refused(|| refresh(&doors, token), 400, "refresh_token_already_used").await;
    }
    next(&doors, &other).await;
}

#[rstest]
#[case::six(6)]
#[case::fifty(50)]
#[tokio::test]
async fn refreshes_at_once_yield_one_token(#[case] count: usize) {
    let doors = start().await;
    let used = first_token(&doors).await;
    let attempts: Vec<_> = (0..count)
        .map(|_| tokio::spawn(answer(refresh(&doors, &used))))
        .collect();
    let mut tokens = HashSet::new();
    for attempt in attempts {
        let answer = attempt.await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        tokens.insert(text(&answer.json(), "refresh_token"));
    }
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    assert!(!tokens.contains(&used));
    let rows = doors.database.connect().await.unwrap();
    let row = rows
        .query_one("select count(*) from auth.refresh_tokens", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 2, "the used one and the new one");
}

#[tokio::test]
async fn a_refresh_that_waits_too_long_for_its_row_is_a_conflict() {
    let doors = start().await;
    let token = first_token(&doors).await;
    let mut holder = doors.database.connect().await.unwrap();
    let tx = holder.transaction().await.unwrap();
    tx.execute("select id from auth.sessions for update", &[])
        .await
        .unwrap();
    let refused = answer(refresh(&doors, &token)).await;
    assert_eq!(
        (
            refused.status.as_u16(),
            refused.json()["error_code"].as_str()
        ),
        (409, Some("conflict"))
    );
    tx.rollback().await.unwrap();
    next(&doors, &token).await;
}

#[tokio::test]
async fn a_banned_user_does_not_refresh() {
    let doors = start().await;
    let token = first_token(&doors).await;
    doors
        .sql("update auth.users set banned_until = now() + interval '1 hour'")
        .await;
    assert_refused(|| refresh(&doors, &token), 400, "user_banned").await;
    doors.sql("update auth.users set banned_until = null").await;
    next(&doors, &token).await;
}

#[tokio::test]
async fn a_session_past_its_end_does_not_refresh() {
    let doors = start().await;
    let token = first_token(&doors).await;
    doors
        .sql("update auth.sessions set not_after = now() + interval '1 hour'")
        .await;
    let token = next(&doors, &token).await;
    pass(&doors, TimeDelta::minutes(61));
    assert_refused(|| refresh(&doors, &token), 400, "session_expired").await;
}

#[tokio::test]
async fn a_token_without_a_session_does_not_refresh() {
    let doors = start().await;
    let token = first_token(&doors).await;
    doors
        .sql("update auth.refresh_tokens set session_id = null")
        .await;
    assert_refused(|| refresh(&doors, &token), 400, "session_not_found").await;
}

#[tokio::test]
async fn the_life_of_access_tokens_can_be_turned_while_the_server_runs() {
    let doors = start().await;
    let token = first_token(&doors).await;
    doors
        .server
        .change(|settings| settings.token_life = Duration::from_secs(7));
    let session = good(refresh(&doors, &token)).await;
    assert_eq!(session["expires_in"], 7);
    pass(&doors, TimeDelta::seconds(8));
    assert_refused(
        || get_user(&doors, &text(&session, "access_token")),
        403,
        "bad_jwt",
    )
    .await;
}
