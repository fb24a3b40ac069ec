//! Signing in. Whose rows a profile has is decided here, and never changes: whoever is somebody else gets a
//! profile of their own.

use super::{AccountStatus, JoinQuestion, Joining, LocalRows, Proof, SignInRequest};
use crate::app::profile::Profile;
use crate::app::{App, Environment};
use crate::change::wire::{PROTOCOL, Request};
use crate::clock::Reading;
use crate::engine::Event;
use crate::error::AppError;
use crate::folder::ProfileFiles;
use crate::remote::{CodeKind, Granted, Remote, SignOutScope, SignedUp, Supabase};
use crate::store::{Account, Store};
use crate::sync::backoff::Waits;
use crate::sync::session::Session;

/// Somebody whom the server let in.
pub(in crate::app) struct Entrant {
    supabase: Supabase,
    server_key: String,
    granted: Granted,
    /// When that was: a question may stay open for long.
    granted_at: Reading,
    account: Account,
    account_is_empty: bool,
}

impl App {
    pub(super) async fn sign_in(
        &self,
        request: SignInRequest,
        waiting: &mut Option<Box<Entrant>>,
    ) -> Result<AccountStatus, AppError> {
        let email = request.email.trim();
        let (supabase, server_key) = self.profile().server(&request.server).await?;
        self.require_idle_for_another(supabase.url(), email).await?;
        let verify = async |code, kind| supabase.verify_code(email, code, kind).await;
        let granted = match &request.proof {
            Proof::Password(password) => supabase.sign_in(email, password).await?,
            Proof::Code(code) => verify(code, CodeKind::Email).await?,
            Proof::SignUpCode(code) => verify(code, CodeKind::Signup).await?,
            Proof::RecoveryCode(code) => verify(code, CodeKind::Recovery).await?,
            Proof::NewPassword(password) => match supabase.sign_up(email, password).await? {
                SignedUp::Granted(granted) => granted,
                SignedUp::ConfirmMail => return self.mail_sent_to(email).await,
            },
        };
        let granted_at = self.environment.clock.reading();
        let account = Account {
            server_url: supabase.url().into(),
            user_id: granted.account.id.to_string(),
            email: granted.account.email.clone().unwrap_or(email.into()),
        };
        let mut entrant = Entrant {
            supabase,
            server_key,
            granted,
            granted_at,
            account,
            account_is_empty: false,
        };
        if request.local_rows == LocalRows::Ask && self.profile().has_rows_of_nobody().await? {
            entrant.account_is_empty = entrant.has_nothing_on_the_server().await;
            let status = self.profile().account_status().await?;
            // Whoever was asked before and did not answer is forgotten.
            let entrant = waiting.insert(Box::new(entrant));
            return self.with_question(status, Some(entrant)).await;
        }
        self.let_in(&entrant, request.local_rows, Joining::Now)
            .await?;
        *waiting = None;
        self.profile().account_status().await
    }

    /// A code is used up by being looked at, so what would be refused after that is refused before.
    async fn require_idle_for_another(&self, server: &str, email: &str) -> Result<(), AppError> {
        let present = self.profile();
        let is_of_another = present.store.account().await?.is_some_and(|known| {
            known.server_url != server || !known.email.eq_ignore_ascii_case(email)
        });
        if is_of_another && !present.is_idle() {
            return Err(AppError::TimerRuns);
        }
        Ok(())
    }

    /// Answers the question that a sign-in led to. While a timer runs that would be left, it stays open.
    pub(super) async fn join(
        &self,
        choice: Joining,
        waiting: &mut Option<Box<Entrant>>,
    ) -> Result<AccountStatus, AppError> {
        let entrant = waiting.as_ref().ok_or(AppError::NotSignedIn)?;
        match choice {
            Joining::Now | Joining::Later => {
                self.let_in(entrant, LocalRows::Add, choice).await?;
            }
            Joining::Apart => self.let_in(entrant, LocalRows::KeepApart, choice).await?,
            Joining::Cancel => {
                let token = &entrant.granted.access_token;
                if let Err(error) = entrant.supabase.sign_out(token, SignOutScope::Local).await {
                    tracing::info!(%error, "the server could not be told that nobody signs in");
                }
            }
        }
        *waiting = None;
        self.profile().account_status().await
    }

