//! Where the owner of a data folder listens. The owner writes it down, so that both sides agree even
//! when their environments differ.

use std::fs;
use std::io;

use interprocess::local_socket::Name;

use crate::folder::DataFolder;

/// A socket path beyond this does not fit into `sockaddr_un` (104 bytes on macOS, 108 on Linux).
#[cfg(unix)]
const SOCKET_PATH_MAX: usize = 100;

/// The name of a socket, and on Unix the folder that exists for nothing but a socket whose usual
/// place has too long a path.
pub(super) struct Address {
    pub(super) text: String,
    #[cfg(unix)]
    short_folder: Option<std::path::PathBuf>,
}

impl Address {
    #[cfg(unix)]
    pub(super) fn choose(folder: &DataFolder, _unique: &str) -> io::Result<Self> {
        let usual = folder.path().join("owner.socket");
        if usual.as_os_str().len() <= SOCKET_PATH_MAX {
            return Self::unix(usual, None);
        }
        let short = short_folder(_unique)?;
        Self::unix(short.join("owner.socket"), Some(short))
    }

    #[cfg(unix)]
    fn unix(
        path: std::path::PathBuf,
        short_folder: Option<std::path::PathBuf>,
    ) -> io::Result<Self> {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            // Left by an owner that was killed; whoever asks here owns the folder now.
            _ => {}
        }
        let text = path
            .into_os_string()
            .into_string()
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidFilename))?;
        Ok(Self { text, short_folder })
    }

    #[cfg(windows)]
    pub(super) fn choose(_folder: &DataFolder, unique: &str) -> io::Result<Self> {
        Ok(Self {
            text: format!("particle-{unique}"),
        })
    }

    /// Writes the address down, for clients. Whole or not at all.
    pub(super) fn publish(&self, folder: &DataFolder) -> io::Result<()> {
        let temporary = folder.owner_address().with_extension("new");
        fs::write(&temporary, &self.text)?;
        fs::rename(temporary, folder.owner_address())
    }

    /// The address that the present or a former owner wrote down.
    pub(super) fn published(folder: &DataFolder) -> io::Result<String> {
        fs::read_to_string(folder.owner_address())
    }

    /// Takes back what [`Address::publish`] wrote. A leftover harms nothing: nobody answers there.
    pub(super) fn withdraw(&self, folder: &DataFolder) {
        drop(fs::remove_file(folder.owner_address()));
        #[cfg(unix)]
        if let Some(short_folder) = &self.short_folder {
            drop(fs::remove_dir_all(short_folder));
        }
    }
}

#[cfg(unix)]
fn short_folder(unique: &str) -> io::Result<std::path::PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let path = std::env::temp_dir().join(format!("particle-{unique}"));
    fs::DirBuilder::new().mode(0o700).create(&path)?;
    Ok(path)
}

#[cfg(unix)]
pub(super) fn name(text: &str) -> io::Result<Name<'_>> {
    use interprocess::local_socket::{GenericFilePath, ToFsName};
    text.to_fs_name::<GenericFilePath>()
}

#[cfg(windows)]
pub(super) fn name(text: &str) -> io::Result<Name<'_>> {
    use interprocess::local_socket::{GenericNamespaced, ToNsName};
    text.to_ns_name::<GenericNamespaced>()
}
