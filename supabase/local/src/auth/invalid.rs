//! Values that a call of the auth door cannot use: `validation_failed`, each with GoTrue's text.

use crate::auth::passwords::PASSWORD_BYTES_MAX;

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Invalid {
    /// No address.
    #[error("An email address is required")]
    EmailMissing,
    /// Longer than any mail server takes.
    #[error("An email address is too long")]
    EmailTooLong,
    /// Not an address.
    #[error("Unable to validate email address: invalid format")]
    EmailMalformed,
    /// Neither address nor number at a sign-in.
    #[error("missing email or phone")]
    NobodyNamed,
    /// No password at a sign-up.
    #[error("Signup requires a valid password")]
    PasswordMissing,
    /// Longer than bcrypt reads.
    #[error("Password cannot be longer than {PASSWORD_BYTES_MAX} characters")]
    PasswordTooLong,
    /// U+0000 in what becomes text in PostgreSQL, which has no such character.
    #[error("A text must not contain the character U+0000")]
    NulCharacter,
    /// No refresh token at a refresh.
    #[error("refresh_token required")]
    RefreshTokenMissing,
    /// A verification of nothing.
    #[error("Verify requires a verification type")]
    VerificationTypeMissing,
    /// A verification that is not known here.
    #[error("Unsupported verification type")]
    VerificationTypeUnknown,
    /// A verification without a code.
    #[error("Verify requires either a token or a token hash")]
    CodeMissing,
    /// A code without an address.
    #[error("Only an email address or phone number should be provided on verify")]
    VerificationAddressMissing,
    /// Nothing of this kind is sent again.
    #[error("Missing one of these types: signup, email_change, sms, phone_change")]
    ResendTypeUnknown,
    /// A scope of a sign-out that is not known.
    #[error("Unsupported logout scope")]
    LogoutScopeUnknown,
}
