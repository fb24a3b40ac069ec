//! Everything in one file, in a folder where a person finds it.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

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
    let part = path.with_extension(format!("{extension}.part"));
    let written = write(profile.store(), format, now, &part, &path).await;
    written.map_err(|error| {
        // What is left of it is of no use; that it cannot be removed changes nothing.
        drop(fs::remove_file(&part));
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Write(source) => AppError::Transfer(TransferError::Io {
                path: path.clone(),
                source,
            }),
        }
    })?;
    Ok(path)
}

async fn write(
    store: &Store,
    format: Format,
    now: DateTime<Utc>,
    part: &Path,
    path: &Path,
) -> Result<(), ExportError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut to = BufWriter::new(File::create_new(part)?);
    export(store, format, now, &mut to).await?;
    let file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(part, path)?;
    Ok(())
}
