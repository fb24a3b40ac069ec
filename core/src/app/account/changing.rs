//! What a person changes about their account. Each needs the server.

use super::AccountStatus;
use crate::app::App;
use crate::engine::Event;
use crate::error::AppError;
use crate::remote::{AccountError, Failure, Password, SignOutScope};
use crate::store::Account;
use crate::sync::session::Session;

impl App {
    pub(super) async fn change_password(
        &self,
        password: &Password,
    ) -> Result<AccountStatus, AppError> {
        let present = self.profile();
        let session = present.session().await?;
        let token = session.token().await.map_err(ended)?;
        let changed = session.supabase();
        changed.update_user(&token, None, Some(password)).await?;
        present.account_status().await
    }

    pub(super) async fn change_email(&self, email: &str) -> Result<AccountStatus, AppError> {
        let present = self.profile();
        let session = present.session().await?;
        let token = session.token().await.map_err(ended)?;
        let changed = session.supabase();
        let known = changed.update_user(&token, Some(email), None).await?;
        let waits = known.new_email.filter(|email| !email.is_empty());
        if let (Some(email), Some(account)) = (known.email, present.store.account().await?) {
            // Only shown: whose rows these are stays as it is.
            let renamed = Account { email, ..account };
            present.store.become_account(&renamed).await?;
            present.engine.announce(Event::AccountChanged);
        }
        Ok(AccountStatus {
            new_email: waits,
            ..present.account_status().await?
        })
    }

    pub(super) async fn sign_out_others(&self) -> Result<AccountStatus, AppError> {
        let present = self.profile();
        let session = present.session().await?;
        let token = session.token().await.map_err(ended)?;
        let server = session.supabase();
        server.sign_out(&token, SignOutScope::Others).await?;
        present.account_status().await
    }

    /// The server forgets everything. What is on this device stays, and is sent nowhere.
    pub(super) async fn delete_account(&self) -> Result<AccountStatus, AppError> {
        let present = self.profile();
        let session = present.session().await?;
        let token = session.token().await.map_err(ended)?;
        session.supabase().delete_account(&token).await?;
        present.exchange.sign_out().await;
        forget(&session).await;
        present.engine.announce(Event::AccountChanged);
        present.account_status().await
    }
}

/// The account is gone, and with it the session.
async fn forget(session: &Session) {
    if let Err(error) = session.end(SignOutScope::Local).await {
        tracing::info!(%error, "the session of an account that is gone");
    }
}

fn ended(failure: Failure) -> AppError {
    match failure {
        Failure::SignedOut { code } => AppError::SignedOut { code },
        failure => AccountError::from(failure).into(),
    }
}
