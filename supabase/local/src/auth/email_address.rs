//! An e-mail address as GoTrue takes it: the characters that HTML allows in one, lower-cased.

use std::fmt;

use super::invalid::Invalid;

const EMAIL_BYTES_MAX: usize = 255;
const LABEL_BYTES_MAX: usize = 63;

/// A valid address in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EmailAddress(String);

impl EmailAddress {
    /// Checks and lower-cases what a person typed. Spaces around it are refused, as in GoTrue.
    pub(super) fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::EmailMissing);
        }
        if text.len() > EMAIL_BYTES_MAX {
            return Err(Invalid::EmailTooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(Invalid::EmailMalformed)?;
        let is_valid =
            !local.is_empty() && local.bytes().all(is_local) && domain.split('.').all(is_label);
        if is_valid {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(Invalid::EmailMalformed)
        }
    }

    /// The address as it is stored.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=LABEL_BYTES_MAX).contains(&label.len())
        && label.bytes().all(is_inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("someone@example.com", "someone@example.com")]
    #[case::capitals("Some.One+Tag@EXAMPLE.com", "some.one+tag@example.com")]
    #[case::one_label("root@localhost", "root@localhost")]
    fn an_address_is_taken_in_lower_case(#[case] typed: &str, #[case] stored: &str) {
        assert_eq!(
            EmailAddress::parse(typed).map(|email| email.0),
            Ok(stored.to_owned())
        );
    }

    #[rstest]
    #[case::nothing("", Invalid::EmailMissing)]
    #[case::no_at("someone.example.com", Invalid::EmailMalformed)]
    #[case::two_ats("some@one@example.com", Invalid::EmailMalformed)]
    #[case::no_local_part("@example.com", Invalid::EmailMalformed)]
    #[case::no_domain("someone@", Invalid::EmailMalformed)]
    #[case::empty_label("someone@example..com", Invalid::EmailMalformed)]
    #[case::hyphen_first("someone@-example.com", Invalid::EmailMalformed)]
    #[case::space_before(" someone@example.com", Invalid::EmailMalformed)]
    #[case::line_end("someone@example.com\n", Invalid::EmailMalformed)]
    #[case::nul("some\0one@example.com", Invalid::EmailMalformed)]
    #[case::umlaut("jürgen@example.com", Invalid::EmailMalformed)]
    fn what_is_no_address_is_refused(#[case] typed: &str, #[case] why: Invalid) {
        assert_eq!(EmailAddress::parse(typed), Err(why));
    }

    #[test]
    fn an_address_of_256_characters_is_too_long() {
        let typed = format!("{}@example.com", "a".repeat(244));
        assert_eq!(typed.len(), 256);
        assert_eq!(EmailAddress::parse(&typed), Err(Invalid::EmailTooLong));
    }
}
