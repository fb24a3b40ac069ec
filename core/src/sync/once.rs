//! One exchange: what is sent, and what its answer leads to.

use chrono::TimeDelta;
use thiserror::Error;

use super::session::Session;
use crate::change::Entity;
use crate::change::wire::Response;
use crate::clock::{Clock, Reading};
use crate::remote::{AccessToken, Failure, Remote};
use crate::store::{Applied, Arrival, Prepared, Store, StoreError};

/// How an exchange ended that worked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// So many changes were sent.
    pub sent: usize,
    /// So many of them are on the server now.
    pub pushed: usize,
    /// So many of them were refused.
    pub refused: usize,
    /// Rows that are new or different here.
    pub changed: Vec<(Entity, String)>,
    /// Rows that could not be kept, each with the reason.
    pub skipped: Vec<String>,
    /// The server has more rows.
    pub more: bool,
    /// More of what the server has is known than before.
    pub has_advanced: bool,
    /// So many rows wait that can be sent.
    pub sendable: u32,
    /// Another process was faster, and nothing of it was stored.
    pub is_stale: bool,
}

/// Why an exchange did not work.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Setback {
    /// The server, or the way to it.
    #[error("{failure}")]
    Remote {
        /// What it was.
        failure: Failure,
        /// So many changes were sent.
        sent: usize,
    },
    /// This machine: its disk, say.
    #[error("{0}")]
    Local(String),
}

impl Done {
    /// Whether anything that was sent is settled.
    pub fn has_moved(&self) -> bool {
        self.pushed + self.refused > 0
    }
}

impl From<StoreError> for Setback {
    fn from(error: StoreError) -> Self {
        Self::Local(error.to_string())
    }
}

/// Stores what became of a request. If it `refuses`, the one change in a request that the server does not
/// take is to blame for that.
pub async fn settle(
    store: &Store,
    prepared: &Prepared,
    answer: Result<Response, Failure>,
    refuses: bool,
    arrival: Arrival,
) -> Result<Done, Setback> {
    let sent = prepared.request.changes.len();
    let failed = |failure| Setback::Remote { failure, sent };
    let response = match answer {
        Ok(response) => response,
        Err(Failure::Rejected { code, message }) if refuses && sent == 1 => {
            let sendable = store
                .refuse(&prepared.request.changes[0], code, &message)
                .await?;
            return Ok(Done {
                sent,
                refused: 1,
                sendable,
                ..Done::default()
            });
        }
        Err(failure) => return Err(failed(failure)),
    };
    if response.verdicts.len() != sent {
        return Err(failed(Failure::Unavailable {
            message: "It did not say what became of every change.".into(),
            retry_after: None,
        }));
    }
    Ok(match store.apply(prepared, &response, arrival).await? {
        Applied::Stale => Done {
            sent,
            is_stale: true,
            ..Done::default()
        },
        Applied::Stored(outcome) => Done {
            sent,
            pushed: outcome.pushed,
            refused: outcome.refused,
            changed: outcome.changed,
            skipped: outcome.skipped,
            more: outcome.more,
            has_advanced: outcome.has_advanced,
            sendable: outcome.sendable,
            is_stale: false,
        },
    })
}

/// Exchanges once, with at most so many changes. A token that looked good and was not taken is renewed,
/// and the request repeated, once.
pub async fn exchange_once(
    store: &Store,
    session: &Session,
    changes_max: usize,
    refuses: bool,
    clock: &dyn Clock,
) -> Result<Done, Setback> {
    let Some(prepared) = store.prepare(changes_max).await? else {
        return Err(Setback::Local(
            "Nobody is signed in to this profile.".into(),
        ));
    };
    // No row of one account is ever sent as another.
    let is_theirs = prepared.account.user_id == session.user().to_string()
        && prepared.account.server_url == session.supabase().url();
    if !is_theirs {
        return Err(Setback::Local(
            "Somebody else is signed in than the one whose particles these are.".into(),
        ));
    }
    let token = session.token().await;
    // Nothing was sent yet.
    let token = token.map_err(|failure| Setback::Remote { failure, sent: 0 })?;
    let mut asked = clock.reading();
    let answer = ask(session, token, &prepared, clock, &mut asked).await;
    let answered = clock.reading();
    let took = answered.total.saturating_sub(asked.total);
    let arrival = Arrival {
        at: answered.wall,
        took: TimeDelta::from_std(took).unwrap_or(TimeDelta::MAX),
    };
    settle(store, &prepared, answer, refuses, arrival).await
}

/// Says in `asked` when the request left that was answered.
async fn ask(
    session: &Session,
    token: AccessToken,
    prepared: &Prepared,
    clock: &dyn Clock,
    asked: &mut Reading,
) -> Result<Response, Failure> {
    let server = session.supabase();
    match server.exchange(token.expose(), &prepared.request).await {
        Err(Failure::Unauthorized {
            issued_in_future: false,
        }) => {
            let token = session.renew(&token).await?;
            *asked = clock.reading();
            server.exchange(token.expose(), &prepared.request).await
        }
        other => other,
    }
}
