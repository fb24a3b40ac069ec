//! Everything that is kept, out to a file and in again.

mod new_file;
mod picture;
mod whole;

#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use thiserror::Error;
use tokio::sync::{mpsc, watch};

use super::Profile;
use crate::change::{Incoming, Merged, Stamp};
use crate::clock::Clock;
use crate::engine::Event;
use crate::error::AppError;
use crate::model::ParticleId;
use crate::store::{Pomotroid, Store, StoreError};
use crate::transfer::{
    CsvExport, FileKind, Format, Found, ImportReport, JsonExport, Progress, Skipped, Source,
    TextFile, TransferError,
};

pub use picture::keep_picture;
pub use whole::export_whole;

/// How many rows one transaction takes in.
const BATCH_ROWS: usize = 500;

/// How many batches are read ahead of the one that is being stored.
const BATCHES_AHEAD: usize = 2;

/// How many rows an export has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Exported {
    /// Deleted ones included, as everywhere here.
    pub particles: u64,
    /// Of projects.
    pub projects: u64,
    /// Of intentions.
    pub intentions: u64,
    /// Of settings.
    pub settings: u64,
}

/// Why there is no whole export.
#[derive(Debug, Error)]
pub enum ExportError {
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// Writes everything that `store` keeps as of one moment, a page at a time.
pub async fn export<W: Write + Send>(
    store: &Store,
    format: Format,
    exported_at: DateTime<Utc>,
    to: W,
) -> Result<Exported, ExportError> {
    match format {
        Format::Json => export_json(store, exported_at, to).await,
        Format::Csv => export_csv(store, to).await,
    }
}

async fn export_json<W: Write + Send>(
    store: &Store,
    exported_at: DateTime<Utc>,
    to: W,
) -> Result<Exported, ExportError> {
    let mut snapshot = store.snapshot().await?;
    let mut document = JsonExport::begin(to, exported_at)?;
    let mut exported = Exported::default();
    document.list("particles")?;
    let mut last = None;
    while let page @ [.., end] = &*snapshot.particles(last).await? {
        last = Some(end.row.id);
        exported.particles += write_rows(&mut document, page)?;
    }
    document.list("projects")?;
    let mut last = None;
    while let page @ [.., end] = &*snapshot.projects(last).await? {
        last = Some(end.row.id);
        exported.projects += write_rows(&mut document, page)?;
    }
    document.list("intentions")?;
    let mut last = None;
    while let page @ [.., end] = &*snapshot.intentions(last).await? {
        last = Some(end.row.id);
        exported.intentions += write_rows(&mut document, page)?;
    }
    document.list("settings")?;
    let mut last = None;
    while let page @ [.., end] = &*snapshot.settings(last).await? {
        last = Some(end.row.id.clone());
        exported.settings += write_rows(&mut document, page)?;
    }
    document.end()?;
    Ok(exported)
}

fn write_rows<W: Write>(to: &mut JsonExport<W>, rows: &[impl Serialize]) -> io::Result<u64> {
    for row in rows {
        to.row(row)?;
    }
    Ok(rows.len() as u64)
}

async fn export_csv<W: Write + Send>(store: &Store, to: W) -> Result<Exported, ExportError> {
    let mut snapshot = store.snapshot().await?;
    let mut table = CsvExport::begin(to)?;
    let mut exported = Exported::default();
    let mut last = None;
    while let page @ [.., end] = &*snapshot.particles(last).await? {
        last = Some(end.row.id);
        for particle in page {
            table.row(particle)?;
        }
        exported.particles += page.len() as u64;
    }
    table.end()?;
    Ok(exported)
}

/// An import that is under way.
struct Import<'a> {
    profile: &'a Profile,
    /// No stamp is believed beyond it.
    limit: Stamp,
    report: ImportReport,
    progress: &'a watch::Sender<Progress>,
}

impl Profile {
    /// Takes in what the file at `path` has and what is newer than what is kept. Repeatable, and safe to
    /// stop: what was taken in stays, and the rest is taken the next time.
    pub async fn import(
        &self,
        path: &Path,
        progress: &watch::Sender<Progress>,
    ) -> Result<ImportReport, AppError> {
        let opened = path.to_path_buf();
        match on_a_thread(path, move || Source::open(&opened)).await?? {
            Source::Database(path) => {
                let database = Pomotroid::open(&path).await?;
                self.import_database(database, progress).await
            }
            Source::Text(file) => self.import_text(path, file, progress).await,
        }
    }

    async fn import_text(
        &self,
        path: &Path,
        file: TextFile,
        progress: &watch::Sender<Progress>,
    ) -> Result<ImportReport, AppError> {
        let mut import = self
            .begin_import(file.kind(), file.rows(), progress)
            .await?;
        let (sender, mut batches) = mpsc::channel(BATCHES_AHEAD);
        let clock = Arc::clone(&self.environment.clock);
        let reading = on_a_thread(path, move || read_batches(&file, &*clock, &sender));
        // When it ends early, so does what is read for it.
        let taking = async move {
            while let Some(batch) = batches.recv().await {
                import.take(batch).await?;
            }
            Ok::<_, AppError>(import.report)
        };
        let (read, taken) = tokio::join!(reading, taking);
        let report = taken?;
        let interrupted = |source| TransferError::Interrupted {
            path: path.into(),
            source,
        };
        read?.map_err(interrupted)?;
        Ok(report)
    }

