//! An export as JSON, read a row at a time. What it is and how much is in it is known before anything
//! is taken: a newer version stands anywhere in the document.

use std::fmt;
use std::io::{self, BufRead};

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::metered::{Meter, Metered, is_of_the_disk};
use super::row::{Found, parse};
use super::{Skipped, VERSION};
use crate::change::Entity;

/// The lists of an export, by name.
const LISTS: [(&str, Entity); 4] = [
    ("particles", Entity::Particle),
    ("projects", Entity::Project),
    ("intentions", Entity::Intention),
    ("settings", Entity::Setting),
];

/// What a look at the whole document says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// The form it was written in; nothing when it does not say.
    pub(super) version: Option<u64>,
    /// How many rows it has, as far as it can be read.
    pub(super) rows: u64,
}

/// What stands in the document.
enum Part<'a> {
    Version(Option<u64>),
    Row(Entity, &'static str, u64, &'a RawValue),
    NotAList(&'static str),
}

/// Whether whoever listens wants more.
type GoesOn = bool;

/// Looks at the whole document. An error when the disk cannot be read.
pub(super) fn survey(file: impl BufRead) -> io::Result<Survey> {
    let mut survey = Survey::default();
    let look = |part: Part<'_>| {
        match part {
            Part::Version(version) => survey.version = version,
            Part::Row(..) => survey.rows += 1,
            Part::NotAList(_) => {}
        }
        true
    };
    match walk(file, look) {
        Err(error) if is_io(&error) => Err(error.into()),
        // Where it ends too early is told when it is read.
        Ok(()) | Err(_) => Ok(survey),
    }
}

/// Tells everything that is in the lists of the document, until `tell` wants no more. An error when the disk
/// cannot be read.
pub(super) fn read(file: impl BufRead, mut tell: impl FnMut(Found) -> GoesOn) -> io::Result<()> {
    let mut goes_on = true;
    let read = walk(file, |part| {
        let found = match part {
            Part::Version(version) if version.is_none_or(|version| version > VERSION) => None,
            Part::Version(_) => return true,
            Part::Row(entity, list, number, json) => Some(row(entity, list, number, json)),
            Part::NotAList(name) => Some(Found::Skipped(Skipped::new(
                name,
                "this is no list of rows",
            ))),
        };
        goes_on = found.is_some_and(&mut tell);
        goes_on
    });
    match read {
        Err(error) if is_io(&error) => Err(error.into()),
        Err(error) if goes_on => {
            let place = format!("line {}", error.line());
            let reason = format!("the file cannot be read from here on: {error}");
            tell(Found::Skipped(Skipped::new(&place, &reason)));
            Ok(())
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn is_io(error: &serde_json::Error) -> bool {
    error.io_error_kind().is_some_and(is_of_the_disk)
}

fn row(entity: Entity, list: &str, number: u64, json: &RawValue) -> Found {
    match parse(entity, json.get()) {
        Ok(row) => Found::Row(row),
        Err(reason) => Found::Skipped(Skipped::new(&format!("{list}[{number}]"), &reason)),
    }
}

fn walk(
    file: impl BufRead,
    mut tell: impl FnMut(Part<'_>) -> GoesOn,
) -> Result<(), serde_json::Error> {
    let (reader, meter) = Metered::new(file);
    let mut json = serde_json::Deserializer::from_reader(reader);
    let document = Document {
        meter,
        tell: &mut tell,
    };
    json.deserialize_map(document)?;
    json.end()
}

struct Document<'a> {
    meter: Meter,
    tell: &'a mut dyn FnMut(Part<'_>) -> GoesOn,
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an export of Particle")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.meter.restart();
            if key == "version" {
                let version: serde_json::Value = map.next_value()?;
                goes_on::<A::Error>((self.tell)(Part::Version(version.as_u64())))?;
                continue;
            }
            let known = LISTS.iter().find(|(name, _)| *name == key);
            let is_list = map.next_value_seed(List {
                known: known.copied(),
                meter: &self.meter,
                tell: self.tell,
            })?;
            if let (Some((name, _)), false) = (known, is_list) {
                goes_on::<A::Error>((self.tell)(Part::NotAList(name)))?;
            }
        }
        Ok(())
    }
}

/// A value that should be a list. Any other is read over, as is a list that is not known; the answer is
/// whether it was one.
struct List<'a> {
    known: Option<(&'static str, Entity)>,
    meter: &'a Meter,
    tell: &'a mut dyn FnMut(Part<'_>) -> GoesOn,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let mut number = 0;
        loop {
            self.meter.restart();
            let is_over = match self.known {
                None => items.next_element::<IgnoredAny>()?.is_none(),
                Some((name, entity)) => match items.next_element::<Box<RawValue>>()? {
                    None => true,
                    Some(json) => {
                        let row = Part::Row(entity, name, number, &json);
                        goes_on::<A::Error>((self.tell)(row))?;
                        false
                    }
                },
            };
            if is_over {
                return Ok(true);
            }
            number += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            self.meter.restart();
        }
        Ok(false)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }
}

/// Unwinds the parser when whoever listens wants no more.
fn goes_on<E: Error>(goes_on: GoesOn) -> Result<(), E> {
    if goes_on {
        Ok(())
    } else {
        Err(E::custom("that is enough"))
    }
}
