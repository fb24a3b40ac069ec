//! The keyring of the system. A connection is made for each use: one that was lost, or a keyring that
//! was not there yet when the computer started, is found again.

use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};

use super::apart::apart;
use super::{Place, VaultError, VaultLock, Written};

/// What entries are found by, beside their name.
const SERVICE: &str = "Particle";
/// Windows keeps at most 2,560 bytes in an entry, two for each character.
const SECRET_CHARS_MAX: Option<usize> = if cfg!(windows) { Some(2560 / 2) } else { None };

/// Writes, reads and deletes an entry: without a keyring behind it, a library may pretend.
pub(super) async fn probe(place: &Place) -> Result<(), VaultError> {
    const PROBE: &str = "probe";
    let name = format!("{PROBE}-{}", place.name);
    apart(move || {
        let entry = entry(&name)?;
        entry.set_password(PROBE)?;
        let read = entry.get_password();
        entry.delete_credential()?;
        match read?.as_str() {
            PROBE => Ok(()),
            _ => Err(Error::NotSupportedByStore("it returns other texts".into())),
        }
    })
    .await?
    .map_err(failed)
}

pub(super) async fn read(place: &Place) -> Result<Option<Written>, VaultError> {
    let name = place.name.clone();
    let read = apart(move || entry(&name)?.get_password()).await?;
    match read {
        Ok(text) => serde_json::from_str(&text)
            .map(Some)
            .map_err(|_| VaultError::Damaged),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

pub(super) async fn keep(
    place: &Place,
    mut written: Written,
    lock: &VaultLock,
) -> Result<(), VaultError> {
    let mut text = serde_json::to_string(&written).map_err(|_| VaultError::Damaged)?;
    if SECRET_CHARS_MAX.is_some_and(|max| text.len() > max) {
        // The next process asks for another access token.
        written.access = None;
        text = serde_json::to_string(&written).map_err(|_| VaultError::Damaged)?;
    }
    let (name, lock) = (place.name.clone(), lock.clone());
    let kept = apart(move || {
        let outcome = entry(&name).and_then(|entry| entry.set_password(&text));
        drop(lock);
        outcome
    });
    kept.await?.map_err(failed)
}

pub(super) async fn forget(place: &Place, lock: &VaultLock) -> Result<(), VaultError> {
    let (name, lock) = (place.name.clone(), lock.clone());
    let forgotten = apart(move || {
        let outcome = entry(&name).and_then(|entry| entry.delete_credential());
        drop(lock);
        outcome
    });
    match forgotten.await? {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

fn entry(name: &str) -> Result<Entry, Error> {
    store()?.build(SERVICE, name, None)
}

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<apple_native_keyring_store::keychain::Store>, Error> {
    apple_native_keyring_store::keychain::Store::new()
}

#[cfg(windows)]
fn store() -> Result<Arc<windows_native_keyring_store::Store>, Error> {
    windows_native_keyring_store::Store::new()
}

#[cfg(not(any(target_os = "macos", windows)))]
fn store() -> Result<Arc<zbus_secret_service_keyring_store::Store>, Error> {
    zbus_secret_service_keyring_store::Store::new()
}

/// In words only: the error itself may hold what was read.
#[allow(clippy::needless_pass_by_value, reason = "nothing of it may live on")]
fn failed(error: Error) -> VaultError {
    VaultError::Keyring(error.to_string())
}
