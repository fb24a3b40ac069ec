//! New addresses while they have to be confirmed.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use super::{
    EMAIL, PASSWORD, assert_refused, code, good, pass, post, sign_in, sign_up, verify,
    without_mail_interval,
};
use crate::support::{Doors, start};

fn confirming(doors: &Doors) {
    doors
        .server
        .change(|settings| settings.confirm_email = true);
    without_mail_interval(doors);
}

#[tokio::test]
async fn a_new_address_signs_in_once_it_is_confirmed() {
    let doors = start().await;
    confirming(&doors);
    let user = good(sign_up(&doors, EMAIL)).await;
    assert_eq!(user["email"], EMAIL);
    assert!(user.get("access_token").is_none(), "a user, not a session");
    assert_eq!(user["identities"].as_array().map(Vec::len), Some(1));
    assert!(user["confirmation_sent_at"].is_string());
    assert_refused(
        || sign_in(&doors, EMAIL, PASSWORD),
        400,
        "email_not_confirmed",
    )
    .await;
    assert_refused(
        || sign_in(&doors, EMAIL, "wrong"),
        400,
        "invalid_credentials",
    )
    .await;

    let session = good(verify(&doors, "signup", EMAIL, &code(&doors, EMAIL))).await;
    assert_eq!(session["user"]["id"], user["id"]);
    assert!(session["user"]["email_confirmed_at"].is_string());
    good(sign_in(&doors, EMAIL, PASSWORD)).await;
}

#[tokio::test]
async fn signing_up_a_confirmed_address_shows_a_user_that_does_not_exist() {
    let doors = start().await;
    confirming(&doors);
    let user = good(sign_up(&doors, EMAIL)).await;
    good(verify(&doors, "signup", EMAIL, &code(&doors, EMAIL))).await;
    let mails = doors.server.mailbox().all().len();

    let again = json!({"email": EMAIL, "password": "another horse", "data": {"name": "Nobody"}});
    let fake = good(post(&doors, "/signup", &again)).await;
    assert_eq!(fake["identities"], json!([]));
    assert_ne!(fake["id"], user["id"]);
    assert_eq!(
        (&fake["email"], &fake["user_metadata"]["name"]),
        (&json!(EMAIL), &json!("Nobody"))
    );
    assert!(fake["confirmation_sent_at"].is_string() && fake.get("email_confirmed_at").is_none());
    assert_eq!(doors.server.mailbox().all().len(), mails, "no mail is sent");
    assert_refused(
        || sign_in(&doors, EMAIL, "another horse"),
        400,
        "invalid_credentials",
    )
    .await;
}

#[tokio::test]
async fn signing_up_a_waiting_address_sends_another_code_and_changes_nothing() {
    let doors = start().await;
    confirming(&doors);
    doors
        .server
        .change(|settings| settings.mail_interval = Duration::from_mins(1));
    let first = good(sign_up(&doors, EMAIL)).await;
    let again = || {
        post(
            &doors,
            "/signup",
            &json!({"email": EMAIL, "password": "another horse"}),
        )
    };
    assert_refused(again, 429, "over_email_send_rate_limit").await;
    pass(&doors, TimeDelta::minutes(1));
    assert_eq!(good(again()).await["id"], first["id"]);
    good(verify(&doors, "signup", EMAIL, &code(&doors, EMAIL))).await;
    good(sign_in(&doors, EMAIL, PASSWORD)).await;
    assert_refused(
        || sign_in(&doors, EMAIL, "another horse"),
        400,
        "invalid_credentials",
    )
    .await;
}

#[tokio::test]
async fn the_code_of_a_sign_up_is_sent_again_on_request_until_it_is_used() {
    let doors = start().await;
    confirming(&doors);
    good(sign_up(&doors, EMAIL)).await;
    let resend = || {
        post(
            &doors,
            "/resend",
            &json!({"type": "signup", "email": EMAIL}),
        )
    };
    assert_eq!(good(resend()).await, json!({}));
    assert_eq!(doors.server.mailbox().all().len(), 2);
    good(verify(&doors, "signup", EMAIL, &code(&doors, EMAIL))).await;
    assert_eq!(good(resend()).await, json!({}));
    assert_eq!(
        doors.server.mailbox().all().len(),
        2,
        "nothing to confirm any more"
    );
}

#[tokio::test]
async fn a_resent_code_waits_like_any_other() {
    let doors = start().await;
    doors
        .server
        .change(|settings| settings.confirm_email = true);
    good(sign_up(&doors, EMAIL)).await;
    let resend = || {
        post(
            &doors,
            "/resend",
            &json!({"type": "signup", "email": EMAIL}),
        )
    };
    assert_refused(resend, 429, "over_email_send_rate_limit").await;
}
