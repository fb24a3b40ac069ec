//! Everything in one file, in a folder where a person finds it.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::new_file::NewFile;
use super::{ExportError, export};
use crate::app::Profile;
use crate::error::AppError;
use crate::store::Store;
use crate::transfer::{Format, TransferError};

/// Writes what `profile` has into a file of `folder`, and says where. The file has its name only once it is whole,
/// and none that was there is replaced.
pub async fn export_whole(
    profile: &Profile,
    format: Format,
    folder: &Path,
) -> Result<PathBuf, AppError> {
    let now = profile.now();
    let extension = match format {
        Format::Json => "json",
        Format::Csv => "csv",
    };
    let moment = now.format("%Y%m%d-%H%M%S%3f");
    let path = folder.join(format!("particle-{moment}.{extension}"));
    let written = write(profile.store(), format, now, &path).await;
    written.map_err(|error| match error {
        ExportError::Store(error) => error.into(),
        ExportError::Write(source) => AppError::Transfer(TransferError::Io {
            path: path.clone(),
            source,
        }),
    })?;
    Ok(path)
}

async fn write(
    store: &Store,
    format: Format,
    now: DateTime<Utc>,
    path: &Path,
) -> Result<(), ExportError> {
    let mut new = NewFile::begin(path)?;
    let mut to = BufWriter::new(new.file());
    export(store, format, now, &mut to).await?;
    to.flush()?;
    drop(to);
    new.finish(path)?;
    Ok(())
}
