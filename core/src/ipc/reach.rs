//! Who owns a data folder: a process that answers, or from now on the one that asks.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Client, Welcome};
use crate::error::AppError;
use crate::folder::{DataFolder, Ownership};

/// How long a short-lived owner may take to finish its step, or a starting one to listen.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked whether that owner is done.
const RETRY: Duration = Duration::from_millis(10);

/// What [`reach`] found.
pub enum Reached {
    /// Another process owns the folder and answers.
    Owner(Client),
    /// No process owned it; the one that asked does now.
    Free(Ownership),
}

/// Finds the owner of `folder`, or becomes it. An error when an owner does not answer in 5 s.
pub async fn reach(folder: &DataFolder) -> Result<Reached, AppError> {
    folder.create()?;
    let give_up = Instant::now() + PATIENCE;
    loop {
        if let Some(client) = Client::connect(folder).await {
            return Ok(Reached::Owner(client));
        }
        if let Some(ownership) = folder.own()? {
            return Ok(Reached::Free(ownership));
        }
        if Instant::now() >= give_up {
            return Err(AppError::InUse);
        }
        sleep(RETRY).await;
    }
}

/// Finds room for an app with a window in `folder`: an owner with a window shows it, and then the answer
/// is `None`; one without makes room.
pub async fn move_in(folder: &DataFolder) -> Result<Option<Ownership>, AppError> {
    let give_up = Instant::now() + PATIENCE;
    loop {
        match reach(folder).await? {
            Reached::Free(ownership) => return Ok(Some(ownership)),
            Reached::Owner(owner) => {
                if owner.show().await? == Welcome::Shown {
                    return Ok(None);
                }
            }
        }
        if Instant::now() >= give_up {
            return Err(AppError::InUse);
        }
        sleep(RETRY).await;
    }
}
