//! Passwords: how strong, how kept, how compared.

use super::error::AuthError;
use super::invalid::Invalid;

/// What bcrypt reads of a password; GoTrue refuses more instead of ignoring it.
pub(super) const PASSWORD_BYTES_MAX: usize = 72;

/// The cheapest there is: this is a development tool with passwords of test users, and a suite
/// signs up hundreds of them. GoTrue takes 10.
const COST: u32 = 4;

/// A hash of that cost that no password is known for. Comparing with it takes as long as comparing
/// with a real one, so that the time does not tell who has an account.
const NOBODYS_HASH: &str = "$2b$04$CCCCCCCCCCCCCCCCCCCCC.jKWwhkTTVc6SB3ITdNYxCSdVvSkpGHa";

/// Whether a new password is neither too long nor too short. Lengths are bytes, as in GoTrue.
pub(super) fn check_strength(password: &str, length_min: usize) -> Result<(), AuthError> {
    if password.contains('\0') {
        return Err(Invalid::NulCharacter.into());
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Invalid::PasswordTooLong.into());
    }
    if password.len() < length_min {
        return Err(AuthError::WeakPassword { length_min });
    }
    Ok(())
}

/// The hash to be stored. Runs beside the server's threads, which it would hold up.
pub(super) async fn hash(password: &str) -> Result<String, AuthError> {
    let password = password.to_owned();
    Ok(tokio::task::spawn_blocking(move || bcrypt::hash(password, COST)).await??)
}

/// Whether `password` is the one of `stored`. Without a hash it takes as long to say no.
pub(super) async fn matches(password: &str, stored: Option<&str>) -> Result<bool, AuthError> {
    // To bcrypt a password ends at U+0000 and begins again: "a" and "a\0a" are one.
    let is_known = stored.is_some() && !password.contains('\0');
    let password = password.to_owned();
    let hash = stored.unwrap_or(NOBODYS_HASH).to_owned();
    let is_equal = tokio::task::spawn_blocking(move || bcrypt::verify(password, &hash)).await??;
    Ok(is_known && is_equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_of_72_bytes_counts_to_its_last_byte() {
        let password = "p".repeat(PASSWORD_BYTES_MAX);
        let stored = hash(&password).await.unwrap();
        assert!(matches(&password, Some(&stored)).await.unwrap());
        let other = format!("{}q", "p".repeat(PASSWORD_BYTES_MAX - 1));
        assert!(!matches(&other, Some(&stored)).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_repeated_after_a_nul_is_another_password() {
        let stored = hash("secret").await.unwrap();
        assert!(!matches("secret\0secret", Some(&stored)).await.unwrap());
    }

    #[tokio::test]
    async fn comparing_for_nobody_is_no_error_and_says_no() {
        assert!(!matches("password", None).await.unwrap());
    }
}
