//! Signing in and out. Whose rows a profile has is decided here, and never changes: whoever is somebody else
//! gets a profile of their own.

use serde::{Deserialize, Serialize};

use super::profile::Profile;
use super::{App, Environment};
use crate::engine::Event;
use crate::error::AppError;
use crate::folder::ProfileFiles;
use crate::remote::{CodeKind, Granted, Password, SignOutScope, SignedUp, Supabase};
use crate::store::{Account, Store};
use crate::sync::session::Session;
use crate::sync::vault::VaultKind;

/// What is asked about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRequest {
    /// Who is signed in.
    Show,
    /// Sign in, or up.
    SignIn(SignInRequest),
    /// Send a code to sign in with.
    SendCode(CodeRequest),
    /// Sign out on this device.
    SignOut {
        /// Remove the rows from this device, too. Declined while any of them wait for the server.
        remove_local: bool,
    },
}

/// Who signs in where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct CodeRequest {
    /// The server.
    pub server: ServerChoice,
    /// The address that it is sent to.
    pub email: String,
}

/// What shows that an account is somebody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// What becomes of the rows of a profile without an account when somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalRows {
    /// They become the account's.
    #[default]
    Add,
    /// They stay where they are, for whoever uses Particle without an account here.
    KeepApart,
}

/// A server, as far as it is named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ServerChoice {
    /// Its address; `None` for the one that this profile knows.
    pub url: Option<String>,
    /// Its publishable key; `None` for the one that this profile knows.
    pub key: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStatus {
    /// Whether anything is sent.
    pub signed_in: bool,
    /// Whose rows these are; nobody's before the first sign-in.
    pub email: Option<String>,
    /// Who that is on the server.
    pub user_id: Option<String>,
    /// The address of the server.
    pub server: Option<String>,
    /// Where the sign-in is kept.
    pub kept_in: Option<VaultKind>,
    /// A mail is on its way to this address, with a code that is asked for next.
    pub mail_sent_to: Option<String>,
}

/// Somebody whom the server let in.
struct Entrant {
    supabase: Supabase,
    server_key: String,
    granted: Granted,
    account: Account,
}

impl App {
    /// Does what is asked about an account. One after the other: two sign-ins at once would open two
    /// profiles.
    pub async fn account(&self, request: AccountRequest) -> Result<AccountStatus, AppError> {
        let _turn = self.account_turn.lock().await;
        match request {
            AccountRequest::Show => self.profile().account_status().await,
            AccountRequest::SignIn(request) => self.sign_in(request).await,
            AccountRequest::SendCode(request) => {
                let (supabase, _) = self.profile().server(&request.server).await?;
                supabase.send_code(&request.email).await?;
                self.mail_sent_to(&request.email).await
            }
            AccountRequest::SignOut { remove_local } => self.sign_out(remove_local).await,
        }
    }

    async fn sign_in(&self, request: SignInRequest) -> Result<AccountStatus, AppError> {
        let email = request.email.trim();
        let (supabase, server_key) = self.profile().server(&request.server).await?;
        let granted = match &request.proof {
            Proof::Password(password) => supabase.sign_in(email, password).await?,
            Proof::Code(code) => supabase.verify_code(email, code, CodeKind::Email).await?,
            Proof::SignUpCode(code) => supabase.verify_code(email, code, CodeKind::Signup).await?,
            Proof::NewPassword(password) => match supabase.sign_up(email, password).await? {
                SignedUp::Granted(granted) => granted,
                SignedUp::ConfirmMail => return self.mail_sent_to(email).await,
            },
        };
        let account = Account {
            server_url: supabase.url().into(),
            user_id: granted.account.id.to_string(),
            email: granted.account.email.clone().unwrap_or(email.into()),
        };
        let entrant = Entrant {
            supabase,
            server_key,
            granted,
            account,
        };
        self.let_in(entrant, request.local_rows).await?;
        self.profile().account_status().await
    }