    async fn import_database(
        &self,
        mut database: Pomotroid,
        progress: &watch::Sender<Progress>,
    ) -> Result<ImportReport, AppError> {
        let total = database.count().await?;
        let mut import = self
            .begin_import(FileKind::PomotroidDatabase, total, progress)
            .await?;
        let mut last = i64::MIN;
        while let page @ [.., (end, _)] = &*database.page(last).await? {
            last = *end;
            let clock = &self.environment.clock;
            let offset = |moment| offset_minutes(&**clock, moment);
            let found = page.iter().map(|(number, session)| {
                let row = match session {
                    Ok(session) => session.particle(&offset),
                    Err(reason) => Err((*reason).to_owned()),
                };
                match row {
                    Ok(row) => Found::Row(Incoming::Particle(row)),
                    Err(reason) => {
                        Found::Skipped(Skipped::new(&format!("session {number}"), &reason))
                    }
                }
            });
            let batch = found.collect();
            import.take(batch).await?;
        }
        database.close().await;
        Ok(import.report)
    }

    async fn begin_import<'a>(
        &'a self,
        kind: FileKind,
        total: u64,
        progress: &'a watch::Sender<Progress>,
    ) -> Result<Import<'a>, AppError> {
        progress.send_replace(Progress {
            done: 0,
            total: Some(total),
        });
        Ok(Import {
            profile: self,
            limit: self.store.believable_until(self.now()).await?,
            report: ImportReport::new(kind),
            progress,
        })
    }
}

impl Import<'_> {
    /// Takes a batch in, and tells of it after the commit.
    async fn take(&mut self, batch: Vec<Found>) -> Result<(), AppError> {
        let read = batch.len() as u64;
        let mut rows = Vec::with_capacity(batch.len());
        for found in batch {
            match found {
                Found::Row(row) => rows.push(row),
                Found::Skipped(skipped) => self.report.skip(skipped),
            }
        }
        let now = self.profile.now();
        let merged = self
            .profile
            .store
            .merge_rows(&rows, self.limit, now)
            .await?;
        let before = self.report.settings;
        for (row, merged) in rows.iter().zip(&merged) {
            self.report.count(row, *merged);
        }
        self.announce(&rows, &merged);
        if self.report.settings != before {
            self.profile.engine.follow_rules().await?;
        }
        self.progress.send_modify(|progress| progress.done += read);
        Ok(())
    }

    fn announce(&self, rows: &[Incoming], merged: &[Merged]) {
        let is_new = |(row, merged): (_, &Merged)| (*merged != Merged::Unchanged).then_some(row);
        let changed: Vec<&Incoming> = rows.iter().zip(merged).filter_map(is_new).collect();
        let ids: Vec<ParticleId> = changed
            .iter()
            .filter_map(|row| match row {
                Incoming::Particle(particle) => Some(particle.row.id),
                _ => None,
            })
            .collect();
        let engine = &self.profile.engine;
        if !ids.is_empty() {
            engine.announce(Event::ParticlesChanged { ids });
        }
        if changed
            .iter()
            .any(|row| matches!(row, Incoming::Project(_)))
        {
            engine.announce(Event::ProjectsChanged);
        }
        if changed
            .iter()
            .any(|row| matches!(row, Incoming::Intention(_)))
        {
            engine.announce(Event::IntentionsChanged);
        }
        if changed
            .iter()
            .any(|row| matches!(row, Incoming::Setting(_)))
        {
            engine.announce(Event::SettingsChanged);
        }
    }
}

/// Reads a file until its end, or until nobody takes its rows any more.
fn read_batches(
    file: &TextFile,
    clock: &dyn Clock,
    batches: &mpsc::Sender<Vec<Found>>,
) -> io::Result<()> {
    let mut batch = Vec::with_capacity(BATCH_ROWS);
    let offset = |moment| offset_minutes(clock, moment);
    file.read(&offset, |found| {
        batch.push(found);
        if batch.len() < BATCH_ROWS {
            return true;
        }
        let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_ROWS));
        batches.blocking_send(full).is_ok()
    })?;
    // An error means that nobody takes it any more.
    drop(batches.blocking_send(batch));
    Ok(())
}

fn offset_minutes(clock: &dyn Clock, moment: DateTime<Utc>) -> i32 {
    clock.local(moment).offset().local_minus_utc() / 60
}

/// Does what blocks beside everything else.
async fn on_a_thread<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, TransferError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| TransferError::Io {
        path: path.into(),
        source: io::Error::other(error),
    })
}
