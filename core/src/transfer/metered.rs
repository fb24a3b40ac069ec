//! A reader that refuses to go on when one piece of a file has no end.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// The longest piece: a row with every character of it escaped is far shorter.
const PIECE_BYTES_MAX: u64 = 1024 * 1024;

/// Whether the disk could not be read. What it holds may still be nothing that can be imported.
pub(super) fn is_of_the_disk(error: io::ErrorKind) -> bool {
    error != io::ErrorKind::InvalidData
}

/// Counts what is read since the last piece ended.
pub(super) struct Metered<R> {
    inner: R,
    meter: Meter,
}

/// Tells a [`Metered`] reader where a piece ends.
#[derive(Clone, Default)]
pub(super) struct Meter(Rc<Cell<u64>>);

impl<R: BufRead> Metered<R> {
    pub(super) fn new(inner: R) -> (Self, Meter) {
        let meter = Meter::default();
        let reader = Self {
            inner,
            meter: meter.clone(),
        };
        (reader, meter)
    }
}

impl Meter {
    /// A piece ended here.
    pub(super) fn restart(&self) {
        self.0.set(0);
    }
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = &self.meter.0;
        if piece.get() > PIECE_BYTES_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it goes on for more than 1 MiB here",
            ));
        }
        let read = self.inner.read(buffer)?;
        piece.set(piece.get() + read as u64);
        Ok(read)
    }
}
