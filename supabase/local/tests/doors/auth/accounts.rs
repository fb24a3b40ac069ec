//! Signing up and signing in by password.

use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{EMAIL, PASSWORD, assert_refused, good, pass, post, sign_in, sign_up, text};
use crate::support::{answer, start};

#[tokio::test]
async fn signing_up_gives_a_session_as_clients_expect_it() {
    let doors = start().await;
    let session = good(post(
        &doors,
        "/signup",
        &json!({"email": "Some.One@Example.com", "password": PASSWORD, "data": {"name": "Some"}}),
    ))
    .await;
    assert_eq!(session["token_type"], "bearer");
    assert_eq!(session["expires_in"], 3600);
    assert!(session["expires_at"].as_i64().unwrap() > 1_700_000_000);
    assert!(!text(&session, "refresh_token").is_empty());
    let user = &session["user"];
    assert_eq!(user["email"], "some.one@example.com");
    assert_eq!(
        (&user["aud"], &user["role"]),
        (&json!("authenticated"), &json!("authenticated"))
    );
    assert_eq!(
        user["app_metadata"],
        json!({"provider": "email", "providers": ["email"]})
    );
    assert_eq!(
        user["user_metadata"],
        json!({"name": "Some", "email_verified": true})
    );
    assert_eq!(user["phone"], "");
    assert_eq!(user["is_anonymous"], false);
    for time in [
        "created_at",
        "updated_at",
        "email_confirmed_at",
        "confirmed_at",
        "last_sign_in_at",
    ] {
        let at = text(user, time);
        assert!(
            at.parse::<chrono::DateTime<chrono::Utc>>().is_ok(),
            "{time}: {at}"
        );
    }
    let identity = &user["identities"][0];
    assert_eq!(identity["provider"], "email");
    assert_eq!(identity["id"], user["id"]);
    assert_eq!(identity["user_id"], user["id"]);
    assert_eq!(identity["email"], "some.one@example.com");
    assert_eq!(identity["identity_data"]["email_verified"], true);
    assert!(
        user.get("encrypted_password").is_none(),
        "nothing of the password goes out"
    );
}

#[tokio::test]
async fn an_access_token_says_what_gotrues_says() {
    let doors = start().await;
    let session = good(sign_up(&doors, EMAIL)).await;
    let claims = claims(&text(&session, "access_token"));
    assert_eq!(claims["iss"], format!("{}/auth/v1", doors.server.url()));
    assert_eq!(claims["sub"], session["user"]["id"]);
    assert_eq!(
        (&claims["aud"], &claims["role"]),
        (&json!("authenticated"), &json!("authenticated"))
    );
    assert_eq!(claims["exp"], session["expires_at"]);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3600
    );
    assert_eq!(
        (&claims["email"], &claims["phone"]),
        (&json!(EMAIL), &json!(""))
    );
    assert_eq!(claims["app_metadata"], session["user"]["app_metadata"]);
    assert_eq!(claims["user_metadata"], session["user"]["user_metadata"]);
    assert_eq!(
        (&claims["aal"], &claims["is_anonymous"]),
        (&json!("aal1"), &json!(false))
    );
    assert_eq!(claims["amr"][0]["method"], "password");
    assert!(claims["amr"][0]["timestamp"].is_i64());
    assert!(!text(&claims, "session_id").is_empty());
}

