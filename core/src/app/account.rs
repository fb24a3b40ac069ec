//! What is asked about an account, and how a person leaves it.

mod changing;
mod checking;
mod entering;

use serde::{Deserialize, Serialize};

use super::App;
use super::profile::{Profile, is_idle};
use crate::engine::Event;
use crate::error::AppError;
use crate::folder::ProfileFiles;
use crate::remote::{AccountError, Attention, Failure, Password, SignOutScope, Supabase};
use crate::store::{Account, Store};
use crate::sync::vault::VaultKind;

pub use checking::ServerCheck;

pub(super) use entering::Entrant;

/// What is asked about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRequest {
    /// Who is signed in.
    Show,
    /// Sign in, or up.
    SignIn(SignInRequest),
    /// Send a mail with a code.
    SendCode(CodeRequest),
    /// Answer [`AccountStatus::question`].
    Join(Joining),
    /// Choose another password. The other devices are signed out by the server.
    ChangePassword(Password),
    /// Choose another address. It may wait for its confirmation.
    ChangeEmail(String),
    /// Sign out on this device.
    SignOut {
        /// Remove the rows from this device, too. Declined while any of them wait for the server.
        remove_local: bool,
    },
    /// Sign out everywhere else.
    SignOutOthers,
    /// Delete the account and everything that the server keeps for it. What is on this device stays.
    Delete,
}

/// Who signs in where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignInRequest {
    /// The server.
    pub server: ServerChoice,
    /// The address of the account.
    pub email: String,
    /// What shows that it is theirs.
    pub proof: Proof,
    /// What becomes of the rows that nobody has signed in for.
    pub local_rows: LocalRows,
}

/// Who wants a code where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CodeRequest {
    /// The server.
    pub server: ServerChoice,
    /// The address that it is sent to.
    pub email: String,
    /// What for.
    pub purpose: CodePurpose,
}

/// What shows that an account is somebody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Its password.
    Password(Password),
    /// The password of an account that is to be made.
    NewPassword(Password),
    /// A code from a mail.
    Code(String),
    /// The code from the mail that confirms a new account.
    SignUpCode(String),
    /// The code from the mail for whoever forgot the password.
    RecoveryCode(String),
}

/// What a code in a mail is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum CodePurpose {
    /// To sign in with.
    #[default]
    SignIn,
    /// To choose another password with.
    Recovery,
}

/// What becomes of the rows of a profile without an account when somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum LocalRows {
    /// They become the account's.
    #[default]
    Add,
    /// They stay where they are, for whoever uses Particle without an account here.
    KeepApart,
    /// The person is asked, if there are any: see [`AccountStatus::question`].
    Ask,
}

/// What is asked of whoever signs in where particles or projects of nobody are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct JoinQuestion {
    /// Who was let in.
    pub email: String,
    /// So many particles are here.
    pub particles: u32,
    /// So many projects.
    pub projects: u32,
    /// The server has nothing of this account yet.
    pub account_is_empty: bool,
}

/// An answer to a [`JoinQuestion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Joining {
    /// What is here becomes the account's, and is sent.
    Now,
    /// It becomes the account's, and nothing is sent until the person asks for it.
    Later,
    /// It stays apart.
    Apart,
    /// Nobody signs in.
    Cancel,
}

/// A server, as far as it is named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ServerChoice {
    /// Its address; `None` for the one that this profile knows.
    pub url: Option<String>,
    /// Its publishable key; `None` for the one that this profile knows.
    pub key: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct AccountStatus {
    /// Whether anything is sent.
    pub signed_in: bool,
    /// Whose rows these are; nobody's before the first sign-in.
    pub email: Option<String>,
    /// What that person subscribed to, as the server said last. Nothing of Particle depends on it.
    pub tier: Option<String>,
    /// Who that is on the server.
    pub user_id: Option<String>,
    /// The address of the server.
    pub server: Option<String>,
    /// Where the sign-in is kept.
    pub kept_in: Option<VaultKind>,
    /// A mail is on its way to this address, with a code that is asked for next.
    pub mail_sent_to: Option<String>,
    /// The address that is to be the account's, and waits for its confirmation.
    pub new_email: Option<String>,
    /// What has to be answered before anybody is signed in.
    pub question: Option<JoinQuestion>,
}

impl App {
    /// Does what is asked about an account. One after the other: two sign-ins at once would open two
    /// profiles.
    pub async fn account(&self, request: AccountRequest) -> Result<AccountStatus, AppError> {
        let mut entrant = self.entrant.lock().await;
        match request {
            AccountRequest::Show => {
                let status = self.profile().account_status().await?;
                self.with_question(status, entrant.as_deref()).await
            }
            AccountRequest::SignIn(request) => self.sign_in(request, &mut entrant).await,
            AccountRequest::SendCode(request) => self.send_code(&request).await,
            AccountRequest::Join(choice) => self.join(choice, &mut entrant).await,
            AccountRequest::ChangePassword(password) => self.change_password(&password).await,
            AccountRequest::ChangeEmail(email) => self.change_email(&email).await,
            AccountRequest::SignOut { remove_local } => self.sign_out(remove_local).await,
            AccountRequest::SignOutOthers => self.sign_out_others().await,
            AccountRequest::Delete => self.delete_account().await,
        }
    }

