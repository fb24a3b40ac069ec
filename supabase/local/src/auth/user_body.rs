//! The user object as clients see it. Times that are not set are left out, as in GoTrue.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::email_address::EmailAddress;
use super::identities::Identity;
use super::users::User;

/// A user with his identities.
pub(super) fn of(user: &User, identities: &[Identity]) -> Value {
    let mut body = json!({
        "id": user.id,
        "aud": user.aud,
        "role": user.role,
        "email": user.email.as_deref().unwrap_or_default(),
        "phone": "",
        "app_metadata": user.app_metadata,
        "user_metadata": user.metadata,
        "identities": identities.iter().map(identity).collect::<Vec<_>>(),
        "created_at": time(user.created_at),
        "updated_at": time(user.updated_at),
        "is_anonymous": user.is_anonymous,
    });
    let times = [
        ("email_confirmed_at", user.email_confirmed_at),
        ("confirmed_at", user.email_confirmed_at),
        ("confirmation_sent_at", user.confirmation_sent_at),
        ("recovery_sent_at", user.recovery_sent_at),
        ("email_change_sent_at", user.email_change_sent_at),
        ("last_sign_in_at", user.last_sign_in_at),
        ("banned_until", user.banned_until),
    ];
    for (name, at) in times {
        if let Some(at) = at {
            body[name] = time(at);
        }
    }
    if !user.email_change.is_empty() {
        body["new_email"] = json!(user.email_change);
    }
    body
}

/// What a sign-up for an address with an account gets while addresses have to be confirmed: a user
/// that does not exist, with nothing of the one that does.
pub(super) fn of_nobody(
    email: &EmailAddress,
    metadata: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Value {
    json!({
        "id": Uuid::new_v4(),
        "aud": "authenticated",
        "role": "",
        "email": email.as_str(),
        "phone": "",
        "confirmation_sent_at": time(now),
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": metadata,
        "identities": [],
        "created_at": time(now),
        "updated_at": time(now),
        "is_anonymous": false,
    })
}

fn identity(identity: &Identity) -> Value {
    let mut body = json!({
        "identity_id": identity.id,
        "id": identity.provider_id,
        "user_id": identity.user_id,
        "identity_data": identity.data,
        "provider": identity.provider,
        "created_at": time(identity.created_at),
        "updated_at": time(identity.updated_at),
    });
    if let Some(at) = identity.last_sign_in_at {
        body["last_sign_in_at"] = time(at);
    }
    if let Some(email) = &identity.email {
        body["email"] = json!(email);
    }
    body
}

fn time(at: DateTime<Utc>) -> Value {
    Value::String(at.to_rfc3339_opts(SecondsFormat::Micros, true))
}
