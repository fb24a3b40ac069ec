//! Export and import.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use particle_core::app::{Answer, Command, ExportError, Exported, export};
use particle_core::clock::{Clock, SystemClock};
use particle_core::error::AppError;
use particle_core::store::Store;
use particle_core::transfer::{self, Progress, TransferError};
use tempfile::NamedTempFile;
use tokio::sync::watch;

use super::VerbError;
use crate::access::Access;
use crate::output::Output;

/// Stands for the standard output.
const STDOUT: &str = "-";

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// Everything as JSON, or the particles as CSV.
    #[arg(long, value_enum)]
    format: Format,
    /// Where to; standard output, if not given.
    #[arg(value_name = "FILE", default_value = STDOUT)]
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// An export as JSON or CSV, the database of Pomotroid, or its table sessions as CSV.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Csv,
}

impl Export {
    pub(super) async fn run(self, store: &Store, output: &Output) -> Result<(), VerbError> {
        let format = match self.format {
            Format::Json => transfer::Format::Json,
            Format::Csv => transfer::Format::Csv,
        };
        let now = SystemClock.now();
        if self.file == Path::new(STDOUT) {
            let stdout = BufWriter::new(io::stdout());
            export(store, format, now, stdout).await?;
            return Ok(());
        }
        let exported = to_file(store, format, &self.file).await?;
        Ok(output.exported(&exported)?)
    }
}

/// Writes beside the file and renames, so that a file is never half an export. What is no file, like
/// `/dev/null`, is written to as it is.
pub(super) async fn to_file(
    store: &Store,
    format: transfer::Format,
    path: &Path,
) -> Result<Exported, VerbError> {
    let now = SystemClock.now();
    // Where a link leads to, or the link would be replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.into());
    if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
        let device = OpenOptions::new().write(true).open(&path)?;
        return Ok(export(store, format, now, BufWriter::new(device)).await?);
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let beside = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let mut to = BufWriter::new(beside);
    let exported = export(store, format, now, &mut to).await?;
    let beside = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    beside.as_file().sync_all()?;
    beside.persist(&path).map_err(|error| error.error)?;
    Ok(exported)
}

impl Import {
    /// The path, for a process that may work in another folder.
    pub(super) fn path(self) -> Result<String, TransferError> {
        let path = std::path::absolute(&self.file).map_err(|source| TransferError::Io {
            path: self.file,
            source,
        })?;
        let path = path.into_os_string().into_string();
        path.map_err(|path| TransferError::PathNotText { path: path.into() })
    }
}

/// Does `command`, with a bar while it takes long. Where stderr is no terminal, there is none.
pub(super) async fn with_progress(command: Command, access: Access) -> Result<Answer, AppError> {
    let progress = watch::Sender::new(Progress::default());
    if !matches!(command, Command::Import(_)) {
        return access.run(command, &progress).await;
    }
    let bar = bar();
    let drawn = bar.clone();
    let mut made = progress.subscribe();
    let drawing = tokio::spawn(async move {
        while made.changed().await.is_ok() {
            let Progress { done, total } = *made.borrow_and_update();
            drawn.set_length(total.unwrap_or_default());
            drawn.set_position(done);
        }
    });
    let answer = access.run(command, &progress).await;
    drawing.abort();
    bar.finish_and_clear();
    answer
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    // The plain bar is good enough where this one cannot be read.
    match ProgressStyle::with_template("{bar:30} {pos} of {len}, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

impl From<ExportError> for VerbError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => Self::App(error.into()),
            ExportError::Write(error) => Self::Output(error),
        }
    }
}
