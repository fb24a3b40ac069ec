//! A file that a person finds whole, or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A file that has its name only once it is whole. Dropped before, nothing is left of it.
pub(super) struct NewFile {
    file: File,
    part: PathBuf,
    is_whole: bool,
}

impl NewFile {
    /// Begins what will be `path`, and makes its folder where there is none.
    pub(super) fn begin(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut part = OsString::from(path);
        part.push(".part");
        let part = PathBuf::from(part);
        Ok(Self {
            file: File::create_new(&part)?,
            part,
            is_whole: false,
        })
    }

    /// Where it is written to.
    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// All of it was written: from now on it is `path`.
    pub(super) fn finish(mut self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.part, path)?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_whole {
            // What is left of it is of no use; that it cannot be removed changes nothing.
            drop(fs::remove_file(&self.part));
        }
    }
}
