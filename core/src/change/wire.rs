//! The wire form of protocol 1: one request for push and pull. What comes from a server is read
//! leniently, so that one row that cannot be understood never blocks the others.

mod rows;

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Entity, Field, Incoming, Stamp, Stamped, Stamps};

/// The protocol that this version speaks.
pub const PROTOCOL: u32 = 1;
/// What this version knows of the server's schema: its entities and fields.
pub const SCHEMA: u32 = 1;
/// A request has at most so many changes, and a page of rows as many.
pub const CHANGES_MAX: usize = 1000;
/// The end of the year 9999, the last that has a text form: no clock of a server is later.
const MOMENT_MAX_MS: i64 = 253_402_300_799_999;
/// The changes of a request have at most so many bytes.
pub const CHANGES_BYTES_MAX: usize = 1024 * 1024;

/// In stamps: every field of the first release but `deleted` that has none of its own.
const ALL_BUT_DELETED: &str = "*";

/// What a device asks: its changes, and whatever is newer than what it knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Which life of the server the cursor is of; none before the first answer.
    pub epoch: Option<String>,
    /// Versions up to here are known.
    #[serde(serialize_with = "as_text")]
    pub since: u64,
    /// The most rows that the answer may have.
    pub limit: usize,
    /// The changed fields of rows, in the order in which they were first changed.
    pub changes: Vec<Change>,
}

/// The changed fields of a row, or all of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// What it is.
    pub entity: Entity,
    /// Which.
    pub id: String,
    /// Field to value.
    pub fields: Map<String, Value>,
    /// Field to stamp, the same fields; `*` for all but `deleted` where one stamp serves them.
    pub stamps: BTreeMap<String, Stamp>,
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Response {
    /// What the server knows of entities and fields.
    pub schema: u32,
    /// Which life of the server this is.
    pub epoch: String,
    /// The server's clock, Unix time in milliseconds.
    #[serde(deserialize_with = "possible_moment")]
    pub server_time: i64,
    /// The server started over: ask again from zero and send everything.
    pub reset: bool,
    /// One for each change, in the same order.
    pub verdicts: Vec<Verdict>,
    /// Rows that are newer than what the device knows.
    #[serde(deserialize_with = "each_row")]
    pub rows: Vec<Row>,
    /// What to ask from next time.
    #[serde(deserialize_with = "from_text")]
    pub cursor: u64,
    /// There are more rows.
    pub more: bool,
    /// What the person subscribed to; only shown.
    #[serde(default)]
    pub tier: Option<String>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    /// Applied or not.
    pub status: VerdictStatus,
    /// The name of what is wrong.
    #[serde(default)]
    pub code: Option<String>,
    /// A sentence about it.
    #[serde(default)]
    pub message: Option<String>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictStatus {
    /// The server has it; where it had something newer, it kept that.
    Applied,
    /// It cannot be kept.
    Refused,
    /// It is stamped too far ahead of the server's clock.
    Clock,
    /// It is a part of a row that the server does not have.
    Incomplete,
}

/// A row of the server, or what stood in the place of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// One that this version understands.
    Known(Incoming),
    /// One of a later version's entity.
    Unknown,
    /// One that cannot be kept: what it is said to be, and why not.
    Malformed {
        /// The entity and id that it is said to have.
        place: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Response {
    /// The answer in `body`, or what is wrong with it.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Spoken {
            protocol: u32,
        }
        // Asked first: of another protocol nothing else is known.
        let Spoken { protocol } = serde_json::from_slice(body)?;
        if protocol != PROTOCOL {
            return Err(serde_json::Error::custom(format_args!(
                "it speaks protocol {protocol}"
            )));
        }
        serde_json::from_slice(body)
    }
}

impl Incoming {
    /// What it is, and which.
    pub fn key(&self) -> (Entity, String) {
        match self {
            Self::Particle(row) => (Entity::Particle, row.row.id.to_string()),
            Self::Project(row) => (Entity::Project, row.row.id.to_string()),
            Self::Intention(row) => (Entity::Intention, row.row.id.to_string()),
            Self::Setting(row) => (Entity::Setting, row.row.id.to_string()),
        }
    }

    /// Its greatest stamp.
    pub fn latest(&self) -> Stamp {
        fn latest<F>(stamps: &Stamps<F>) -> Stamp {
            stamps.values().copied().max().unwrap_or(Stamp::ZERO)
        }
        match self {
            Self::Particle(row) => latest(&row.stamps),
            Self::Project(row) => latest(&row.stamps),
            Self::Intention(row) => latest(&row.stamps),
            Self::Setting(row) => latest(&row.stamps),
        }
    }
}

/// A row as it travels: an object of its fields, without its id.
pub trait Travels: Sized {
    /// Its fields.
    type Field: Field;
    /// The form on the wire.
    type Wire: Serialize + DeserializeOwned;

    /// As it travels.
    fn to_wire(&self) -> Self::Wire;
    /// As it arrived; an error when it cannot be kept.
    fn from_wire(id: &str, wire: Self::Wire) -> Result<Self, String>;
}

