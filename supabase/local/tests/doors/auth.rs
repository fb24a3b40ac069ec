//! The auth door: what GoTrue promises. Time passes by the server's clock knob only.

mod accounts;
mod codes;
mod confirmation;
mod hostile;
mod rotation;
mod sessions;
mod times;
mod user;

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Doors, answer};

const PASSWORD: &str = "correct horse";
const EMAIL: &str = "someone@example.com";

/// A POST of JSON to the auth door.
fn post(doors: &Doors, path: &str, body: &Value) -> RequestBuilder {
    doors
        .request(Method::POST, &format!("/auth/v1{path}"))
        .json(body)
}

/// The same with a bearer.
fn post_as(doors: &Doors, token: &str, path: &str, body: &Value) -> RequestBuilder {
    post(doors, path, body).bearer_auth(token)
}

fn sign_up(doors: &Doors, email: &str) -> RequestBuilder {
    post(
        doors,
        "/signup",
        &json!({"email": email, "password": PASSWORD}),
    )
}

fn sign_in(doors: &Doors, email: &str, password: &str) -> RequestBuilder {
    post(
        doors,
        "/token?grant_type=password",
        &json!({"email": email, "password": password}),
    )
}

fn refresh(doors: &Doors, token: &str) -> RequestBuilder {
    post(
        doors,
        "/token?grant_type=refresh_token",
        &json!({"refresh_token": token}),
    )
}

fn verify(doors: &Doors, kind: &str, email: &str, code: &str) -> RequestBuilder {
    post(
        doors,
        "/verify",
        &json!({"type": kind, "email": email, "token": code}),
    )
}

fn get_user(doors: &Doors, token: &str) -> RequestBuilder {
    doors
        .request(Method::GET, "/auth/v1/user")
        .bearer_auth(token)
}

fn put_user(doors: &Doors, token: &str, body: &Value) -> RequestBuilder {
    doors
        .request(Method::PUT, "/auth/v1/user")
        .bearer_auth(token)
        .json(body)
}

fn log_out(doors: &Doors, token: &str, scope: &str) -> RequestBuilder {
    post_as(doors, token, &format!("/logout?scope={scope}"), &json!({}))
}

/// Sends what has to succeed, and gives the body.
async fn good(request: RequestBuilder) -> Value {
    let answer = answer(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()
}

/// A text in a body.
fn text(body: &Value, name: &str) -> String {
    body[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {body}"))
        .to_owned()
}

/// Moves the server's clock.
fn pass(doors: &Doors, time: TimeDelta) {
    doors
        .server
        .change(|settings| settings.clock_offset += time);
}

/// The code in the newest mail to an address.
fn code(doors: &Doors, email: &str) -> String {
    doors
        .server
        .mailbox()
        .newest(email)
        .expect("a mail was sent")
        .code
}

/// Another code than that.
fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

/// Sends the same request in both versions of the API and checks the bodies of the refusal.
async fn assert_refused(make: impl Fn() -> RequestBuilder, status: u16, code: &str) -> Answer {
    let plain = answer(make()).await;
    let named = answer(make().header("X-Supabase-Api-Version", "2024-01-01")).await;
    for answer in [&plain, &named] {
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
        assert_eq!(answer.header("x-sb-error-code"), code, "{answer:?}");
        assert!(
            answer
                .header("content-type")
                .starts_with("application/json"),
            "{answer:?}"
        );
    }
    assert_eq!(
        plain.json()["code"],
        status,
        "the number of the status: {plain:?}"
    );
    assert_eq!(plain.json()["error_code"], code, "{plain:?}");
    assert!(plain.json()["msg"].is_string(), "{plain:?}");
    assert_eq!(named.json()["code"], code, "{named:?}");
    assert!(named.json()["message"].is_string(), "{named:?}");
    assert_eq!(named.header("x-supabase-api-version"), "2024-01-01");
    named
}

/// So that a mail can follow at once on another.
fn without_mail_interval(doors: &Doors) {
    doors
        .server
        .change(|settings| settings.mail_interval = Duration::ZERO);
}
