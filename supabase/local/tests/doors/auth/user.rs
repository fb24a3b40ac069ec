//! What a signed-in user reads and changes of himself.

use chrono::TimeDelta;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    EMAIL, PASSWORD, assert_refused, code, get_user, good, pass, post, put_user, refresh, sign_in,
    sign_up, text, verify, wrong,
};
use crate::support::{Doors, answer, start};

const NEW_EMAIL: &str = "new@example.com";

async fn signed_in(doors: &Doors) -> String {
    text(&good(sign_up(doors, EMAIL)).await, "access_token")
}

#[tokio::test]
async fn a_user_reads_himself() {
    let doors = start().await;
    let session = good(sign_up(&doors, EMAIL)).await;
    let user = good(get_user(&doors, &text(&session, "access_token"))).await;
    assert_eq!(user, session["user"]);
}

#[tokio::test]
async fn without_a_bearer_nobody_is_authorized() {
    let doors = start().await;
    let get = || doors.request(Method::GET, "/auth/v1/user");
    assert_refused(get, 401, "no_authorization").await;
    assert_refused(
        || get().header("Authorization", "Basic abc"),
        401,
        "no_authorization",
    )
    .await;
    let put = || doors.request(Method::PUT, "/auth/v1/user").json(&json!({}));
    assert_refused(put, 401, "no_authorization").await;
    assert_refused(
        || post(&doors, "/logout", &json!({})),
        401,
        "no_authorization",
    )
    .await;
}

#[rstest]
#[case::no_token("abc")]
#[case::no_parts("a.b.c")]
#[case::no_algorithm("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.")]
#[tokio::test]
async fn a_bearer_that_is_no_token_is_refused(#[case] token: &str) {
    let doors = start().await;
    assert_refused(|| get_user(&doors, token), 403, "bad_jwt").await;
}

#[tokio::test]
async fn the_key_alone_is_no_user() {
    let doors = start().await;
    let key = doors.server.publishable_key().to_owned();
    assert_refused(|| get_user(&doors, &key), 403, "bad_jwt").await;
}

#[tokio::test]
async fn a_good_token_that_names_no_user_is_refused() {
    let doors = start().await;
    let now = chrono::Utc::now();
    let nobody = doors
        .server
        .token_for(&local_supabase::Claims::of_user("nobody", now));
    assert_refused(|| get_user(&doors, &nobody), 403, "bad_jwt").await;
    let unknown = doors
        .server
        .token_for(&local_supabase::Claims::of_user(crate::support::USER, now));
    assert_refused(|| get_user(&doors, &unknown), 403, "user_not_found").await;
}

#[tokio::test]
async fn another_password_signs_in_and_ends_the_other_sessions() {
    let doors = start().await;
    let token = signed_in(&doors).await;
    let other = good(sign_in(&doors, EMAIL, PASSWORD)).await;
    good(put_user(
        &doors,
        &token,
        &json!({"password": "another horse"}),
    ))
    .await;
    good(sign_in(&doors, EMAIL, "another horse")).await;
    good(get_user(&doors, &token)).await;
    assert_refused(
        || get_user(&doors, &text(&other, "access_token")),
        403,
        "session_not_found",
    )
    .await;
    assert_refused(
        || refresh(&doors, &text(&other, "refresh_token")),
        400,
        "refresh_token_not_found",
    )
    .await;
}

#[tokio::test]
async fn another_password_makes_codes_sent_before_worthless() {
    let doors = start().await;
    let token = signed_in(&doors).await;
    good(post(&doors, "/recover", &json!({"email": EMAIL}))).await;
    good(put_user(
        &doors,
        &token,
        &json!({"password": "another horse"}),
    ))
    .await;
    assert_refused(
        || verify(&doors, "recovery", EMAIL, &code(&doors, EMAIL)),
        403,
        "otp_expired",
    )
    .await;
}

#[rstest]
#[case::the_same(json!({"password": PASSWORD}), 422, "same_password")]
#[case::too_short(json!({"password": "12345"}), 422, "weak_password")]
#[case::nothing(json!({"password": ""}), 422, "weak_password")]
#[case::too_long(json!({"password": "x".repeat(73)}), 400, "validation_failed")]
#[case::nul(json!({"password": "abc\0def"}), 400, "validation_failed")]
#[case::no_address(json!({"email": "nowhere"}), 400, "validation_failed")]
#[case::taken_address(json!({"email": "other@example.com"}), 422, "email_exists")]
#[case::nul_in_data(json!({"data": {"a": "\0"}}), 400, "validation_failed")]
#[case::data_of_another_shape(json!({"data": "text"}), 400, "bad_json")]
#[tokio::test]
async fn a_change_that_cannot_be_is_refused(
    #[case] wish: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let doors = start().await;
    good(sign_up(&doors, "other@example.com")).await;
    let token = signed_in(&doors).await;
    assert_refused(|| put_user(&doors, &token, &wish), status, code).await;
    good(sign_in(&doors, EMAIL, PASSWORD)).await;
}

