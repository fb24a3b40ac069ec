//! Tokens that no server would issue, made by hand.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// A token with any head and claims, signed by any key; without a key the signature is empty.
pub(super) fn token(head: &Value, claims: &Value, key: Option<&str>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(head), part(claims));
    let signature = key.map_or_else(String::new, |key| {
        let mut hmac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length is a key");
        hmac.update(signed.as_bytes());
        URL_SAFE_NO_PAD.encode(hmac.finalize().into_bytes())
    });
    format!("{signed}.{signature}")
}

/// The claims in a token, as they are.
pub(super) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a token has three parts");
    let payload = URL_SAFE_NO_PAD
        .decode(payload)
        .expect("a payload is base64");
    serde_json::from_slice(&payload).expect("a payload is JSON")
}
