//! `POST /token?grant_type=refresh_token`: the next token of a session. What a used token still
//! gets is decided by [`judge`], under the lock of the session's row.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tokio_postgres::Transaction;

use super::database;
use super::error::AuthError;
use super::grant::{self, SessionBody};
use super::invalid::Invalid;
use super::refresh_tokens::{self, RefreshToken};
use super::request::{Issuer, or_default};
use super::sessions::{self, Session};
use super::users::{self, User};
use crate::shared::Shared;

/// The body of the grant.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refresh {
    #[serde(deserialize_with = "or_default")]
    refresh_token: String,
}

/// What a token gets.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It is in force: a new one replaces it.
    Rotate,
    /// It was replaced, but its client may not know: the one that is in force now.
    Repeat(String),
    /// It was replaced long ago, and whoever got the newer one is somebody else.
    RevokeFamily,
}

/// A session with a fresh access token.
pub(super) async fn refresh(
    shared: &Shared,
    issuer: &Issuer,
    wish: Refresh,
) -> Result<SessionBody, AuthError> {
    if wish.refresh_token.is_empty() {
        return Err(Invalid::RefreshTokenMissing.into());
    }
    if wish.refresh_token.contains('\0') {
        return Err(AuthError::RefreshTokenNotFound);
    }
    let mut client = database::connection(shared).await?;
    let tx = database::begin(&mut client).await?;
    let (user, session) = holder(&tx, shared, &wish.refresh_token).await?;

    let now = shared.now();
    // Read again: before the lock was ours, the token may have been used.
    let token = refresh_tokens::find(&tx, &wish.refresh_token).await?;
    let token = token.ok_or(AuthError::RefreshTokenNotFound)?;
    let active = refresh_tokens::active(&tx, session.id).await?;
    let refresh_token = match judge(
        &token,
        active.as_ref(),
        now,
        shared.settings().reuse_interval,
    ) {
        Verdict::Repeat(active) => active,
        Verdict::Rotate => {
            refresh_tokens::revoke(&tx, token.id, now).await?;
            refresh_tokens::issue(&tx, user.id, session.id, Some(&token.token), now).await?
        }
        Verdict::RevokeFamily => {
            refresh_tokens::revoke_family(&tx, session.id, now).await?;
            tx.commit().await?;
            return Err(AuthError::RefreshTokenAlreadyUsed);
        }
    };
    sessions::note_refresh(&tx, session.id, now).await?;
    let body = grant::session_body(&tx, shared, issuer, &user, &session, refresh_token).await?;
    tx.commit().await?;
    Ok(body)
}

/// Whose token it is, and its session, locked.
async fn holder(
    tx: &Transaction<'_>,
    shared: &Shared,
    token: &str,
) -> Result<(User, Session), AuthError> {
    let token = refresh_tokens::find(tx, token)
        .await?
        .ok_or(AuthError::RefreshTokenNotFound)?;
    let user = users::find(tx, token.user_id)
        .await?
        .ok_or(AuthError::RefreshTokenNotFound)?;
    if user.is_banned(shared.now()) {
        return Err(AuthError::UserBannedAtRefresh);
    }
    let session_id = token.session_id.ok_or(AuthError::RefreshSessionNotFound)?;
    let session = sessions::lock(tx, session_id)
        .await?
        .ok_or(AuthError::RefreshSessionNotFound)?;
    if session.is_over(shared.now()) {
        return Err(AuthError::SessionExpired);
    }
    Ok((user, session))
}

/// The parent of the token in force is always good for that one: its client never got the answer.
/// Any other used token is, for the interval, for clients that refresh from several places at once.
fn judge(
    token: &RefreshToken,
    active: Option<&RefreshToken>,
    now: DateTime<Utc>,
    reuse_interval: Duration,
) -> Verdict {
    if !token.revoked {
        return Verdict::Rotate;
    }
    match active {
        Some(active) if active.parent.as_deref() == Some(&token.token) => {
            Verdict::Repeat(active.token.clone())
        }
        Some(active) if now <= token.updated_at + reuse_interval => {
            Verdict::Repeat(active.token.clone())
        }
        _ => Verdict::RevokeFamily,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rstest::rstest;

    use super::*;

    const INTERVAL: Duration = Duration::from_secs(10);

    fn token(name: &str, parent: Option<&str>, revoked: bool) -> RefreshToken {
        RefreshToken {
            id: 1,
            token: name.to_owned(),
            user_id: uuid::Uuid::nil(),
            session_id: None,
            parent: parent.map(ToOwned::to_owned),
            revoked,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[rstest]
    #[case::nine_seconds(9, Verdict::Repeat("third".to_owned()))]
    #[case::ten_seconds(10, Verdict::Repeat("third".to_owned()))]
    #[case::eleven_seconds(11, Verdict::RevokeFamily)]
    fn a_used_token_is_honoured_for_the_interval(#[case] age: i64, #[case] verdict: Verdict) {
        let first = token("first", None, true);
        let third = token("third", Some("second"), false);
        let now = first.updated_at + TimeDelta::seconds(age);
        assert_eq!(judge(&first, Some(&third), now, INTERVAL), verdict);
    }

    #[test]
    fn the_parent_of_the_token_in_force_is_honoured_at_any_age() {
        let second = token("second", Some("first"), true);
        let third = token("third", Some("second"), false);
        let now = second.updated_at + TimeDelta::days(3650);
        let verdict = judge(&second, Some(&third), now, INTERVAL);
        assert_eq!(verdict, Verdict::Repeat("third".to_owned()));
    }

    #[test]
    fn nothing_is_honoured_in_a_revoked_family() {
        let used = token("used", None, true);
        assert_eq!(
            judge(&used, None, used.updated_at, INTERVAL),
            Verdict::RevokeFamily
        );
    }
}
