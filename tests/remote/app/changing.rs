//! A person changes their account, or ends it.

use particle_core::app::{AccountRequest, CodePurpose, Proof};
use particle_core::error::ErrorCode;
use particle_core::remote::Password;

use super::{Desk, code_of};
use crate::support::{EMAIL, PASSWORD, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_forgot_the_password_signs_in_with_a_code_and_chooses_another() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::new(&world).await;
    let code = desk.code(CodePurpose::Recovery).await;
    assert!(
        desk.sign_in(Proof::RecoveryCode(code))
            .await
            .unwrap()
            .signed_in
    );

    let weak = AccountRequest::ChangePassword(Password::new("x"));
    assert_eq!(
        code_of(desk.app.account(weak).await),
        Some(ErrorCode::PasswordWeak)
    );
    let same = AccountRequest::ChangePassword(Password::new(PASSWORD));
    assert_eq!(
        code_of(desk.app.account(same).await),
        Some(ErrorCode::PasswordSame)
    );
    let new = "another horse entirely";
    let change = AccountRequest::ChangePassword(Password::new(new));
    desk.app.account(change).await.unwrap();

    let laptop = Desk::new(&world).await;
    assert_eq!(
        code_of(laptop.sign_in(Desk::password()).await),
        Some(ErrorCode::CredentialsWrong)
    );
    let proof = Proof::Password(Password::new(new));
    assert!(laptop.sign_in(proof).await.unwrap().signed_in);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_can_be_changed_and_the_rows_stay_the_same_persons() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::signed_in(&world).await;
    let before = desk.app.account(AccountRequest::Show).await.unwrap();
    let change = AccountRequest::ChangeEmail("new@example.com".into());
    let changed = desk.app.account(change).await.unwrap();
    let told = changed.new_email.as_ref().or(changed.email.as_ref());
    assert_eq!(
        told.map(String::as_str),
        Some("new@example.com"),
        "{changed:?}"
    );
    assert_eq!(changed.user_id, before.user_id);
    assert!(changed.signed_in);

    let nonsense = AccountRequest::ChangeEmail("no address".into());
    assert_eq!(
        code_of(desk.app.account(nonsense).await),
        Some(ErrorCode::EmailInvalid)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_everywhere_else_leaves_this_machine_signed_in() {
    let world = start().await;
    world.sign_up().await;
    let (desk, laptop) = (Desk::signed_in(&world).await, Desk::signed_in(&world).await);
    laptop.app.profile().sync_now().await.unwrap();
    desk.app
        .account(AccountRequest::SignOutOthers)
        .await
        .unwrap();
    desk.app.profile().sync_now().await.unwrap();

    // What the other holds ends with its token.
    world.pass(std::time::Duration::from_hours(2));
    laptop.add("Kept").await;
    let refused = laptop.app.profile().sync_now().await;
    assert_eq!(code_of(refused), Some(ErrorCode::NotSignedIn));
    let status = laptop.app.account(AccountRequest::Show).await.unwrap();
    assert_eq!(
        (status.signed_in, status.email.as_deref()),
        (false, Some(EMAIL))
    );
    assert_eq!(laptop.tasks().await, ["Kept"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_account_is_gone_from_the_server_and_everything_stays_here() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::signed_in(&world).await;
    desk.add("Kept").await;
    desk.app.profile().sync_now().await.unwrap();
    assert_eq!(world.particles().await, 1);

    let status = desk.app.account(AccountRequest::Delete).await.unwrap();
    assert!(!status.signed_in);
    assert_eq!(world.particles().await, 0);
    assert_eq!(desk.tasks().await, ["Kept"]);
    let asked = world.exchanges();
    desk.add("Afterwards").await;
    let desk = desk.restart().await;
    assert_eq!(desk.tasks().await, ["Afterwards", "Kept"]);
    assert_eq!(world.exchanges(), asked, "nothing is sent any more");
    assert_eq!(
        code_of(desk.sign_in(Desk::password()).await),
        Some(ErrorCode::CredentialsWrong)
    );
}
