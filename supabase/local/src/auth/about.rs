//! What the auth door says of itself: `GET /health`, `/settings` and `/.well-known/jwks.json`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::shared::Shared;

/// `GET /health`, under the name that clients know.
pub(super) async fn health() -> Json<Value> {
    Json(json!({
        "version": concat!("local-supabase ", env!("CARGO_PKG_VERSION")),
        "name": "GoTrue",
        "description": "A stand-in for GoTrue, for development and tests",
    }))
}

/// `GET /settings`: e-mail is the only way in.
pub(super) async fn settings(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let settings = shared.settings();
    Json(json!({
        "external": {
            "anonymous_users": false,
            "apple": false,
            "google": false,
            "email": true,
            "phone": false,
        },
        "disable_signup": !settings.signup_enabled,
        "mailer_autoconfirm": !settings.confirm_email,
        "phone_autoconfirm": false,
        "sms_provider": "",
        "saml_enabled": false,
    }))
}

/// `GET /.well-known/jwks.json`: no keys, because tokens are signed by a shared secret.
pub(super) async fn key_set() -> Json<Value> {
    Json(json!({"keys": []}))
}
