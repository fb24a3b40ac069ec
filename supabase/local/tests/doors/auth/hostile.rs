//! Requests that no good client sends: each is refused cleanly, and none reaches PostgreSQL.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{EMAIL, PASSWORD, assert_refused, post, sign_in};
use crate::support::{answer, start};

#[rstest]
#[case::empty("/signup", "")]
#[case::cut_off("/signup", r#"{"email": "a@example.com""#)]
#[case::a_list("/signup", "[1]")]
#[case::a_number("/signup", "1")]
#[case::a_number_for_a_text("/signup", r#"{"email": 5, "password": "correct horse"}"#)]
#[case::a_list_for_data(
    "/signup",
    r#"{"email": "a@example.com", "password": "correct horse", "data": [1]}"#
)]
#[case::half_a_surrogate("/signup", r#"{"email": "a@example.com", "password": "\ud800"}"#)]
#[case::sign_in("/token?grant_type=password", r#"{"email": ["a@example.com"]}"#)]
#[case::refresh("/token?grant_type=refresh_token", r#"{"refresh_token": {}}"#)]
#[case::code("/otp", r#"{"email": "a@example.com", "create_user": "yes"}"#)]
#[case::recovery("/recover", "")]
#[case::resend("/resend", "{]")]
#[case::verification("/verify", r#"{"type": 1}"#)]
#[tokio::test]
async fn what_is_not_json_of_the_right_shape_is_bad_json(#[case] path: &str, #[case] body: &str) {
    let doors = start().await;
    let send = || {
        doors
            .request(Method::POST, &format!("/auth/v1{path}"))
            .body(body.to_owned())
    };
    assert_refused(send, 400, "bad_json").await;
}

#[tokio::test]
async fn bytes_that_are_no_text_are_bad_json() {
    let doors = start().await;
    let send = || {
        doors
            .request(Method::POST, "/auth/v1/signup")
            .body(b"{\"email\": \"\xff\"}".to_vec())
    };
    assert_refused(send, 400, "bad_json").await;
}

#[tokio::test]
async fn json_nested_without_end_is_bad_json() {
    let doors = start().await;
    let body = format!(
        r#"{{"email": {}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let send = || {
        doors
            .request(Method::POST, "/auth/v1/signup")
            .body(body.clone())
    };
    assert_refused(send, 400, "bad_json").await;
}

#[rstest]
#[case::no_address("/signup", json!({"password": PASSWORD}), 422, "anonymous_provider_disabled")]
#[case::nulls("/signup", json!({"email": null, "password": null, "data": null}), 422, "anonymous_provider_disabled")]
#[case::a_telephone("/signup", json!({"phone": "+4912345", "password": PASSWORD}), 400, "phone_provider_disabled")]
#[case::no_password("/signup", json!({"email": EMAIL}), 400, "validation_failed")]
#[case::no_address_at_all("/signup", json!({"email": "someone", "password": PASSWORD}), 400, "validation_failed")]
#[case::nul_in_the_address("/signup", json!({"email": "a\0@example.com", "password": PASSWORD}), 400, "validation_failed")]
#[case::nul_in_the_password("/signup", json!({"email": EMAIL, "password": "secret\0secret"}), 400, "validation_failed")]
#[case::nul_in_the_data("/signup", json!({"email": EMAIL, "password": PASSWORD, "data": {"a": [{"b": "\0"}]}}), 400, "validation_failed")]
#[case::nul_in_a_key("/signup", json!({"email": EMAIL, "password": PASSWORD, "data": {"\0": 1}}), 400, "validation_failed")]
#[case::nobody("/token?grant_type=password", json!({"password": PASSWORD}), 400, "validation_failed")]
#[case::nul_at_sign_in("/token?grant_type=password", json!({"email": "a\0@example.com", "password": PASSWORD}), 400, "invalid_credentials")]
#[case::telephone_at_sign_in("/token?grant_type=password", json!({"phone": "+491", "password": PASSWORD}), 400, "phone_provider_disabled")]
#[case::no_refresh_token("/token?grant_type=refresh_token", json!({}), 400, "validation_failed")]
#[case::nul_in_a_refresh_token("/token?grant_type=refresh_token", json!({"refresh_token": "a\0"}), 400, "refresh_token_not_found")]
#[case::unknown_refresh_token("/token?grant_type=refresh_token", json!({"refresh_token": "a"}), 400, "refresh_token_not_found")]
#[case::endless_refresh_token("/token?grant_type=refresh_token", json!({"refresh_token": "a".repeat(100_000)}), 400, "refresh_token_not_found")]
#[case::pkce("/token?grant_type=pkce", json!({"auth_code": "a", "code_verifier": "b"}), 400, "invalid_credentials")]
#[case::no_grant("/token", json!({}), 400, "invalid_credentials")]
#[case::bad_escape("/token?grant_type=%ff", json!({}), 400, "invalid_credentials")]
#[case::code_to_nobody("/otp", json!({}), 400, "validation_failed")]
#[case::code_to_a_telephone("/otp", json!({"phone": "+491"}), 400, "phone_provider_disabled")]
#[case::nul_in_the_data_of_a_code("/otp", json!({"email": EMAIL, "data": {"a": "\0"}}), 400, "validation_failed")]
#[case::recovery_of_nobody("/recover", json!({}), 400, "validation_failed")]
#[case::resend_of_nothing("/resend", json!({"email": EMAIL}), 400, "validation_failed")]
#[case::resend_to_nobody("/resend", json!({"type": "signup"}), 400, "validation_failed")]
#[case::verify_nothing("/verify", json!({"email": EMAIL, "token": "123456"}), 400, "validation_failed")]
#[case::verify_unknown("/verify", json!({"type": "sms", "email": EMAIL, "token": "123456"}), 400, "validation_failed")]
#[case::verify_no_code("/verify", json!({"type": "email", "email": EMAIL}), 400, "validation_failed")]
#[case::verify_no_address("/verify", json!({"type": "email", "token": "123456"}), 400, "validation_failed")]
#[case::verify_nul("/verify", json!({"type": "email", "email": EMAIL, "token": "\0"}), 403, "otp_expired")]
#[tokio::test]
async fn a_wrong_value_is_refused_by_its_name(
    #[case] path: &str,
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let doors = start().await;
    assert_refused(|| post(&doors, path, &body), status, code).await;
}

#[tokio::test]
async fn an_odd_api_version_counts_as_none_and_a_later_one_as_the_newest() {
    let doors = start().await;
    let with =
        |version: &str| sign_in(&doors, EMAIL, "wrong").header("X-Supabase-Api-Version", version);
    for version in ["soon", "2023-12-31", ""] {
        let answer = answer(with(version)).await;
        assert_eq!(
            answer.json()["error_code"],
            "invalid_credentials",
            "{version}"
        );
    }
    let later = answer(with("2030-01-01")).await;
    assert_eq!(later.json()["code"], "invalid_credentials");
}
