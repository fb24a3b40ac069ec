//! Codes by mail: to sign in, to recover, to confirm an address.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::RequestBuilder;
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    EMAIL, PASSWORD, assert_refused, code, get_user, good, pass, post, put_user, sign_in, sign_up,
    text, verify, without_mail_interval, wrong,
};
use crate::support::{Doors, answer, start};

fn otp(doors: &Doors, email: &str) -> RequestBuilder {
    post(doors, "/otp", &json!({"email": email, "create_user": true}))
}

fn recover(doors: &Doors, email: &str) -> RequestBuilder {
    post(doors, "/recover", &json!({"email": email}))
}

#[tokio::test]
async fn a_code_signs_in_a_known_user() {
    let doors = start().await;
    let known = good(sign_up(&doors, EMAIL)).await;
    assert_eq!(good(otp(&doors, "SomeOne@example.com")).await, json!({}));
    let mail = doors.server.mailbox().newest(EMAIL).unwrap();
    assert_eq!(mail.kind, local_supabase::MailKind::SignIn);
    assert!(
        mail.code.len() == 6 && mail.code.bytes().all(|byte| byte.is_ascii_digit()),
        "{mail:?}"
    );
    let session = good(verify(&doors, "email", EMAIL, &mail.code)).await;
    assert_eq!(session["user"]["id"], known["user"]["id"]);
    good(get_user(&doors, &text(&session, "access_token"))).await;
}

#[rstest]
#[case::confirmed_at_once(false)]
#[case::confirmed_by_the_code(true)]
#[tokio::test]
async fn a_code_to_an_unknown_address_makes_an_account(#[case] confirm_email: bool) {
    let doors = start().await;
    doors
        .server
        .change(|settings| settings.confirm_email = confirm_email);
    assert_eq!(good(otp(&doors, EMAIL)).await, json!({}));
    let session = good(verify(&doors, "email", EMAIL, &code(&doors, EMAIL))).await;
    assert_eq!(session["user"]["email"], EMAIL);
    assert!(session["user"]["email_confirmed_at"].is_string());
    assert_refused(|| sign_in(&doors, EMAIL, ""), 400, "invalid_credentials").await;
}

#[tokio::test]
async fn no_account_is_made_when_none_is_wanted() {
    let doors = start().await;
    let unwanted = || {
        post(
            &doors,
            "/otp",
            &json!({"email": EMAIL, "create_user": false}),
        )
    };
    assert_refused(unwanted, 422, "otp_disabled").await;
    good(sign_up(&doors, EMAIL)).await;
    good(unwanted()).await;
}

#[tokio::test]
async fn codes_and_accounts_by_codes_can_be_shut_while_the_server_runs() {
    let doors = start().await;
    doors.server.change(|settings| settings.otp_enabled = false);
    assert_refused(|| otp(&doors, EMAIL), 422, "otp_disabled").await;
    doors.server.change(|settings| {
        settings.otp_enabled = true;
        settings.signup_enabled = false;
    });
    assert_refused(|| otp(&doors, EMAIL), 422, "signup_disabled").await;
    assert!(doors.server.mailbox().all().is_empty());
}

#[tokio::test]
async fn a_recovery_code_gives_a_session_in_which_the_password_can_be_changed() {
    let doors = start().await;
    good(sign_up(&doors, EMAIL)).await;
    assert_eq!(good(recover(&doors, EMAIL)).await, json!({}));
    assert_eq!(
        doors.server.mailbox().newest(EMAIL).unwrap().kind,
        local_supabase::MailKind::Recovery
    );
    let session = good(verify(&doors, "recovery", EMAIL, &code(&doors, EMAIL))).await;
    good(put_user(
        &doors,
        &text(&session, "access_token"),
        &json!({"password": "another horse"}),
    ))
    .await;
    good(sign_in(&doors, EMAIL, "another horse")).await;
    assert_refused(
        || sign_in(&doors, EMAIL, PASSWORD),
        400,
        "invalid_credentials",
    )
    .await;
}

#[rstest]
#[case::recover("/recover", json!({"email": EMAIL}))]
#[case::resend("/resend", json!({"type": "signup", "email": EMAIL}))]
#[case::resend_change("/resend", json!({"type": "email_change", "email": EMAIL}))]
#[tokio::test]
async fn a_mail_to_nobody_is_answered_like_any_other(#[case] path: &str, #[case] body: Value) {
    let doors = start().await;
    assert_eq!(good(post(&doors, path, &body)).await, json!({}));
    assert!(doors.server.mailbox().all().is_empty());
}

