//! Mails that a hosted server would have sent, kept for whoever develops.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;

/// How many mails are kept; older ones go.
const MAILS_KEPT_MAX: usize = 1_000;

/// Why a mail was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// Confirm a new account.
    Signup,
    /// Sign in with a code.
    SignIn,
    /// Choose a new password.
    Recovery,
    /// Confirm another address.
    EmailChange,
}

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// Why it was sent.
    pub kind: MailKind,
    /// The six digits in it.
    pub code: String,
    /// When, by the server's clock.
    pub sent_at: DateTime<Utc>,
}

/// The latest mails of one server, oldest first. Clones look into the same box.
#[derive(Debug, Clone, Default)]
pub struct Mailbox(Arc<Mutex<VecDeque<Mail>>>);

impl Mailbox {
    /// Every mail that is kept, oldest first.
    pub fn all(&self) -> Vec<Mail> {
        Vec::from(
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        )
    }

    /// The newest mail to `address`.
    pub fn newest(&self, address: &str) -> Option<Mail> {
        self.all().into_iter().rev().find(|mail| mail.to == address)
    }

    /// Keeps a mail.
    pub(crate) fn deliver(&self, mail: Mail) {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if mails.len() == MAILS_KEPT_MAX {
            mails.pop_front();
        }
        mails.push_back(mail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_mail_goes_when_the_box_is_full() {
        let mailbox = Mailbox::default();
        for number in 0..=MAILS_KEPT_MAX {
            mailbox.deliver(Mail {
                to: format!("{number}@example.com"),
                kind: MailKind::SignIn,
                code: "123456".to_owned(),
                sent_at: DateTime::UNIX_EPOCH,
            });
        }
        assert_eq!(mailbox.all().len(), MAILS_KEPT_MAX);
        assert!(mailbox.newest("0@example.com").is_none());
        assert!(mailbox.newest("1@example.com").is_some());
    }
}
