//! Where the owner of a data folder listens. The owner writes it down, so that both sides agree even
//! when their environments differ.

#[cfg(unix)]
#[path = "address/unix.rs"]
mod system;
#[cfg(windows)]
#[path = "address/windows.rs"]
mod system;

use std::{fs, io};

use crate::folder::DataFolder;

pub(super) use system::{Address, name};

impl Address {
    /// Writes the address down, for clients. Whole or not at all.
    pub(super) fn publish(&self, folder: &DataFolder) -> io::Result<()> {
        let temporary = folder.owner_address().with_extension("new");
        fs::write(&temporary, self.text())?;
        fs::rename(temporary, folder.owner_address())
    }

    /// The address that the present or a former owner wrote down.
    pub(super) fn published(folder: &DataFolder) -> io::Result<String> {
        fs::read_to_string(folder.owner_address())
    }

    /// Takes back what [`Address::publish`] wrote. A leftover harms nothing: nobody answers there.
    pub(super) fn withdraw(&self, folder: &DataFolder) {
        drop(fs::remove_file(folder.owner_address()));
        self.forget();
    }
}
