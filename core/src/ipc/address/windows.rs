//! A named pipe, which needs no folder.

use std::io;

use interprocess::local_socket::{GenericNamespaced, Name, ToNsName};

use crate::folder::DataFolder;

pub(in crate::ipc) struct Address {
    text: String,
}

impl Address {
    /// A free address for the owner of a folder; `unique` belongs to no other.
    #[expect(clippy::unnecessary_wraps, reason = "the other system can fail")]
    pub(in crate::ipc) fn choose(_folder: &DataFolder, unique: &str) -> io::Result<Self> {
        Ok(Self {
            text: format!("particle-{unique}"),
        })
    }

    pub(in crate::ipc) fn text(&self) -> &str {
        &self.text
    }

    /// A named pipe leaves nothing behind.
    pub(super) fn forget(&self) {}
}

pub(in crate::ipc) fn name(text: &str) -> io::Result<Name<'_>> {
    text.to_ns_name::<GenericNamespaced>()
}
