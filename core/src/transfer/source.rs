//! A file to import, recognised by what is in it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::csv_file::{self, Form};
use super::foreign::Offset;
use super::json_file::{self, Survey};
use super::row::Found;
use super::{FileKind, TransferError, VERSION};

/// The largest file: some millions of particles.
pub(super) const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// How much of a file is looked at to recognise it.
const HEAD_BYTES: u64 = 64 * 1024;

/// What every SQLite database begins with.
const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";

/// The mark that some editors put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where rows come from.
#[derive(Debug)]
pub enum Source {
    /// A database, which the store reads.
    Database(PathBuf),
    /// A file that is read from its beginning to its end.
    Text(TextFile),
}

/// An export as a file of text.
#[derive(Debug)]
pub struct TextFile {
    file: File,
    form: TextForm,
    rows: u64,
}

#[derive(Debug, Clone, Copy)]
enum TextForm {
    /// Behind a mark of so many bytes.
    Json(u64),
    Csv(Form),
}

impl Source {
    /// Opens `path` and looks at all of it; blocks. An error when there is nothing to import in it.
    pub fn open(path: &Path) -> Result<Self, TransferError> {
        let io_error = |source| TransferError::Io {
            path: path.into(),
            source,
        };
        let known = std::fs::metadata(path).map_err(io_error)?;
        if !known.is_file() {
            return Err(TransferError::NoFile { path: path.into() });
        }
        if known.len() > FILE_BYTES_MAX {
            return Err(TransferError::TooLarge { path: path.into() });
        }
        let mut file = File::open(path).map_err(io_error)?;
        let mut head = Vec::new();
        let read = file.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
        read.map_err(io_error)?;
        if head.starts_with(SQLITE_MAGIC) {
            return Ok(Self::Database(path.into()));
        }
        let mark = if head.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        let text = head.get(mark..).unwrap_or_default().trim_ascii_start();
        let form = if text.starts_with(b"{") {
            Some(TextForm::Json(mark as u64))
        } else {
            csv_file::recognise(&head).map(TextForm::Csv)
        };
        let unknown = || TransferError::Unknown { path: path.into() };
        let form = form.ok_or_else(unknown)?;
        let rows = match form {
            TextForm::Csv(form) => from_start(&file, 0)
                .and_then(|table| csv_file::count(table, form))
                .map_err(io_error)?,
            TextForm::Json(mark) => {
                let survey = from_start(&file, mark).and_then(json_file::survey);
                rows_of(path, &survey.map_err(io_error)?)?
            }
        };
        Ok(Self::Text(TextFile { file, form, rows }))
    }
}

impl TextFile {
    /// What it is.
    pub fn kind(&self) -> FileKind {
        match self.form {
            TextForm::Json(_) => FileKind::ParticleJson,
            TextForm::Csv(form) => form.kind,
        }
    }

    /// How many rows it has, as far as it can be read.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Tells every row and every place that is none, until `tell` wants no more; blocks. An error when the
    /// disk cannot be read.
    pub fn read(&self, offset: Offset<'_>, tell: impl FnMut(Found) -> bool) -> std::io::Result<()> {
        match self.form {
            TextForm::Json(mark) => json_file::read(from_start(&self.file, mark)?, tell),
            TextForm::Csv(form) => csv_file::read(from_start(&self.file, 0)?, form, offset, tell),
        }
    }
}

fn rows_of(path: &Path, survey: &Survey) -> Result<u64, TransferError> {
    match survey.version {
        Some(found) if found > VERSION => Err(TransferError::Newer {
            path: path.into(),
            found,
            known: VERSION,
        }),
        Some(1..) => Ok(survey.rows),
        Some(0) | None => Err(TransferError::Unknown { path: path.into() }),
    }
}

fn from_start(mut file: &File, mark: u64) -> std::io::Result<impl BufRead> {
    file.seek(SeekFrom::Start(mark))?;
    Ok(BufReader::new(file))
}
