//! Which profiles a data folder has, and which of them is open: one of nobody, and one of each account that
//! signed in here. No row knows two of them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{DataFolder, FolderError};

/// The profile of the person who has no account.
const LOCAL: &str = "local.db";

/// What the name of an account's profile begins with.
const OF_ACCOUNT: &str = "account-";

/// What follows the name of a profile in that of a backup which is on its way into its place.
pub(crate) const COMING_IN: &str = ".restored-";

/// Where one profile lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileFiles {
    /// Its database.
    pub database: PathBuf,
    /// Where copies of that go.
    pub backups: PathBuf,
}

impl DataFolder {
    /// The profile of the person who has no account.
    pub fn local_profile(&self) -> ProfileFiles {
        ProfileFiles {
            database: self.profiles().join(LOCAL),
            backups: self.backups(),
        }
    }

    /// The profile of somebody on a server.
    pub fn account_profile(&self, server_url: &str, user_id: &str) -> ProfileFiles {
        let hash = Sha256::digest(format!("{server_url}\0{user_id}"));
        // Half of a hash tells the accounts of a machine apart.
        let half = hash.first_chunk().copied().unwrap_or_default();
        self.named(&format!(
            "{OF_ACCOUNT}{:032x}.db",
            u128::from_be_bytes(half)
        ))
    }

    /// The profile that is open, or opens next. The one without an account, until the one that was
    /// activated is there.
    pub fn active_profile(&self) -> Result<ProfileFiles, FolderError> {
        let path = self.pointer();
        let name = match fs::read_to_string(&path) {
            Ok(name) => name,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(self.local_profile());
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(FolderError::Pointer { path });
            }
            Err(source) => return Err(FolderError::Io { path, source }),
        };
        if !is_of_account(name.trim()) {
            return Err(FolderError::Pointer { path });
        }
        let found = self.named(name.trim());
        Ok(if found.is_there() {
            found
        } else {
            self.local_profile()
        })
    }

    /// From now on `profile` is the one that opens. That is on disk when this returns.
    pub fn activate(&self, profile: &ProfileFiles) -> Result<(), FolderError> {
        let path = self.pointer();
        let io_error = |source| FolderError::Io {
            path: path.clone(),
            source,
        };
        if *profile == self.local_profile() {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(error)),
                Ok(()) | Err(_) => self.sync_profiles().map_err(io_error),
            };
        }
        let name = profile.database.file_name().unwrap_or_default();
        let unfinished = path.with_extension("unfinished");
        let write = || {
            let mut file = File::create(&unfinished)?;
            file.write_all(name.as_encoded_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            self.sync_profiles()
        };
        write().map_err(io_error)
    }

    fn named(&self, name: &str) -> ProfileFiles {
        ProfileFiles {
            database: self.profiles().join(name),
            backups: self.backups().join(Path::new(name).with_extension("")),
        }
    }

    fn pointer(&self) -> PathBuf {
        self.profiles().join("active")
    }

    fn backups(&self) -> PathBuf {
        self.path().join("backups")
    }

    /// Windows cannot open a folder, and has no need to.
    fn sync_profiles(&self) -> io::Result<()> {
        if cfg!(unix) {
            File::open(self.profiles())?.sync_all()?;
        }
        Ok(())
    }
}

impl ProfileFiles {
    /// Whether there is such a profile, or one on its way into its place: it was left between two renames.
    fn is_there(&self) -> bool {
        let name = self.database.file_name().unwrap_or_default();
        let coming = format!("{}{COMING_IN}", name.to_string_lossy());
        let beside = self.database.parent().map(fs::read_dir);
        let is_coming = |entry: io::Result<fs::DirEntry>| {
            entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(&coming))
        };
        self.database.exists()
            || beside.is_some_and(|read| read.is_ok_and(|mut all| all.any(is_coming)))
    }

    /// Removes every copy of the profile, if there is any.
    pub fn remove_backups(&self) -> Result<(), FolderError> {
        match fs::remove_dir_all(&self.backups) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(FolderError::Io {
                path: self.backups.clone(),
                source,
            }),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn is_of_account(name: &str) -> bool {
    let hash = name
        .strip_prefix(OF_ACCOUNT)
        .and_then(|rest| rest.strip_suffix(".db"));
    hash.is_some_and(|hash| hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn folder() -> (TempDir, DataFolder) {
        let place = TempDir::new().unwrap();
        let folder = DataFolder::locate(Some(place.path().into())).unwrap();
        folder.create().unwrap();
        (place, folder)
    }

    #[test]
    fn the_profile_that_was_activated_opens_once_it_is_there() {
        let (_place, folder) = folder();
        let theirs = folder.account_profile("https://example.org", "1");
        assert_eq!(folder.active_profile().unwrap(), folder.local_profile());
        folder.activate(&theirs).unwrap();
        assert_eq!(folder.active_profile().unwrap(), folder.local_profile());
        fs::write(&theirs.database, "").unwrap();
        assert_eq!(folder.active_profile().unwrap(), theirs);
        folder.activate(&folder.local_profile()).unwrap();
        assert_eq!(folder.active_profile().unwrap(), folder.local_profile());
    }

    #[test]
    fn a_profile_on_its_way_into_its_place_is_there() {
        let (_place, folder) = folder();
        let theirs = folder.account_profile("https://example.org", "1");
        folder.activate(&theirs).unwrap();
        let coming = format!("{}{COMING_IN}20270115T080000Z", theirs.database.display());
        fs::write(coming, "").unwrap();
        assert_eq!(folder.active_profile().unwrap(), theirs);
    }

    #[test]
    fn an_account_is_a_person_on_a_server() {
        let (_place, folder) = folder();
        let of = |server, user| folder.account_profile(server, user);
        let one = of("https://example.org", "1");
        assert_eq!(one, of("https://example.org", "1"));
        assert_ne!(one, of("https://example.org", "2"));
        assert_ne!(one, of("https://example.com", "1"));
        assert_ne!(one.backups, folder.local_profile().backups);
    }

    #[test]
    fn a_pointer_that_somebody_changed_leads_nowhere() {
        let (_place, folder) = folder();
        for name in [
            "",
            "../../other.db",
            "account-1.db",
            "local.db",
            "account-0123456789abcdef0123456789abcdeg.db",
        ] {
            fs::write(folder.pointer(), name).unwrap();
            let refused = folder.active_profile();
            assert!(
                matches!(refused, Err(FolderError::Pointer { .. })),
                "{name}"
            );
        }
        fs::write(folder.pointer(), b"\xff\xfe").unwrap();
        folder.active_profile().unwrap_err();
    }
}