    pub(super) async fn with_question(
        &self,
        status: AccountStatus,
        entrant: Option<&Entrant>,
    ) -> Result<AccountStatus, AppError> {
        let Some(entrant) = entrant else {
            return Ok(status);
        };
        let (particles, projects) = self.profile().count_kept().await?;
        let question = JoinQuestion {
            email: entrant.account.email.clone(),
            particles,
            projects,
            account_is_empty: entrant.account_is_empty,
        };
        Ok(AccountStatus {
            question: Some(question),
            ..status
        })
    }

    /// Opens the profile of whoever was let in.
    async fn let_in(
        &self,
        entrant: &Entrant,
        local_rows: LocalRows,
        joining: Joining,
    ) -> Result<(), AppError> {
        let present = self.profile();
        let theirs =
            (self.folder).account_profile(&entrant.account.server_url, &entrant.account.user_id);
        let known = present.store.account().await?;
        let is_theirs = match &known {
            Some(known) => known.is(&entrant.account),
            None => present.files == theirs,
        };
        if is_theirs {
            let session = self.begin_session(entrant).await?;
            belong_to(&present.store, entrant, None).await?;
            present.signed_in(session).await?;
            present.start_exchange().await.map(drop)?;
            present.engine.announce(Event::AccountChanged);
            return Ok(());
        }
        // What lies where an account's rows were, moved aside since, is not for somebody else.
        let is_nobodys = known.is_none() && present.files == self.folder.local_profile();
        let becomes_theirs = is_nobodys && local_rows != LocalRows::KeepApart;
        // What runs stays in its file, and that stays only where there is no other of the account.
        let is_other_file = !becomes_theirs || theirs.database.exists();
        if is_other_file && !present.is_idle() {
            return Err(AppError::TimerRuns);
        }
        self.begin_session(entrant).await?;
        if becomes_theirs {
            let now = self.environment.clock.reading();
            let waits = (joining == Joining::Later).then(|| Waits::paused().keep(&now));
            belong_to(&present.store, entrant, waits.as_deref()).await?;
        } else {
            self.prepare(&theirs, entrant).await?;
            self.folder.activate(&theirs)?;
        }
        self.reopen().await
    }

    /// Makes the profile of an account, unless there is one.
    async fn prepare(&self, theirs: &ProfileFiles, entrant: &Entrant) -> Result<(), AppError> {
        let (clock, randomness) = (&self.environment.clock, &self.environment.randomness);
        let opened = Store::open(&theirs.database, clock.now(), randomness).await?;
        let prepared = belong_to(&opened.store, entrant, None).await;
        opened.store.close().await;
        prepared
    }

    async fn begin_session(&self, entrant: &Entrant) -> Result<Session, AppError> {
        let Environment { clock, keyring, .. } = self.environment.clone();
        let supabase = entrant.supabase.clone();
        let granted = (entrant.granted.clone(), entrant.granted_at);
        Ok(Session::begin_granted(supabase, granted, &self.folder, keyring, clock).await?)
    }
}

impl Entrant {
    /// Only asked to choose the words of a question: whoever does not answer is taken for one with rows.
    async fn has_nothing_on_the_server(&self) -> bool {
        let request = Request {
            protocol: PROTOCOL,
            epoch: None,
            since: 0,
            limit: 1,
            changes: Vec::new(),
        };
        let token = self.granted.access_token.expose();
        let answer = self.supabase.exchange(token, &request).await;
        answer.is_ok_and(|answer| answer.rows.is_empty() && !answer.more)
    }
}

impl Profile {
    /// Whether particles or projects are here that no account has.
    async fn has_rows_of_nobody(&self) -> Result<bool, AppError> {
        let is_nobodys = self.store.account().await?.is_none();
        Ok(is_nobodys && self.count_kept().await? != (0, 0))
    }

    /// So many particles and projects are kept.
    async fn count_kept(&self) -> Result<(u32, u32), AppError> {
        let mut snapshot = self.store.snapshot().await?;
        let counts = snapshot.count_rows().await?;
        let kept = |name| counts.get(name).map_or(0, |count| count.kept);
        Ok((kept("particle"), kept("project")))
    }
}

/// Makes the rows of a profile those of whoever was let in.
async fn belong_to(store: &Store, entrant: &Entrant, waits: Option<&str>) -> Result<(), AppError> {
    let account = &entrant.account;
    store
        .set_server(Some(&account.server_url), Some(&entrant.server_key))
        .await?;
    if store.become_account_with(account, waits).await? {
        Ok(())
    } else {
        Err(AppError::OtherAccount)
    }
}
