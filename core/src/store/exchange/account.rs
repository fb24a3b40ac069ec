//! Whose rows these are.

use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection};

use crate::change::wire::SCHEMA;
use crate::store::write::Write;
use crate::store::{Store, StoreError};

/// Of the name of a tier, so much is kept.
const TIER_CHARS_MAX: usize = 40;

/// An account is a person on a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The address of the server.
    pub server_url: String,
    /// Who it is there.
    pub user_id: String,
    /// As it was at the sign-in; only shown.
    pub email: String,
}

impl Account {
    /// Whether it is the same account; a mail address can change.
    pub fn is(&self, other: &Self) -> bool {
        (&self.server_url, &self.user_id) == (&other.server_url, &other.user_id)
    }
}

impl Write {
    /// Keeps what the person subscribed to, as the server says it.
    pub(super) async fn note_tier(&mut self, tier: Option<&str>) -> Result<(), StoreError> {
        let shown: Option<String> = tier.map(|tier| tier.chars().take(TIER_CHARS_MAX).collect());
        sqlx::query("update account set tier = ?")
            .bind(shown)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

impl Store {
    /// What the person subscribed to, as the server said last.
    pub async fn tier(&self) -> Result<Option<String>, StoreError> {
        let tier = sqlx::query_scalar("select tier from account")
            .fetch_optional(&self.pool)
            .await?;
        Ok(tier.flatten())
    }

    /// Whose rows these are; nobody's while nobody signed in.
    pub async fn account(&self) -> Result<Option<Account>, StoreError> {
        find(&mut *self.pool.acquire().await?).await
    }

    /// Makes the rows of nobody those of `account`, as one transaction: each waits for its server, with
    /// the stamps that it has. The same account again only changes the mail address. False, and nothing
    /// is written, when they are another account's.
    pub async fn become_account(&self, account: &Account) -> Result<bool, StoreError> {
        self.become_account_with(account, None).await
    }

    /// [`Store::become_account`], where `waits` keeps the exchange back, see [`Store::waits`].
    pub async fn become_account_with(
        &self,
        account: &Account,
        waits: Option<&str>,
    ) -> Result<bool, StoreError> {
        let mut write = self.begin_receiving().await?;
        let known = find(write.connection()).await?;
        if known.as_ref().is_some_and(|known| !known.is(account)) {
            write.abandon().await?;
            return Ok(false);
        }
        sqlx::query(
            "insert into account (only_row, server_url, user_id, email) values (1, ?, ?, ?)
             on conflict (only_row) do update set email = excluded.email",
        )
        .bind(&account.server_url)
        .bind(&account.user_id)
        .bind(&account.email)
        .execute(write.connection())
        .await?;
        if known.is_none() {
            write.mark_everything().await?;
            write.begin_upload().await?;
            sqlx::query("update exchange set waits = coalesce(?, waits)")
                .bind(waits)
                .execute(write.connection())
                .await?;
        }
        write.commit().await?;
        Ok(true)
    }

    /// Asks for every row once more after an update of the program that knows more of them.
    pub async fn note_schema(&self) -> Result<(), StoreError> {
        sqlx::query("update exchange set cursor = 0, known_schema = ?1 where known_schema < ?1")
            .bind(SCHEMA)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

pub(super) async fn find(connection: &mut SqliteConnection) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query("select server_url, user_id, email from account")
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Account {
            server_url: row.try_get("server_url")?,
            user_id: row.try_get("user_id")?,
            email: row.try_get("email")?,
        })
    })
    .transpose()
}
