//! The calls of an account, and what each refusal is taken for.

use local_supabase::{CannedAnswer, Fault, Settings};
use particle_core::remote::{
    AccountError, CodeKind, Failure, Password, SignOutScope, SignedUp, Supabase,
};
use rstest::rstest;

use crate::support::{EMAIL, PASSWORD, TOKEN, World, class, password, start, start_with};

const OTHER_PASSWORD: &str = "battery staple";

fn code(world: &World) -> String {
    let mail = world.server.mailbox().newest(EMAIL);
    mail.expect("a mail was sent").code
}

#[tokio::test]
async fn somebody_signs_up_in_and_out() {
    let world = start().await;
    let first = world.sign_up().await;
    assert_eq!(first.account.email.as_deref(), Some(EMAIL));
    assert_eq!(first.lifetime.as_secs(), 3600);
    let account = world.supabase.user(&first.access_token).await.unwrap();
    assert_eq!(account, first.account);

    let second = world.supabase.sign_in(EMAIL, &password()).await.unwrap();
    assert_eq!(second.account, first.account);
    let token = &second.access_token;
    let local = SignOutScope::Local;
    world.supabase.sign_out(token, local).await.unwrap();
    let over = world.supabase.user(token).await;
    assert_eq!(over, Err(AccountError::SessionOver));
    let again = world.supabase.sign_out(token, local).await;
    assert_eq!(again, Ok(()), "what is over already is no failure");
    assert!(world.supabase.user(&first.access_token).await.is_ok());
    let everywhere = SignOutScope::Global;
    let ended = world.supabase.sign_out(&first.access_token, everywhere);
    ended.await.unwrap();
    let refused = world.supabase.refresh(&first.refresh_token).await;
    assert_eq!(
        class(&refused.unwrap_err()),
        "signed out: refresh_token_not_found"
    );
}

#[tokio::test]
async fn an_address_is_the_same_however_it_is_written() {
    let world = start().await;
    world.sign_up().await;
    let written = "  SomeOne@Example.COM\n";
    let signed_in = world.supabase.sign_in(written, &password()).await;
    assert!(signed_in.is_ok(), "{signed_in:?}");
    let again = world.supabase.sign_up(written, &password()).await;
    assert_eq!(again, Err(AccountError::AlreadyRegistered));
}

#[rstest]
#[case::password(EMAIL)]
#[case::address("nobody@example.com")]
#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_refused_alike(#[case] email: &str) {
    let world = start().await;
    world.sign_up().await;
    let wrong = Password::new("wrong horse");
    let refused = world.supabase.sign_in(email, &wrong).await;
    assert_eq!(refused, Err(AccountError::InvalidCredentials));
}

#[tokio::test]
async fn somebody_signs_in_with_a_code_from_a_mail() {
    let world = start().await;
    let granted = world.sign_up().await;
    world
        .supabase
        .send_code(" Someone@example.com")
        .await
        .unwrap();
    let wrong = world.supabase.verify_code(EMAIL, "000000", CodeKind::Email);
    assert_eq!(wrong.await, Err(AccountError::CodeInvalid));
    let code = format!(" {} ", code(&world));
    let signed_in = world.supabase.verify_code(EMAIL, &code, CodeKind::Email);
    assert_eq!(signed_in.await.unwrap().account, granted.account);
    let again = world.supabase.verify_code(EMAIL, &code, CodeKind::Email);
    assert_eq!(again.await, Err(AccountError::CodeInvalid), "once");

    let soon = world.supabase.send_code(EMAIL).await;
    assert!(
        matches!(&soon, Err(AccountError::MailTooSoon(said)) if said.contains("seconds")),
        "{soon:?}"
    );
    let unknown = world.supabase.send_code("nobody@example.com").await;
    assert_eq!(
        unknown,
        Err(AccountError::CodesDisabled),
        "no account is made"
    );
}

#[tokio::test]
async fn a_forgotten_password_is_replaced() {
    let world = start().await;
    world.sign_up().await;
    world.supabase.recover(EMAIL).await.unwrap();
    let kind = CodeKind::Recovery;
    let code = code(&world);
    let granted = world.supabase.verify_code(EMAIL, &code, kind).await;
    let token = granted.unwrap().access_token;
    let change = async |password: &str| {
        let password = Password::new(password);
        world
            .supabase
            .update_user(&token, None, Some(&password))
            .await
    };
    assert_eq!(change(PASSWORD).await, Err(AccountError::SamePassword));
    let weak = change("short").await;
    assert!(
        matches!(&weak, Err(AccountError::WeakPassword { reasons }) if !reasons.is_empty()),
        "{weak:?}"
    );
    change(OTHER_PASSWORD).await.unwrap();
    let old = world.supabase.sign_in(EMAIL, &password()).await;
    assert_eq!(old, Err(AccountError::InvalidCredentials));
    let new = Password::new(OTHER_PASSWORD);
    assert!(world.supabase.sign_in(EMAIL, &new).await.is_ok());
}

#[tokio::test]
async fn another_address_waits_for_its_confirmation() {
    let settings = Settings {
        confirm_email: true,
        ..Settings::default()
    };
    let world = start_with(settings).await;
    let signed_up = world.supabase.sign_up(EMAIL, &password()).await;
    assert_eq!(signed_up, Ok(SignedUp::ConfirmMail));
    let early = world.supabase.sign_in(EMAIL, &password()).await;
    assert_eq!(early, Err(AccountError::EmailNotConfirmed));
    let code = code(&world);
    let granted = world.supabase.verify_code(EMAIL, &code, CodeKind::Signup);
    let token = granted.await.unwrap().access_token;

    let other = Some("Other@example.com");
    let account = world.supabase.update_user(&token, other, None).await;
    let account = account.unwrap();
    assert_eq!(account.email.as_deref(), Some(EMAIL));
    assert_eq!(account.new_email.as_deref(), Some("other@example.com"));
}