#[rstest]
#[case::sign_in("/otp", "email")]
#[case::recovery("/recover", "recovery")]
#[tokio::test]
async fn a_wrong_a_used_and_an_old_code_look_alike(#[case] path: &str, #[case] kind: &str) {
    let doors = start().await;
    without_mail_interval(&doors);
    good(sign_up(&doors, EMAIL)).await;
    let send = || post(&doors, path, &json!({"email": EMAIL}));

    good(send()).await;
    let used = code(&doors, EMAIL);
    let wrong = assert_refused(
        || verify(&doors, kind, EMAIL, wrong(&used)),
        403,
        "otp_expired",
    )
    .await;
    good(verify(&doors, kind, EMAIL, &used)).await;
    let used = assert_refused(|| verify(&doors, kind, EMAIL, &used), 403, "otp_expired").await;

    good(send()).await;
    let old = code(&doors, EMAIL);
    pass(&doors, TimeDelta::seconds(3601));
    let old = assert_refused(|| verify(&doors, kind, EMAIL, &old), 403, "otp_expired").await;
    let unknown = assert_refused(
        || verify(&doors, kind, "no@example.com", "123456"),
        403,
        "otp_expired",
    )
    .await;
    assert_eq!(
        HashSet::from([wrong.text, used.text, old.text, unknown.text]).len(),
        1
    );
}

#[tokio::test]
async fn a_code_is_good_to_the_end_of_its_life() {
    let doors = start().await;
    good(sign_up(&doors, EMAIL)).await;
    good(otp(&doors, EMAIL)).await;
    doors
        .server
        .change(|settings| settings.code_life = Duration::from_mins(10));
    pass(&doors, TimeDelta::seconds(590));
    good(verify(&doors, "email", EMAIL, &code(&doors, EMAIL))).await;
}

#[tokio::test]
async fn a_newer_code_replaces_the_older() {
    let doors = start().await;
    without_mail_interval(&doors);
    good(sign_up(&doors, EMAIL)).await;
    good(otp(&doors, EMAIL)).await;
    let older = code(&doors, EMAIL);
    while code(&doors, EMAIL) == older {
        good(otp(&doors, EMAIL)).await;
    }
    assert_refused(
        || verify(&doors, "email", EMAIL, &older),
        403,
        "otp_expired",
    )
    .await;
    good(verify(&doors, "email", EMAIL, &code(&doors, EMAIL))).await;
}

#[tokio::test]
async fn of_six_uses_of_a_code_at_once_one_counts() {
    let doors = start().await;
    good(sign_up(&doors, EMAIL)).await;
    good(otp(&doors, EMAIL)).await;
    let sent = code(&doors, EMAIL);
    let attempts: Vec<_> = (0..6)
        .map(|_| tokio::spawn(answer(verify(&doors, "email", EMAIL, &sent))))
        .collect();
    let mut statuses = Vec::new();
    for attempt in attempts {
        statuses.push(attempt.await.unwrap().status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403, 403, 403, 403, 403]);
}

#[tokio::test]
async fn a_code_does_not_sign_a_banned_user_in() {
    let doors = start().await;
    good(sign_up(&doors, EMAIL)).await;
    good(otp(&doors, EMAIL)).await;
    doors
        .sql("update auth.users set banned_until = now() + interval '1 hour'")
        .await;
    assert_refused(
        || verify(&doors, "email", EMAIL, &code(&doors, EMAIL)),
        403,
        "user_banned",
    )
    .await;
}

#[rstest]
#[case::codes_to_sign_in("/otp")]
#[case::recovery("/recover")]
#[tokio::test]
async fn one_address_waits_a_minute_between_two_mails_and_others_do_not(#[case] path: &str) {
    let doors = start().await;
    good(sign_up(&doors, EMAIL)).await;
    good(sign_up(&doors, "other@example.com")).await;
    let send = |email: &str| post(&doors, path, &json!({"email": email}));
    good(send(EMAIL)).await;
    pass(&doors, TimeDelta::seconds(15));
    let refused = assert_refused(|| send(EMAIL), 429, "over_email_send_rate_limit").await;
    let message = text(&refused.json(), "message");
    let seconds = message
        .split(' ')
        .find_map(|word| word.parse::<i64>().ok())
        .expect("the seconds left");
    assert!((40..=45).contains(&seconds), "{message}");
    good(send("other@example.com")).await;
    pass(&doors, TimeDelta::seconds(45));
    good(send(EMAIL)).await;
    doors
        .server
        .change(|settings| settings.mail_interval = Duration::ZERO);
    good(send(EMAIL)).await;
    assert_eq!(
        doors.server.mailbox().all().len(),
        4,
        "refused mails are not sent"
    );
}
