//! `/local`: mails, knobs and faults for whoever develops. No key is asked for, so nothing but
//! this machine is answered: a page of the web that has a name pointed here is refused.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::TimeDelta;
use serde::Deserialize;

use crate::faults;
use crate::mailbox::Mail;
use crate::settings::Settings;
use crate::shared::Shared;

/// Where these paths begin.
pub(crate) const LOCAL_PREFIX: &str = "/local/";

/// The routes below `/local`.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/mails", get(mails))
        .route("/settings", post(change_settings))
        .merge(faults::door::routes())
        .layer(middleware::from_fn(loopback_only))
}

async fn loopback_only(request: Request, next: Next) -> Response {
    if is_of_this_machine(request.headers()) {
        return next.run(request).await;
    }
    (
        StatusCode::FORBIDDEN,
        "This path answers only the machine that it runs on.",
    )
        .into_response()
}

fn is_of_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origins = headers.get_all(ORIGIN).iter();
    host.is_some_and(|host| names_loopback(&format!("http://{host}")))
        && origins
            .into_iter()
            .all(|origin| origin.to_str().is_ok_and(names_loopback))
}

fn names_loopback(address: &str) -> bool {
    let Ok(address) = address.parse::<Uri>() else {
        return false;
    };
    matches!(address.scheme_str(), Some("http" | "https"))
        && matches!(address.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// Newest first: a list for programs, a page for a browser.
async fn mails(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let mut mails = shared.mailbox.all();
    mails.reverse();
    let accepted = headers
        .get(ACCEPT)
        .and_then(|accepted| accepted.to_str().ok());
    if accepted.is_some_and(|accepted| accepted.contains("text/html")) {
        return Html(page(&mails)).into_response();
    }
    Json(mails).into_response()
}

fn page(mails: &[Mail]) -> String {
    let rows = mails.iter().map(|mail| {
        let (sent_at, to) = (mail.sent_at.format("%H:%M:%S"), escaped(&mail.to));
        let (kind, code) = (mail.kind, escaped(&mail.code));
        format!("<tr><td>{sent_at}<td>{to}<td>{kind:?}<td><code>{code}</code>\n")
    });
    let rows = rows.collect::<Vec<_>>().concat();
    format!(
        "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"2\">\
         <title>Mails of local-supabase</title><h1>Mails</h1>\n\
         <table><tr><th>Sent<th>To<th>Why<th>Code\n{rows}</table>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Knobs to turn; what is missing stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Knobs {
    clock_offset_seconds: Option<i64>,
    token_life_seconds: Option<u64>,
    reuse_interval_seconds: Option<u64>,
    mail_interval_seconds: Option<u64>,
    code_life_seconds: Option<u64>,
    confirm_email: Option<bool>,
    signup_enabled: Option<bool>,
    otp_enabled: Option<bool>,
    password_length_min: Option<usize>,
    sign_in_attempts_max: Option<u32>,
    pool_timeout_ms: Option<u64>,
}

impl Knobs {
    fn turn(self, settings: &mut Settings) {
        fn set<T>(knob: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *knob = value;
            }
        }
        let seconds = |value: Option<u64>| value.map(Duration::from_secs);
        let offset = self.clock_offset_seconds.and_then(TimeDelta::try_seconds);
        set(&mut settings.clock_offset, offset);
        set(&mut settings.token_life, seconds(self.token_life_seconds));
        set(
            &mut settings.reuse_interval,
            seconds(self.reuse_interval_seconds),
        );
        set(
            &mut settings.mail_interval,
            seconds(self.mail_interval_seconds),
        );
        set(&mut settings.code_life, seconds(self.code_life_seconds));
        set(&mut settings.confirm_email, self.confirm_email);
        set(&mut settings.signup_enabled, self.signup_enabled);
        set(&mut settings.otp_enabled, self.otp_enabled);
        set(&mut settings.password_length_min, self.password_length_min);
        set(
            &mut settings.sign_in_attempts_max,
            self.sign_in_attempts_max,
        );
        set(
            &mut settings.pool_timeout,
            self.pool_timeout_ms.map(Duration::from_millis),
        );
    }
}

async fn change_settings(
    State(shared): State<Arc<Shared>>,
    Json(knobs): Json<Knobs>,
) -> StatusCode {
    shared.change_settings(|settings| knobs.turn(settings));
    StatusCode::NO_CONTENT
}