#[tokio::test]
async fn a_password_signs_in_whatever_the_case_of_the_address() {
    let doors = start().await;
    let first = good(sign_up(&doors, EMAIL)).await;
    let second = good(sign_in(&doors, "SomeOne@EXAMPLE.com", PASSWORD)).await;
    assert_eq!(first["user"]["id"], second["user"]["id"]);
    assert_ne!(
        first["refresh_token"], second["refresh_token"],
        "each sign-in is a session of its own"
    );
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_look_alike() {
    let doors = start().await;
    good(sign_up(&doors, EMAIL)).await;
    let wrong = assert_refused(
        || sign_in(&doors, EMAIL, "wrong"),
        400,
        "invalid_credentials",
    )
    .await;
    let unknown = assert_refused(
        || sign_in(&doors, "no@example.com", "wrong"),
        400,
        "invalid_credentials",
    )
    .await;
    assert_eq!(wrong.text, unknown.text);
}

#[tokio::test]
async fn a_banned_user_does_not_sign_in_until_the_ban_is_over() {
    let doors = start().await;
    good(sign_up(&doors, EMAIL)).await;
    doors
        .sql("update auth.users set banned_until = now() + interval '1 hour'")
        .await;
    assert_refused(|| sign_in(&doors, EMAIL, PASSWORD), 400, "user_banned").await;
    pass(&doors, TimeDelta::minutes(61));
    good(sign_in(&doors, EMAIL, PASSWORD)).await;
}

#[tokio::test]
async fn a_known_address_cannot_sign_up_again() {
    let doors = start().await;
    good(sign_up(&doors, EMAIL)).await;
    assert_refused(
        || sign_up(&doors, "SOMEONE@example.com"),
        422,
        "user_already_exists",
    )
    .await;
}

#[tokio::test]
async fn of_two_sign_ups_at_once_one_makes_the_account() {
    let doors = start().await;
    let attempts: Vec<_> = (0..6)
        .map(|_| tokio::spawn(answer(sign_up(&doors, EMAIL))))
        .collect();
    let mut statuses = Vec::new();
    for attempt in attempts {
        statuses.push(attempt.await.unwrap().status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422, 422, 422, 422, 422]);
}

#[tokio::test]
async fn a_weak_password_is_refused_with_its_reason() {
    let doors = start().await;
    let weak = || {
        post(
            &doors,
            "/signup",
            &json!({"email": EMAIL, "password": "12345"}),
        )
    };
    let named = assert_refused(weak, 422, "weak_password").await;
    assert_eq!(
        named.json()["weak_password"],
        json!({"reasons": ["length"]})
    );
    let plain = answer(weak()).await;
    assert_eq!(
        plain.json()["weak_password"],
        json!({"reasons": ["length"]})
    );
    doors
        .server
        .change(|settings| settings.password_length_min = 5);
    good(weak()).await;
}

#[tokio::test]
async fn a_password_has_at_most_72_bytes() {
    let doors = start().await;
    let with = |length| json!({"email": EMAIL, "password": "x".repeat(length)});
    assert_refused(
        || post(&doors, "/signup", &with(73)),
        400,
        "validation_failed",
    )
    .await;
    good(post(&doors, "/signup", &with(72))).await;
    good(post(&doors, "/token?grant_type=password", &with(72))).await;
    assert_refused(
        || post(&doors, "/token?grant_type=password", &with(71)),
        400,
        "invalid_credentials",
    )
    .await;
}

#[tokio::test]
async fn sign_ups_can_be_shut_while_the_server_runs() {
    let doors = start().await;
    doors
        .server
        .change(|settings| settings.signup_enabled = false);
    assert_refused(|| sign_up(&doors, EMAIL), 422, "signup_disabled").await;
    assert_eq!(
        good(doors.request(Method::GET, "/auth/v1/settings")).await["disable_signup"],
        true
    );
    doors
        .server
        .change(|settings| settings.signup_enabled = true);
    good(sign_up(&doors, EMAIL)).await;
}

#[tokio::test]
async fn too_many_attempts_to_sign_in_are_refused_for_five_minutes() {
    let doors = start().await;
    good(sign_up(&doors, EMAIL)).await;
    doors
        .server
        .change(|settings| settings.sign_in_attempts_max = 2);
    for _ in 0..2 {
        assert_eq!(
            answer(sign_in(&doors, EMAIL, "wrong")).await.status,
            StatusCode::BAD_REQUEST
        );
    }
    assert_refused(
        || sign_in(&doors, EMAIL, PASSWORD),
        429,
        "over_request_rate_limit",
    )
    .await;
    assert_refused(
        || sign_in(&doors, "other@example.com", "wrong"),
        400,
        "invalid_credentials",
    )
    .await;
    pass(&doors, TimeDelta::minutes(5));
    good(sign_in(&doors, EMAIL, PASSWORD)).await;
}

#[tokio::test]
async fn the_door_says_what_it_offers() {
    let doors = start().await;
    let settings = good(doors.request(Method::GET, "/auth/v1/settings")).await;
    assert_eq!(settings["external"]["email"], true);
    assert_eq!(settings["external"]["google"], false);
    assert_eq!(
        (&settings["disable_signup"], &settings["mailer_autoconfirm"]),
        (&json!(false), &json!(true))
    );
    doors
        .server
        .change(|settings| settings.confirm_email = true);
    let settings = good(doors.request(Method::GET, "/auth/v1/settings")).await;
    assert_eq!(settings["mailer_autoconfirm"], false);
    assert_eq!(
        good(doors.request(Method::GET, "/auth/v1/health")).await["name"],
        "GoTrue"
    );
    assert_eq!(
        good(doors.request(Method::GET, "/auth/v1/.well-known/jwks.json")).await,
        json!({"keys": []})
    );
}

/// The payload of a token.
fn claims(token: &str) -> Value {
    use base64::Engine;
    let payload = token.split('.').nth(1).expect("three parts");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(payload)
        .expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}
