//! A table as CSV: that of [`CsvExport`](super::CsvExport), or the table `sessions` of Pomotroid.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::str::FromStr;

use chrono::{DateTime, Utc};
use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};

use super::csv_text::{COLUMNS, unguarded};
use super::foreign::{Offset, Session, born};
use super::metered::{Meter, Metered, is_of_the_disk};
use super::row::{Found, known_stamps, particle};
use super::{FileKind, Skipped};
use crate::change::{Incoming, ParticleField, Stamped};
use crate::model::{Kind, Particle, ParticleTime, Preset, Task};

/// What the table `sessions` of Pomotroid is known by.
const SESSION_COLUMNS: [&str; 5] = [
    "started_at",
    "ended_at",
    "round_type",
    "duration_secs",
    "completed",
];

/// The column that need not be there: a row without stamps is as old as it says.
const STAMPS: &str = "stamps";

/// Which table it is, and how its cells are parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) kind: FileKind,
    delimiter: u8,
}

/// The cells of a row, by the name of their column.
struct Cells<'a> {
    columns: &'a [String],
    record: &'a ByteRecord,
}

/// The form that a first line announces. A spreadsheet may have changed what parts the cells.
pub(super) fn recognise(head: &[u8]) -> Option<Form> {
    [b',', b';', b'\t'].into_iter().find_map(|delimiter| {
        let columns = columns(&mut reader(head, delimiter)).ok()??;
        let has = |names: &[&str]| names.iter().all(|name| columns.iter().any(|c| c == name));
        let needed: Vec<_> = COLUMNS.into_iter().filter(|name| *name != STAMPS).collect();
        let kind = if has(&needed) {
            FileKind::ParticleCsv
        } else if has(&SESSION_COLUMNS) {
            FileKind::PomotroidCsv
        } else {
            return None;
        };
        Some(Form { kind, delimiter })
    })
}

/// How many rows there are, as far as they can be read.
pub(super) fn count(file: impl BufRead, form: Form) -> io::Result<u64> {
    let mut rows = 0;
    each_record(file, form, |_, record| {
        rows += u64::from(record.is_ok());
        true
    })?;
    Ok(rows)
}

/// Tells every row of the table, until `tell` wants no more. An error when the disk cannot be read.
pub(super) fn read(
    file: impl BufRead,
    form: Form,
    offset: Offset<'_>,
    mut tell: impl FnMut(Found) -> bool,
) -> io::Result<()> {
    each_record(file, form, |line, cells| {
        let row = cells.and_then(|cells| match form.kind {
            FileKind::PomotroidCsv => cells.session()?.particle(offset),
            _ => cells.particle(),
        });
        tell(match row {
            Ok(row) => Found::Row(Incoming::Particle(row)),
            Err(reason) => Found::Skipped(Skipped::new(&format!("line {line}"), &reason)),
        })
    })
}

fn each_record(
    file: impl BufRead,
    form: Form,
    mut tell: impl FnMut(u64, Result<Cells<'_>, String>) -> bool,
) -> io::Result<()> {
    let (metered, meter): (_, Meter) = Metered::new(file);
    let mut table = reader(metered, form.delimiter);
    let Some(columns) = columns(&mut table)? else {
        return Ok(());
    };
    let mut record = ByteRecord::new();
    loop {
        meter.restart();
        let line = table.position().line();
        match table.read_byte_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let line = record.position().map_or(line, csv::Position::line);
                if !tell(line, Cells::new(&columns, &record)) {
                    return Ok(());
                }
            }
            Err(error) => {
                let told = match error.kind() {
                    ErrorKind::Io(error) => error.to_string(),
                    _ => error.to_string(),
                };
                if let ErrorKind::Io(error) = error.into_kind()
                    && is_of_the_disk(error.kind())
                {
                    return Err(error);
                }
                tell(
                    line,
                    Err(format!("the file cannot be read from here on: {told}")),
                );
                return Ok(());
            }
        }
    }
}

