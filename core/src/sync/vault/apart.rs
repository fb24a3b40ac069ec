//! Work that may block for as long as a person takes to unlock a keyring.

use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::VaultError;

/// A keyring may ask a person, and another process may wait for its server and its keyring.
const PATIENCE: Duration = Duration::from_secs(90);

/// The outcome of `work`, done on a thread of its own. Not on one of the runtime, which would not end
/// before the work does: quitting must not wait for a keyring.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, VaultError> {
    let (done, outcome) = oneshot::channel();
    let thread = thread::Builder::new().name("vault".into());
    let started = thread.spawn(move || {
        // An error means that nobody waits any more.
        drop(done.send(work()));
    });
    started.map_err(|_| VaultError::Late)?;
    match timeout(PATIENCE, outcome).await {
        Ok(Ok(outcome)) => Ok(outcome),
        Ok(Err(_)) | Err(_) => Err(VaultError::Late),
    }
}
