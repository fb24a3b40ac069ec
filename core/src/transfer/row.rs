//! One row of an export, as it is written and as it is read back.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::value::{Error as KeyError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;

use super::Skipped;
use crate::change::{Entity, Field, Incoming, Stamp, Stamped, Stamps};
use crate::model::{Particle, Setting};

/// The longest value of a setting, as on the server.
const SETTING_BYTES_MAX: usize = 4096;
/// How deep the value of a setting may go, as on the server.
const SETTING_DEPTH_MAX: usize = 63;
/// The greatest number in a setting, as on the server.
const NUMBER_MAX: f64 = 1e30;

/// What stands at a place of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A row.
    Row(Incoming),
    /// Something that is none.
    Skipped(Skipped),
}

/// A row with stamps of any names: a later version may have more fields.
#[derive(Deserialize)]
struct Written<R> {
    #[serde(flatten)]
    row: R,
    stamps: BTreeMap<String, String>,
}

/// The row of `entity` in a piece of JSON, or why it is none.
pub(super) fn parse(entity: Entity, json: &str) -> Result<Incoming, String> {
    Ok(match entity {
        Entity::Particle => Incoming::Particle(particle(stamped(json)?)?),
        Entity::Project => Incoming::Project(stamped(json)?),
        Entity::Intention => Incoming::Intention(stamped(json)?),
        Entity::Setting => Incoming::Setting(setting(stamped(json)?)?),
    })
}

/// A particle whose time is possible.
pub(super) fn particle<F: Field>(
    particle: Stamped<Particle, F>,
) -> Result<Stamped<Particle, F>, String> {
    let checked = particle.row.time.check();
    checked.map_err(|error| error.to_string())?;
    Ok(particle)
}

/// A setting that every device and the server can keep, of this version or another.
fn setting<F: Field>(setting: Stamped<Setting, F>) -> Result<Stamped<Setting, F>, String> {
    let value = &setting.row.value;
    if value.to_string().len() > SETTING_BYTES_MAX {
        return Err(format!(
            "its value is longer than {SETTING_BYTES_MAX} bytes"
        ));
    }
    if !is_portable(value, SETTING_DEPTH_MAX) {
        return Err("its value cannot be kept everywhere".into());
    }
    Ok(setting)
}

/// Whether the server can keep it, too: not too deep, no giant numbers, no U+0000.
fn is_portable(value: &Value, depth: usize) -> bool {
    let is_text = |text: &str| !text.contains('\0');
    match value {
        _ if depth == 0 => false,
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => number.as_f64().is_some_and(|n| n.abs() <= NUMBER_MAX),
        Value::String(text) => is_text(text),
        Value::Array(items) => items.iter().all(|item| is_portable(item, depth - 1)),
        Value::Object(fields) => fields
            .iter()
            .all(|(name, field)| is_text(name) && is_portable(field, depth - 1)),
    }
}

fn stamped<R: DeserializeOwned, F: Field>(json: &str) -> Result<Stamped<R, F>, String> {
    let Written { row, stamps } = serde_json::from_str(json).map_err(|e| without_position(&e))?;
    let stamps = known_stamps(&stamps)?;
    Ok(Stamped { row, stamps })
}

/// The stamps of the fields that this version knows; an error when one is missing.
pub(super) fn known_stamps<F: Field>(
    written: &BTreeMap<String, String>,
) -> Result<Stamps<F>, String> {
    let mut stamps = Stamps::new();
    for (name, text) in written {
        let name: StrDeserializer<'_, KeyError> = name.as_str().into_deserializer();
        if let Ok(field) = F::deserialize(name) {
            let stamp: Stamp = text.parse().map_err(|error| format!("{error}"))?;
            stamps.insert(field, stamp);
        }
    }
    if F::ALL.iter().all(|field| stamps.contains_key(field)) {
        Ok(stamps)
    } else {
        Err("not every field has a stamp".into())
    }
}

/// The line and column within a row help nobody: the place of the row is told.
fn without_position(error: &serde_json::Error) -> String {
    let told = error.to_string();
    match told.rfind(" at line ") {
        Some(end) => told[..end].into(),
        None => told,
    }
}