    async fn send_code(&self, request: &CodeRequest) -> Result<AccountStatus, AppError> {
        let (supabase, _) = self.profile().server(&request.server).await?;
        match request.purpose {
            CodePurpose::SignIn => supabase.send_code(&request.email).await?,
            CodePurpose::Recovery => supabase.recover(&request.email).await?,
        }
        self.mail_sent_to(&request.email).await
    }

    async fn sign_out(&self, remove_local: bool) -> Result<AccountStatus, AppError> {
        let present = self.profile();
        if remove_local {
            require_removable(&present.store).await?;
        }
        match present.session().await {
            Ok(session) => {
                present.exchange.sign_out().await;
                match session.end(SignOutScope::Local).await {
                    // The tokens are out of reach; so that no other process goes on with them, nobody finds them.
                    Err(AccountError::Server(
                        Failure::Attention(Attention::Vault(_)) | Failure::Local(_),
                    )) => present.disown_session().await?,
                    // The tokens are forgotten here, and the server lets them run out.
                    Err(error) => {
                        tracing::info!(%error, "the server could not be told of the sign-out");
                    }
                    Ok(()) => {}
                }
            }
            Err(AppError::NotSignedIn) if !remove_local => return Err(AppError::NotSignedIn),
            Err(AppError::NotSignedIn) => {}
            // Whatever is in the way of the tokens: nobody finds them from now on, and nothing is sent.
            Err(_) => {
                present.exchange.sign_out().await;
                present.disown_session().await?;
            }
        }
        match present.store.account().await? {
            Some(account) if remove_local => self.remove(&present, &account).await?,
            _ => present.engine.announce(Event::AccountChanged),
        }
        self.profile().account_status().await
    }

    /// Removes the profile of an account from this device. What was changed while it was being left is looked
    /// at once nobody can change it any more.
    async fn remove(&self, present: &Profile, account: &Account) -> Result<(), AppError> {
        present.close().await;
        let removable = self.require_removable_file(&present.files).await;
        if removable.is_ok() {
            Store::remove(&present.files.database)?;
            let theirs = self
                .folder
                .account_profile(&account.server_url, &account.user_id);
            theirs.remove_backups()?;
            self.folder.activate(&self.folder.local_profile())?;
        }
        self.reopen().await?;
        removable
    }

    async fn require_removable_file(&self, files: &ProfileFiles) -> Result<(), AppError> {
        let store = Store::open_for_reading(&files.database).await?;
        let removable = require_removable(&store).await;
        store.close().await;
        removable
    }

    async fn mail_sent_to(&self, email: &str) -> Result<AccountStatus, AppError> {
        Ok(AccountStatus {
            mail_sent_to: Some(email.trim().into()),
            ..self.profile().account_status().await?
        })
    }
}

impl Profile {
    /// Who is signed in. Nothing is asked of the server.
    pub(super) async fn account_status(&self) -> Result<AccountStatus, AppError> {
        let account = self.store.account().await?;
        let session = match self.session().await {
            Ok(session) => Some(session),
            Err(error @ AppError::Store(_)) => return Err(error),
            Err(_) => None,
        };
        let (server, user_id, email) = match account {
            Some(account) => (
                Some(account.server_url),
                Some(account.user_id),
                Some(account.email),
            ),
            None => (self.store.device().await?.server_url, None, None),
        };
        Ok(AccountStatus {
            signed_in: session.is_some() && !self.exchange.was_ended(),
            email,
            tier: self.store.tier().await?,
            user_id,
            server,
            kept_in: session.map(|session| session.kept_in()),
            mail_sent_to: None,
            new_email: None,
            question: None,
        })
    }

    /// The server that is meant, and its key.
    async fn server(&self, choice: &ServerChoice) -> Result<(Supabase, String), AppError> {
        let device = self.store.device().await?;
        let url = choice.url.as_deref().or(device.server_url.as_deref());
        let url = url.ok_or(AppError::NoServer)?;
        let key = choice.key.clone().or(device.server_key).unwrap_or_default();
        Ok((Supabase::new(url, &key)?, key))
    }
}

/// An error while removing a profile would lose something.
async fn require_removable(store: &Store) -> Result<(), AppError> {
    let waiting = store.count_queue().await?;
    let changes = waiting.pending + waiting.refused;
    match store.account().await? {
        None => Err(AppError::NotSignedIn),
        Some(_) if changes > 0 => Err(AppError::ChangesWait { changes }),
        Some(_) if !is_idle(&store.timer().await?.session.timer) => Err(AppError::TimerRuns),
        Some(_) => Ok(()),
    }
}