#[tokio::test]
async fn a_known_address_looks_like_a_new_one_where_mails_are_confirmed() {
    let world = start().await;
    world.sign_up().await;
    world
        .server
        .change(|settings| settings.confirm_email = true);
    let again = world.supabase.sign_up(EMAIL, &password()).await;
    assert_eq!(again, Ok(SignedUp::ConfirmMail));
}

#[tokio::test]
async fn a_server_may_take_nobody_and_send_no_codes() {
    let settings = Settings {
        signup_enabled: false,
        otp_enabled: false,
        ..Settings::default()
    };
    let world = start_with(settings).await;
    let refused = world.supabase.sign_up(EMAIL, &password()).await;
    assert_eq!(refused, Err(AccountError::SignupDisabled));
    let refused = world.supabase.send_code(EMAIL).await;
    assert_eq!(refused, Err(AccountError::CodesDisabled));
}

#[tokio::test]
async fn what_is_no_address_is_refused_with_the_servers_words() {
    let world = start().await;
    let refused = world.supabase.sign_up("nonsense", &password()).await;
    assert!(
        matches!(&refused, Err(AccountError::Invalid(said)) if !said.is_empty()),
        "{refused:?}"
    );
}

#[rstest]
#[case::new_shape(r#"{"code":"invalid_credentials","message":"no"}"#)]
#[case::old_shape(r#"{"code":400,"error_code":"invalid_credentials","msg":"no"}"#)]
#[tokio::test]
async fn both_shapes_of_an_error_are_understood(#[case] body: &str) {
    let world = start().await;
    world.server.faults().next(TOKEN, Fault::status(400, body));
    let refused = world.supabase.sign_in(EMAIL, &password()).await;
    assert_eq!(refused, Err(AccountError::InvalidCredentials));
}

#[rstest]
#[case::a_gateway(502, "text/html", "<h1>Bad Gateway</h1>", "unavailable")]
#[case::a_hotel(200, "text/html", "<h1>Welcome</h1>", "unavailable")]
#[case::no_tokens(200, "application/json", r#"{"access_token":""}"#, "unavailable")]
#[case::evil_tokens(200, "application/json", EVIL, "unavailable")]
#[case::too_many(429, "application/json", r#"{"message":"limit"}"#, "unavailable")]
#[case::a_web_page(404, "text/html", "<h1>Not Found</h1>", "not supabase")]
#[case::a_wrong_key(
    401,
    "application/json",
    r#"{"message":"Invalid API key"}"#,
    "wrong key"
)]
#[tokio::test]
async fn trouble_with_the_server_is_no_trouble_with_the_account(
    #[case] status: u16,
    #[case] kind: &str,
    #[case] body: &str,
    #[case] expected: &str,
) {
    let world = start().await;
    let answer = CannedAnswer::new(status, kind, body);
    world
        .server
        .faults()
        .next(TOKEN, Fault::AnswerBefore(answer));
    match world.supabase.sign_in(EMAIL, &password()).await {
        Err(AccountError::Server(failure)) => assert_eq!(class(&failure), expected),
        other => panic!("{other:?}"),
    }
}

/// A token that would begin another header.
const EVIL: &str = r#"{"access_token":"a\r\nX: y","refresh_token":"r","expires_in":3600,
    "user":{"id":"7d2e4c1a-33f1-4c55-9f3b-0d6f3b1f0c11"}}"#;

#[tokio::test]
async fn too_many_attempts_are_told_apart_from_a_wrong_password() {
    let settings = Settings {
        sign_in_attempts_max: 1,
        ..Settings::default()
    };
    let world = start_with(settings).await;
    drop(world.supabase.sign_in(EMAIL, &password()).await);
    let refused = world.supabase.sign_in(EMAIL, &password()).await;
    assert_eq!(refused, Err(AccountError::TooManyAttempts));
}

#[tokio::test]
async fn a_deleted_account_is_gone_with_all_its_sessions() {
    let world = start().await;
    let granted = world.sign_up().await;
    let token = &granted.access_token;
    world.supabase.delete_account(token).await.unwrap();
    let again = world.supabase.delete_account(token).await;
    assert_eq!(
        again,
        Ok(()),
        "it may be sent again when the answer was lost"
    );
    let refused = world.supabase.sign_in(EMAIL, &password()).await;
    assert_eq!(refused, Err(AccountError::InvalidCredentials));
    let refused = world.supabase.refresh(&granted.refresh_token).await;
    assert!(
        matches!(refused, Err(Failure::SignedOut { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_secret() {
    let world = start().await;
    let granted = world.sign_up().await;
    let printed = format!("{granted:?} {:?} {:?}", password(), world.supabase);
    let wrong = Supabase::new("http://127.0.0.1:1", "sb_publishable_a").unwrap();
    let failure = wrong.refresh(&granted.refresh_token).await.unwrap_err();
    let printed = format!("{printed} {failure} {failure:?}");
    let secrets = [
        granted.access_token.expose(),
        granted.refresh_token.expose(),
        PASSWORD,
    ];
    for secret in secrets {
        assert!(!printed.contains(secret), "{printed}");
    }
}