impl Change {
    /// `fields` of a row, with the stamps that it has.
    pub fn of<R: Travels>(
        id: String,
        row: &R,
        fields: &[R::Field],
        stamps: &Stamps<R::Field>,
    ) -> Result<Self, serde_json::Error> {
        let mut all = match serde_json::to_value(row.to_wire())? {
            Value::Object(all) => all,
            other => {
                return Err(serde_json::Error::custom(format_args!(
                    "a row is no {other}"
                )));
            }
        };
        let mut change = Self {
            entity: R::Field::ENTITY,
            id,
            fields: Map::new(),
            stamps: BTreeMap::new(),
        };
        for field in fields {
            let name = name(*field)?;
            if let (Some(value), Some(stamp)) = (all.remove(&name), stamps.get(field)) {
                change.fields.insert(name.clone(), value);
                change.stamps.insert(name, *stamp);
            }
        }
        if fields.len() == R::Field::ALL.len() {
            change.share_stamp(R::Field::DELETED)?;
        }
        Ok(change)
    }

    /// A whole row whose fields were edited at once has one stamp for all of them but `deleted`.
    fn share_stamp<F: Field>(&mut self, deleted: F) -> Result<(), serde_json::Error> {
        let deleted = name(deleted)?;
        let mut others = self.stamps.iter().filter(|(name, _)| **name != deleted);
        let Some(shared) = others.next().map(|(_, stamp)| *stamp) else {
            return Ok(());
        };
        if others.all(|(_, stamp)| *stamp == shared) {
            self.stamps.retain(|name, _| *name == deleted);
            self.stamps.insert(ALL_BUT_DELETED.into(), shared);
        }
        Ok(())
    }
}

/// The word of a field.
fn name<F: Field>(field: F) -> Result<String, serde_json::Error> {
    match serde_json::to_value(field)? {
        Value::String(name) => Ok(name),
        other => Err(serde_json::Error::custom(format_args!(
            "a field is no {other}"
        ))),
    }
}

/// A row as the server writes it. Fields of a later version are skipped.
#[derive(Deserialize)]
struct WrittenRow<'a> {
    entity: String,
    id: String,
    #[serde(borrow)]
    fields: &'a RawValue,
    stamps: BTreeMap<String, String>,
}

fn each_row<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Row>, D::Error> {
    let rows = Vec::<&'de RawValue>::deserialize(from)?;
    Ok(rows.into_iter().map(|row| read_row(row.get())).collect())
}

fn read_row(json: &str) -> Row {
    let written: WrittenRow<'_> = match serde_json::from_str(json) {
        Ok(written) => written,
        Err(error) => {
            return Row::Malformed {
                place: "a row".into(),
                why: without_position(&error),
            };
        }
    };
    let known = match written.entity.as_str() {
        "particle" => read(&written).map(Incoming::Particle),
        "project" => read(&written).map(Incoming::Project),
        "intention" => read(&written).map(Incoming::Intention),
        "setting" => read(&written).map(Incoming::Setting),
        _ => return Row::Unknown,
    };
    known.map_or_else(
        |why| Row::Malformed {
            place: format!("{} {}", written.entity, written.id),
            why,
        },
        Row::Known,
    )
}

fn read<R: Travels>(written: &WrittenRow<'_>) -> Result<Stamped<R, R::Field>, String> {
    let wire = serde_json::from_str(written.fields.get()).map_err(|e| without_position(&e))?;
    Ok(Stamped {
        row: R::from_wire(&written.id, wire)?,
        stamps: read_stamps(&written.stamps)?,
    })
}

/// The stamps of the fields that this version knows; an error when one is missing. `*` stands for all
/// fields but `deleted` that have none of their own.
fn read_stamps<F: Field>(written: &BTreeMap<String, String>) -> Result<Stamps<F>, String> {
    let mut stamps = Stamps::new();
    for field in F::ALL {
        let name = name(*field).map_err(|error| error.to_string())?;
        let star = || {
            written
                .get(ALL_BUT_DELETED)
                .filter(|_| *field != F::DELETED)
        };
        let text = written.get(&name).or_else(star);
        let text = text.ok_or_else(|| format!("{name} has no stamp"))?;
        let stamp = text.parse().map_err(|error| format!("{error}"))?;
        stamps.insert(*field, stamp);
    }
    Ok(stamps)
}

/// The line and column within a row help nobody, and its text is a person's own.
fn without_position(error: &serde_json::Error) -> String {
    let told = error.to_string();
    told.rfind(" at line ")
        .map_or(told.clone(), |end| told[..end].into())
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the form that serde asks for"
)]
fn as_text<S: serde::Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(number)
}

fn possible_moment<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let millis = i64::deserialize(from)?;
    if (0..=MOMENT_MAX_MS).contains(&millis) {
        return Ok(millis);
    }
    Err(D::Error::custom("no clock shows that time"))
}

fn from_text<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(D::Error::custom)
}

#[cfg(test)]
mod tests;
