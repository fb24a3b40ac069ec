//! Everything as one JSON document, a row a line, written as it comes.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::VERSION;

/// A document that is being written.
pub struct JsonExport<W: Write> {
    to: W,
    lists: usize,
    rows: usize,
}

impl<W: Write> JsonExport<W> {
    /// Begins the document.
    pub fn begin(mut to: W, exported_at: DateTime<Utc>) -> io::Result<Self> {
        write!(to, "{{\"version\":{VERSION},\"exported_at\":")?;
        serde_json::to_writer(&mut to, &exported_at)?;
        Ok(Self {
            to,
            lists: 0,
            rows: 0,
        })
    }

    /// Begins the list of this name; the one before ends.
    pub fn list(&mut self, name: &str) -> io::Result<()> {
        self.end_list()?;
        self.lists += 1;
        self.rows = 0;
        write!(self.to, ",\n\"{name}\":[")
    }

    /// A row of the list.
    pub fn row(&mut self, row: &impl Serialize) -> io::Result<()> {
        let separator: &[u8] = if self.rows == 0 { b"\n" } else { b",\n" };
        self.to.write_all(separator)?;
        self.rows += 1;
        Ok(serde_json::to_writer(&mut self.to, row)?)
    }

    /// Ends the document.
    pub fn end(mut self) -> io::Result<()> {
        self.end_list()?;
        self.to.write_all(b"\n}\n")?;
        self.to.flush()
    }

    fn end_list(&mut self) -> io::Result<()> {
        match (self.lists, self.rows) {
            (0, _) => Ok(()),
            (_, 0) => self.to.write_all(b"]"),
            _ => self.to.write_all(b"\n]"),
        }
    }
}
