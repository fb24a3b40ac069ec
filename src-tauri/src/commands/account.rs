//! Who is signed in.

use particle_core::app::{
    AccountRequest, AccountStatus, CodeRequest, Joining, ServerCheck, ServerChoice, SignInRequest,
};
use particle_core::remote::Password;
use tauri::State;

use super::{Answer, view};
use crate::profile::Profile;

#[tauri::command]
#[specta::specta]
pub(crate) async fn account(profile: State<'_, Profile>) -> Answer<AccountStatus> {
    ask(&profile, AccountRequest::Show).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(
    request: SignInRequest,
    profile: State<'_, Profile>,
) -> Answer<AccountStatus> {
    ask(&profile, AccountRequest::SignIn(request)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn send_code(
    request: CodeRequest,
    profile: State<'_, Profile>,
) -> Answer<AccountStatus> {
    ask(&profile, AccountRequest::SendCode(request)).await
}

/// Answers the question of a sign-in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn join(choice: Joining, profile: State<'_, Profile>) -> Answer<AccountStatus> {
    ask(&profile, AccountRequest::Join(choice)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_password(
    password: Password,
    profile: State<'_, Profile>,
) -> Answer<AccountStatus> {
    ask(&profile, AccountRequest::ChangePassword(password)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_email(
    email: String,
    profile: State<'_, Profile>,
) -> Answer<AccountStatus> {
    ask(&profile, AccountRequest::ChangeEmail(email)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out(
    remove_local: bool,
    profile: State<'_, Profile>,
) -> Answer<AccountStatus> {
    ask(&profile, AccountRequest::SignOut { remove_local }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out_others(profile: State<'_, Profile>) -> Answer<AccountStatus> {
    ask(&profile, AccountRequest::SignOutOthers).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_account(profile: State<'_, Profile>) -> Answer<AccountStatus> {
    ask(&profile, AccountRequest::Delete).await
}

/// Asks a server whether it can be synced with. Nobody signs in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_server(
    server: ServerChoice,
    profile: State<'_, Profile>,
) -> Answer<ServerCheck> {
    profile.current()?.check_server(&server).await.map_err(view)
}

async fn ask(profile: &Profile, request: AccountRequest) -> Answer<AccountStatus> {
    profile.app()?.account(request).await.map_err(view)
}
