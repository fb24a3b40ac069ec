//! Accounts and the exchange.

use std::io::{self, Write};

use particle_core::app::{AccountStatus, SyncReport, SyncState, SyncStatus};
use particle_core::store::Waiting;
use particle_core::sync::vault::VaultKind;
use serde_json::json;

use super::Output;

impl Output {
    pub(crate) fn account(&self, account: &AccountStatus) -> io::Result<()> {
        self.shown(account, write_account)
    }

    pub(crate) fn synced(&self, report: &SyncReport) -> io::Result<()> {
        #[expect(clippy::cast_precision_loss, reason = "nobody waits for so many years")]
        let seconds = report.milliseconds as f64 / 1000.0;
        let SyncReport {
            requests,
            pushed,
            pulled,
            refused,
            pending,
            milliseconds: _,
        } = report;
        let told = json!({
            "requests": requests, "pushed": pushed, "pulled": pulled,
            "refused": refused, "pending": pending, "seconds": seconds,
        });
        self.shown(&told, |out, _| {
            writeln!(out, "{:<10}{pushed}", "pushed")?;
            writeln!(out, "{:<10}{pulled}", "pulled")?;
            if *refused > 0 {
                let hint = "see `particle queue`";
                writeln!(out, "{:<10}{refused}, {hint}", "refused")?;
            }
            writeln!(out, "{:<10}{requests} in {seconds:.1} s", "requests")
        })
    }

    pub(crate) fn queue(&self, waiting: &[Waiting]) -> io::Result<()> {
        self.lines(waiting, write_waiting)
    }
}

fn write_account(out: &mut dyn Write, account: &AccountStatus) -> io::Result<()> {
    if let Some(address) = &account.mail_sent_to {
        let hint = "go on with --code and the code in it";
        writeln!(out, "{:<12}to {address}; {hint}", "mail sent")?;
    }
    let standing = match (account.signed_in, &account.email) {
        (true, _) => "yes",
        (false, Some(_)) => "no; what is here stays here until you sign in again",
        (false, None) => "no; nothing is sent",
    };
    writeln!(out, "{:<12}{standing}", "signed in")?;
    if let Some(email) = &account.email {
        writeln!(out, "{:<12}{email}", "account")?;
    }
    if let Some(server) = &account.server {
        writeln!(out, "{:<12}{server}", "server")?;
    }
    let kept_in = match account.kept_in {
        None => return Ok(()),
        Some(VaultKind::Keyring) => "the keyring of this system",
        Some(VaultKind::File) => "a file that only you can read: this system has no keyring",
    };
    writeln!(out, "{:<12}{kept_in}", "kept in")
}

fn write_waiting(out: &mut dyn Write, waiting: &Waiting) -> io::Result<()> {
    let Waiting { entity, id, .. } = waiting;
    let entity = entity.as_str();
    let fields = waiting.fields.join(", ");
    writeln!(out, "{entity:<10}{id}  {fields}")?;
    let Some(refusal) = &waiting.refusal else {
        return Ok(());
    };
    let reason = refusal.message.as_deref().or(refusal.code.as_deref());
    writeln!(
        out,
        "{:<10}refused: {}",
        "",
        reason.unwrap_or("without a reason")
    )
}

/// Nothing while nobody is signed in.
pub(super) fn sync_line(sync: &SyncStatus) -> Option<String> {
    let state = match sync.state {
        SyncState::Local => return None,
        SyncState::Synced => "synced",
        SyncState::Syncing => "syncing",
        SyncState::Waiting => "waiting",
        SyncState::Offline => "offline",
        SyncState::Attention => "needs attention",
    };
    let mut parts = vec![state.to_owned()];
    if sync.pending > 0 {
        parts.push(format!("{} to send", sync.pending));
    }
    if sync.refused > 0 {
        parts.push(format!("{} refused", sync.refused));
    }
    let line = parts.join(", ");
    Some(match (sync.state, &sync.reason) {
        (SyncState::Attention, Some(reason)) => format!("{line}. {reason}"),
        _ => line,
    })
}
