//! A session: somebody signed in on this device. It gives out access tokens and gets new ones, one
//! request at a time over all tasks and processes, and is over only when the server says so.

mod held;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::clock::{Clock, Reading};
use crate::folder::DataFolder;
use crate::remote::{AccessToken, AccountError, Failure, Granted, SignOutScope, Supabase, UserId};

use super::vault::{KeptAccess, KeyringUse, Secrets, Vault, VaultError, VaultKind, VaultLock};

use held::Held;

/// The code of a session that was ended here, by this process or another.
const SIGNED_OUT: &str = "signed_out";

/// Somebody who is signed in.
pub struct Session {
    supabase: Supabase,
    user: UserId,
    vault: Vault,
    clock: Arc<dyn Clock>,
    flight: Mutex<Flight>,
    /// How many refreshes came to an end: who waited for one takes its outcome.
    ended: AtomicU64,
}

/// What whoever refreshes has alone.
struct Flight {
    state: State,
    /// Why the last refresh failed, if it did.
    failure: Option<Failure>,
}

enum State {
    /// No token is known to this process.
    Empty,
    Held(Held),
    /// Nobody is signed in any more.
    Over(String),
}

impl Session {
    /// The session of somebody who just signed in.
    pub async fn begin(
        supabase: Supabase,
        granted: Granted,
        folder: &DataFolder,
        keyring: KeyringUse,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, VaultError> {
        let now = clock.reading();
        Self::begin_granted(supabase, (granted, now), folder, keyring, clock).await
    }

    /// [`Session::begin`], of somebody who was let in at an earlier moment.
    pub async fn begin_granted(
        supabase: Supabase,
        (granted, granted_at): (Granted, Reading),
        folder: &DataFolder,
        keyring: KeyringUse,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, VaultError> {
        let user = granted.account.id;
        let vault = Vault::choose(folder, supabase.url(), user, keyring).await?;
        let lock = vault.lock().await?;
        let (secrets, held) = received(granted, granted_at);
        vault.begin(&secrets, &lock).await?;
        Ok(Self::new(supabase, user, vault, clock, State::Held(held)))
    }

    /// The session that this device has with the server. `None` when nobody is signed in.
    pub async fn resume(
        supabase: Supabase,
        user: UserId,
        folder: &DataFolder,
        keyring: KeyringUse,
        clock: Arc<dyn Clock>,
    ) -> Result<Option<Self>, VaultError> {
        let vault = Vault::find(folder, supabase.url(), user, keyring).await?;
        Ok(vault.map(|vault| Self::new(supabase, user, vault, clock, State::Empty)))
    }

    fn new(
        supabase: Supabase,
        user: UserId,
        vault: Vault,
        clock: Arc<dyn Clock>,
        state: State,
    ) -> Self {
        Self {
            supabase,
            user,
            vault,
            clock,
            flight: Mutex::new(Flight {
                state,
                failure: None,
            }),
            ended: AtomicU64::new(0),
        }
    }

    /// Whose it is.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The server.
    pub fn supabase(&self) -> &Supabase {
        &self.supabase
    }

    /// Where its tokens are kept.
    pub fn kept_in(&self) -> VaultKind {
        self.vault.kind()
    }

    /// A token for the next request, good for a while. To be asked for before each.
    pub async fn token(&self) -> Result<AccessToken, Failure> {
        self.token_other_than(None).await
    }

    /// Another token than `rejected`, which the server did not take although it looked good. Nothing
    /// is sent if there is one by now.
    pub async fn renew(&self, rejected: &AccessToken) -> Result<AccessToken, Failure> {
        self.token_other_than(Some(rejected)).await
    }

    /// Signs out: first here, then on the server. An error says that the server could not be told, or
    /// that this device could not forget.
    pub async fn end(&self, scope: SignOutScope) -> Result<(), AccountError> {
        let mut flight = self.flight.lock().await;
        let now = self.clock.reading();
        let held = match std::mem::replace(&mut flight.state, State::Empty) {
            State::Held(held) => Some(held),
            State::Empty => None,
            State::Over(code) => {
                flight.state = State::Over(code);
                return Ok(());
            }
        };
        let lock = self.vault.lock().await.map_err(Failure::from)?;
        let kept = self.vault.read().await.map_err(Failure::from)?;
        self.vault.forget(&lock).await.map_err(Failure::from)?;
        flight.state = State::Over(SIGNED_OUT.into());
        drop((flight, lock));

        let Some(kept) = kept else {
            // Another process has signed out.
            return Ok(());
        };
        let held = held.or_else(|| Held::kept(kept.access?, now));
        let token = match held.filter(|held| held.is_good(now, None)) {
            Some(held) => held.token,
            None => match self.supabase.refresh(&kept.refresh).await {
                Ok(granted) => granted.access_token,
                Err(Failure::SignedOut { .. }) => return Ok(()),
                Err(failure) => return Err(failure.into()),
            },
        };
        self.supabase.sign_out(&token, scope).await
    }

    async fn token_other_than(
        &self,
        rejected: Option<&AccessToken>,
    ) -> Result<AccessToken, Failure> {
        let seen = self.ended.load(Ordering::Acquire);
        let mut flight = self.flight.lock().await;
        let is_news = self.ended.load(Ordering::Acquire) != seen;
        if let (true, Some(failure)) = (is_news, &flight.failure) {
            return Err(failure.clone());
        }
        self.current(&mut flight, rejected).await
    }

    /// The token in force if it is good and not `rejected`, else another.
    async fn current(
        &self,
        flight: &mut Flight,
        rejected: Option<&AccessToken>,
    ) -> Result<AccessToken, Failure> {
        let now = self.clock.reading();
        match &flight.state {
            State::Over(code) => return Err(Failure::SignedOut { code: code.clone() }),
            State::Held(held) if held.is_good(now, rejected) => return Ok(held.token.clone()),
            State::Held(_) | State::Empty => {}
        }
        let outcome = self.refresh(rejected).await;
        flight.failure = outcome.as_ref().err().cloned();
        self.ended.fetch_add(1, Ordering::AcqRel);
        match outcome {
            Ok(held) => {
                let token = held.token.clone();
                flight.state = State::Held(held);
                Ok(token)
            }
            Err(failure) => {
                if let Failure::SignedOut { code } = &failure {
                    flight.state = State::Over(code.clone());
                }
                Err(failure)
            }
        }
    }

    /// The token that another process got, or one from the server.
    async fn refresh(&self, rejected: Option<&AccessToken>) -> Result<Held, Failure> {
        let lock = self.vault.lock().await?;
        let Some(kept) = self.vault.read().await? else {
            return Err(Failure::SignedOut {
                code: SIGNED_OUT.into(),
            });
        };
        let now = self.clock.reading();
        let known = kept.access.and_then(|access| Held::kept(access, now));
        if let Some(held) = known.filter(|held| held.is_good(now, rejected)) {
            return Ok(held);
        }
        match self.supabase.refresh(&kept.refresh).await {
            Ok(granted) => {
                // From before it was asked for: however late the answer came, it is not older.
                let (secrets, held) = received(granted, now);
                self.vault.keep(&secrets, &lock).await?;
                Ok(held)
            }
            Err(failure) => {
                self.forget_if_over(&failure, &lock).await;
                Err(failure)
            }
        }
    }

    async fn forget_if_over(&self, failure: &Failure, lock: &VaultLock) {
        let Failure::SignedOut { code } = failure else {
            return;
        };
        tracing::info!(code, "the server ended the session of this device");
        // What stays is refused by the server again.
        if let Err(error) = self.vault.forget(lock).await {
            tracing::warn!(%error, "tokens that are of no use any more stay where they are");
        }
    }
}

/// Tokens whose life is counted from `from`, by this machine's clocks: the server's may show anything.
fn received(granted: Granted, from: Reading) -> (Secrets, Held) {
    let access = KeptAccess {
        token: granted.access_token,
        obtained_at: from.wall,
        lifetime: granted.lifetime,
    };
    let held = Held::fresh(&access, from);
    let secrets = Secrets {
        refresh: granted.refresh_token,
        access: Some(access),
    };
    (secrets, held)
}