fn reader<R: io::Read>(from: R, delimiter: u8) -> Reader<R> {
    ReaderBuilder::new()
        .has_headers(false)
        // A row of another length is skipped, not the rest of the file.
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(from)
}

/// The names in the first line, if it has names. An error when the disk cannot be read.
fn columns<R: io::Read>(table: &mut Reader<R>) -> io::Result<Option<Vec<String>>> {
    let mut record = ByteRecord::new();
    match table
        .read_byte_record(&mut record)
        .map_err(csv::Error::into_kind)
    {
        Err(ErrorKind::Io(error)) if is_of_the_disk(error.kind()) => return Err(error),
        Err(_) => return Ok(None),
        Ok(_) => {}
    }
    let name = |cell: &[u8]| Some(std::str::from_utf8(cell).ok()?.trim().to_lowercase());
    Ok(record.iter().map(name).collect())
}

impl<'a> Cells<'a> {
    fn new(columns: &'a [String], record: &'a ByteRecord) -> Result<Self, String> {
        match record.len() {
            cells if cells == columns.len() => Ok(Self { columns, record }),
            cells => Err(format!("it has {cells} cells, not {}", columns.len())),
        }
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, String> {
        let Some(at) = self.columns.iter().position(|column| column == name) else {
            return Ok(None);
        };
        let cell = self.record.get(at).unwrap_or_default();
        let text = std::str::from_utf8(cell).map_err(|_| format!("its {name} is no text"))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn value<T: FromStr>(&self, name: &str) -> Result<T, String> {
        let text = self.text(name)?.unwrap_or_default();
        let wrong = || format!("its {name} cannot be \u{201c}{text}\u{201d}");
        text.trim().parse().map_err(|_| wrong())
    }

    fn word<T>(&self, name: &str, parse: fn(&str) -> Option<T>) -> Result<T, String> {
        let text = self.text(name)?.unwrap_or_default();
        parse(text.trim()).ok_or_else(|| format!("its {name} cannot be \u{201c}{text}\u{201d}"))
    }

    fn particle(&self) -> Result<Stamped<Particle, ParticleField>, String> {
        let task = unguarded(self.text("task")?.unwrap_or_default());
        let row = Particle {
            id: self.value("id")?,
            kind: self.word("kind", Kind::parse)?,
            task: Task::new(task).map_err(|error| error.to_string())?,
            project_id: match self.text("project_id")? {
                None => None,
                Some(_) => Some(self.value("project_id")?),
            },
            time: ParticleTime {
                started_at: self.value::<DateTime<Utc>>("started_at")?,
                ended_at: self.value::<DateTime<Utc>>("ended_at")?,
                planned_seconds: self.value("planned_seconds")?,
                duration_seconds: self.value("duration_seconds")?,
                overflow_seconds: self.value("overflow_seconds")?,
                utc_offset_minutes: self.value("utc_offset_minutes")?,
            },
            preset: self.word("preset", Preset::parse)?,
            // A spreadsheet writes TRUE.
            deleted: self.word("deleted", |word| word.to_lowercase().parse().ok())?,
        };
        particle(match self.text(STAMPS)? {
            None => born(row),
            Some(json) => {
                let written: BTreeMap<String, String> =
                    serde_json::from_str(json).map_err(|_| "its stamps are none".to_owned())?;
                let stamps = known_stamps(&written)?;
                Stamped { row, stamps }
            }
        })
    }

    fn session(&self) -> Result<Session, String> {
        Ok(Session {
            started_at: self.value("started_at")?,
            ended_at: match self.text("ended_at")? {
                None => None,
                Some(_) => Some(self.value("ended_at")?),
            },
            round_type: self.value("round_type")?,
            duration_seconds: self.value("duration_secs")?,
            completed: self.value::<i64>("completed")? != 0,
        })
    }
}
