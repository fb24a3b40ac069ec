//! A socket file in the data folder, or, where that path is too long, in a short folder of its own.

use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::{env, fs, io};

use interprocess::local_socket::{GenericFilePath, Name, ToFsName};

use crate::folder::DataFolder;

/// A longer path does not fit into `sockaddr_un` (104 bytes on macOS, 108 on Linux).
const SOCKET_PATH_MAX: usize = 100;

const SOCKET: &str = "owner.socket";

pub(in crate::ipc) struct Address {
    text: String,
    /// A folder that exists for nothing but the socket.
    short_folder: Option<PathBuf>,
}

impl Address {
    /// A free address for the owner of `folder`; `unique` belongs to no other.
    pub(in crate::ipc) fn choose(folder: &DataFolder, unique: &str) -> io::Result<Self> {
        let usual = folder.path().join(SOCKET);
        let short_folder = (usual.as_os_str().len() > SOCKET_PATH_MAX)
            .then(|| env::temp_dir().join(format!("particle-{unique}")));
        let path = match &short_folder {
            Some(short_folder) => {
                fs::DirBuilder::new().mode(0o700).create(short_folder)?;
                short_folder.join(SOCKET)
            }
            None => usual,
        };
        // Left by an owner that was killed; whoever asks here owns the folder now.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let text = path.into_os_string().into_string();
        let text = text.map_err(|_| io::Error::from(io::ErrorKind::InvalidFilename))?;
        Ok(Self { text, short_folder })
    }

    pub(in crate::ipc) fn text(&self) -> &str {
        &self.text
    }

    /// Removes what was made for the socket. A leftover harms nothing.
    pub(super) fn forget(&self) {
        if let Some(short_folder) = &self.short_folder {
            drop(fs::remove_dir_all(short_folder));
        }
    }
}

pub(in crate::ipc) fn name(text: &str) -> io::Result<Name<'_>> {
    text.to_fs_name::<GenericFilePath>()
}
