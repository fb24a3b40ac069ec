//! The server as it should be, for one person: small enough to be seen to be right.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::declared::Entity;
use crate::wire::Request;

/// How far a stamp may be ahead of the server's clock.
const AHEAD_MS_MAX: i64 = 5 * 60 * 1000;

/// Entity and id.
pub(crate) type Key = (String, String);

/// What is kept for a person.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Person {
    pub(crate) rows: BTreeMap<Key, Row>,
    pub(crate) counter: u64,
}

/// A row, by its fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) fields: BTreeMap<String, Stamped>,
    pub(crate) version: u64,
}

/// A value with its effective stamp.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stamped {
    pub(crate) value: Value,
    pub(crate) stamp: String,
}

/// What a request has to be answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) rows: Vec<(Key, Row)>,
    pub(crate) cursor: u64,
    pub(crate) more: bool,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    Applied,
    Clock,
    Incomplete,
    Refused(&'static str),
}

impl Person {
    /// Merges and answers. A reset shows no rows and begins at 0.
    pub(crate) fn exchange(&mut self, request: &Request, now_ms: i64, is_reset: bool) -> Answer {
        let ahead = format!("{:012x}{}", now_ms + AHEAD_MS_MAX, "f".repeat(12));
        let clock_limit = ahead.max(self.latest_stamp());
        let base = self.counter;
        let mut known = Vec::new();
        let mut verdicts = Vec::new();
        for (version, change) in (base + 1..).zip(&request.changes) {
            let verdict = match self.merge(change, version, &clock_limit) {
                Ok(Merged::AsBefore) => Verdict::Applied,
                Ok(Merged::Altered {
                    key,
                    before,
                    is_whole,
                }) => {
                    self.counter = version;
                    if is_whole && before <= request.since {
                        known.push((key, version));
                    }
                    Verdict::Applied
                }
                Err(verdict) => verdict,
            };
            verdicts.push(verdict);
        }
        if is_reset {
            return Answer {
                verdicts,
                rows: Vec::new(),
                cursor: 0,
                more: false,
            };
        }
        let (rows, more) = self.page(request, &known);
        let cursor = match rows.last() {
            Some((_, row)) if more => row.version,
            _ => self.counter,
        };
        Answer {
            verdicts,
            rows,
            cursor,
            more,
        }
    }

    /// The greatest stamp of all.
    pub(crate) fn latest_stamp(&self) -> String {
        let fields = self.rows.values().flat_map(|row| row.fields.values());
        fields
            .map(|field| field.stamp.clone())
            .max()
            .unwrap_or_default()
    }

    fn page(&self, request: &Request, known: &[(Key, u64)]) -> (Vec<(Key, Row)>, bool) {
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .filter(|(_, row)| row.version > request.since)
            .filter(|(key, row)| !known.contains(&((*key).clone(), row.version)))
            .map(|(key, row)| (key.clone(), row.clone()))
            .collect();
        rows.sort_by_key(|(_, row)| row.version);
        let size = usize::try_from(request.limit.clamp(1, 1000)).unwrap();
        let more = rows.len() > size;
        rows.truncate(size);
        (rows, more)
    }

    fn merge(
        &mut self,
        change: &Value,
        version: u64,
        clock_limit: &str,
    ) -> Result<Merged, Verdict> {
        let (entity, key, sent) = read(change).map_err(Verdict::Refused)?;
        if sent
            .values()
            .any(|field| field.stamp.as_str() > clock_limit)
        {
            return Err(Verdict::Clock);
        }
        let stored = self.rows.get(&key);
        if stored.is_none() && sent.len() < entity.fields.len() {
            return Err(Verdict::Incomplete);
        }

        let mut merged = stored.cloned().unwrap_or_default();
        let mut broken: Vec<_> = match stored {
            None if !(entity.is_id)(&key.1) => vec![entity.id_check],
            _ => Vec::new(),
        };
        let mut altered = 0;
        for (name, field) in &sent {
            if merged
                .fields
                .get(name)
                .is_none_or(|kept| field.stamp > kept.stamp)
            {
                broken.extend((entity.field(name).unwrap().broken)(&field.value));
                merged.fields.insert(name.clone(), field.clone());
                altered += 1;
            }
        }
        // PostgreSQL looks at the checks by name.
        if let Some(check) = broken.iter().min() {
            return Err(Verdict::Refused(check));
        }
        if altered == 0 {
            return Ok(Merged::AsBefore);
        }
        let before = merged.version;
        merged.version = version;
        self.rows.insert(key.clone(), merged);
        Ok(Merged::Altered {
            key,
            before,
            is_whole: altered == sent.len(),
        })
    }
}

enum Merged {
    /// Nothing in it was newer.
    AsBefore,
    /// The row has a new version.
    Altered {
        key: Key,
        /// The version before, 0 of a new row.
        before: u64,
        /// Whether all that was sent was stored.
        is_whole: bool,
    },
}

type Sent = BTreeMap<String, Stamped>;

fn read(change: &Value) -> Result<(&'static Entity, Key, Sent), &'static str> {
    let name = change["entity"].as_str().ok_or("malformed")?;
    let entity = Entity::named(name).ok_or("unknown_entity")?;
    let id = change["id"].as_str().ok_or("malformed")?;
    let fields = change["fields"].as_object().ok_or("malformed")?;
    let stamps = change["stamps"].as_object().ok_or("malformed")?;

    let is_known = |name: &String| entity.field(name).is_some();
    if !fields.keys().all(is_known) || !stamps.keys().all(|name| name == "*" || is_known(name)) {
        return Err("unknown_field");
    }
    if !stamps.values().all(is_stamp) {
        return Err("invalid_stamp");
    }
    let sent = pair(entity, fields, stamps).ok_or("stamps_mismatch")?;
    let fits =
        |(name, field): (&String, &Stamped)| (entity.field(name).unwrap().fits)(&field.value);
    if !sent.iter().all(fits) {
        return Err("wrong_type");
    }
    Ok((entity, (name.to_owned(), id.to_owned()), sent))
}

/// Each field with its effective stamp; `None` where one stands without the other.
pub(crate) fn pair(
    entity: &Entity,
    fields: &Map<String, Value>,
    stamps: &Map<String, Value>,
) -> Option<Sent> {
    let mut sent = Sent::new();
    for field in entity.fields {
        let star = stamps.get("*").filter(|_| field.is_starred());
        let stamp = stamps.get(field.name).or(star);
        match (fields.get(field.name), stamp) {
            (Some(value), Some(stamp)) => {
                let stamp = stamp.as_str()?.to_owned();
                let value = canonical(field.name, value);
                sent.insert(field.name.to_owned(), Stamped { value, stamp });
            }
            (None, None) => {}
            _ => return None,
        }
    }
    Some(sent)
}

// The one number that is no whole number: 1 and 1.0 are the same brightness.
fn canonical(field: &str, value: &Value) -> Value {
    match value.as_f64() {
        Some(number) if field == "brightness" => json!(number),
        _ => value.clone(),
    }
}

fn is_stamp(stamp: &Value) -> bool {
    stamp.as_str().is_some_and(|text| {
        text.len() == 24
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}