    /// Opens the profile of whoever was let in.
    async fn let_in(&self, entrant: Entrant, local_rows: LocalRows) -> Result<(), AppError> {
        let present = self.profile();
        let theirs =
            (self.folder).account_profile(&entrant.account.server_url, &entrant.account.user_id);
        let known = present.store.account().await?;
        let is_theirs = match &known {
            Some(known) => known.is(&entrant.account),
            None => present.files == theirs,
        };
        if is_theirs {
            let session = self.begin_session(&entrant).await?;
            belong_to(&present.store, &entrant).await?;
            present.signed_in(session).await?;
            present.start_exchange().await.map(drop)?;
            present.engine.announce(Event::AccountChanged);
            return Ok(());
        }
        let becomes_theirs = known.is_none() && local_rows == LocalRows::Add;
        // What runs stays in its file, and that stays only where there is no other of the account.
        let is_other_file = !becomes_theirs || theirs.database.exists();
        if is_other_file && !present.is_idle() {
            return Err(AppError::TimerRuns);
        }
        self.begin_session(&entrant).await?;
        if becomes_theirs {
            belong_to(&present.store, &entrant).await?;
        } else {
            self.prepare(&theirs, &entrant).await?;
            self.folder.activate(&theirs)?;
        }
        self.reopen().await
    }

    /// Makes the profile of an account, unless there is one.
    async fn prepare(&self, theirs: &ProfileFiles, entrant: &Entrant) -> Result<(), AppError> {
        let (clock, randomness) = (&self.environment.clock, &self.environment.randomness);
        let opened = Store::open(&theirs.database, clock.now(), randomness).await?;
        let prepared = belong_to(&opened.store, entrant).await;
        opened.store.close().await;
        prepared
    }

    async fn begin_session(&self, entrant: &Entrant) -> Result<Session, AppError> {
        let Environment { clock, keyring, .. } = self.environment.clone();
        let (supabase, granted) = (entrant.supabase.clone(), entrant.granted.clone());
        Ok(Session::begin(supabase, granted, &self.folder, keyring, clock).await?)
    }

    async fn sign_out(&self, remove_local: bool) -> Result<AccountStatus, AppError> {
        let present = self.profile();
        if remove_local {
            present.require_removable().await?;
        }
        match present.session().await {
            Ok(session) => {
                present.exchange.sign_out().await;
                if let Err(error) = session.end(SignOutScope::Local).await {
                    // The tokens are forgotten here, and the server lets them run out.
                    tracing::info!(%error, "the server could not be told of the sign-out");
                }
            }
            Err(AppError::NotSignedIn) if !remove_local => return Err(AppError::NotSignedIn),
            // Whatever is in the way of the tokens: nothing is sent from now on.
            Err(_) => present.exchange.sign_out().await,
        }
        if remove_local && present.store.account().await?.is_some() {
            self.folder.activate(&self.folder.local_profile())?;
            self.reopen().await?;
            Store::remove(&present.files.database)?;
            present.files.remove_backups()?;
        } else {
            present.engine.announce(Event::AccountChanged);
        }
        self.profile().account_status().await
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
            signed_in: session.is_some(),
            email,
            user_id,
            server,
            kept_in: session.map(|session| session.kept_in()),
            mail_sent_to: None,
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

    /// An error while removing it would lose something.
    async fn require_removable(&self) -> Result<(), AppError> {
        let waiting = self.store.count_queue().await?;
        let changes = waiting.pending + waiting.refused;
        match self.store.account().await? {
            None => Err(AppError::NotSignedIn),
            Some(_) if changes > 0 => Err(AppError::ChangesWait { changes }),
            Some(_) if !self.is_idle() => Err(AppError::TimerRuns),
            Some(_) => Ok(()),
        }
    }
}

/// Makes the rows of a profile those of whoever was let in.
async fn belong_to(store: &Store, entrant: &Entrant) -> Result<(), AppError> {
    let account = &entrant.account;
    store
        .set_server(Some(&account.server_url), Some(&entrant.server_key))
        .await?;
    if store.become_account(account).await? {
        Ok(())
    } else {
        Err(AppError::OtherAccount)
    }
}