#[tokio::test]
async fn data_is_merged_and_null_takes_away() {
    let doors = start().await;
    let token = signed_in(&doors).await;
    good(put_user(
        &doors,
        &token,
        &json!({"data": {"name": "Some One", "theme": "dark"}}),
    ))
    .await;
    let user = good(put_user(
        &doors,
        &token,
        &json!({"data": {"theme": null, "size": 9_007_199_254_740_993_i64}}),
    ))
    .await;
    let expected =
        json!({"name": "Some One", "size": 9_007_199_254_740_993_i64, "email_verified": true});
    assert_eq!(user["user_metadata"], expected);
    assert_eq!(
        good(get_user(&doors, &token)).await["user_metadata"],
        expected
    );
}

#[tokio::test]
async fn another_address_counts_once_its_code_is_used() {
    let doors = start().await;
    let token = signed_in(&doors).await;
    let user = good(put_user(
        &doors,
        &token,
        &json!({"email": "New@Example.com"}),
    ))
    .await;
    assert_eq!(
        (&user["email"], &user["new_email"]),
        (&json!(EMAIL), &json!(NEW_EMAIL))
    );
    assert_eq!(
        doors.server.mailbox().newest(NEW_EMAIL).unwrap().kind,
        local_supabase::MailKind::EmailChange
    );
    assert!(doors.server.mailbox().newest(EMAIL).is_none());
    good(sign_in(&doors, EMAIL, PASSWORD)).await;

    let sent = code(&doors, NEW_EMAIL);
    assert_refused(
        || verify(&doors, "email_change", NEW_EMAIL, wrong(&sent)),
        403,
        "otp_expired",
    )
    .await;
    assert_refused(
        || verify(&doors, "email_change", EMAIL, &sent),
        403,
        "otp_expired",
    )
    .await;
    let session = good(verify(&doors, "email_change", NEW_EMAIL, &sent)).await;
    let user = &session["user"];
    assert_eq!(user["email"], NEW_EMAIL);
    assert!(user.get("new_email").is_none());
    assert_eq!(user["identities"][0]["email"], NEW_EMAIL);
    assert_refused(
        || verify(&doors, "email_change", NEW_EMAIL, &sent),
        403,
        "otp_expired",
    )
    .await;
    good(sign_in(&doors, NEW_EMAIL, PASSWORD)).await;
    assert_refused(
        || sign_in(&doors, EMAIL, PASSWORD),
        400,
        "invalid_credentials",
    )
    .await;
}

#[tokio::test]
async fn the_code_to_another_address_is_sent_again_after_a_minute() {
    let doors = start().await;
    let token = signed_in(&doors).await;
    let change = || put_user(&doors, &token, &json!({"email": NEW_EMAIL}));
    let resend = || {
        post(
            &doors,
            "/resend",
            &json!({"type": "email_change", "email": EMAIL}),
        )
    };
    good(change()).await;
    assert_refused(change, 429, "over_email_send_rate_limit").await;
    assert_refused(resend, 429, "over_email_send_rate_limit").await;
    pass(&doors, TimeDelta::minutes(1));
    good(resend()).await;
    assert_eq!(doors.server.mailbox().all().len(), 2);
    good(verify(
        &doors,
        "email_change",
        NEW_EMAIL,
        &code(&doors, NEW_EMAIL),
    ))
    .await;
}

#[tokio::test]
async fn an_address_taken_in_the_meantime_is_not_taken_twice() {
    let doors = start().await;
    let token = signed_in(&doors).await;
    good(put_user(&doors, &token, &json!({"email": NEW_EMAIL}))).await;
    good(sign_up(&doors, NEW_EMAIL)).await;
    let sent = code(&doors, NEW_EMAIL);
    assert_refused(
        || verify(&doors, "email_change", NEW_EMAIL, &sent),
        422,
        "email_exists",
    )
    .await;
    assert_eq!(good(get_user(&doors, &token)).await["email"], EMAIL);
}

#[tokio::test]
async fn a_change_to_the_own_address_is_no_change() {
    let doors = start().await;
    let token = signed_in(&doors).await;
    let user = good(put_user(
        &doors,
        &token,
        &json!({"email": "SOMEONE@example.com"}),
    ))
    .await;
    assert!(user.get("new_email").is_none());
    assert!(
        answer(put_user(&doors, &token, &json!({})))
            .await
            .status
            .is_success()
    );
    assert!(doors.server.mailbox().all().is_empty());
}
