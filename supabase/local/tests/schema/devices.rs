//! A device as the client will be, as far as the server can tell: it keeps rows with a stamp for each
//! field, sends what it has changed, and takes what is newer.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

use crate::chance::{random_entity, random_fields, random_id, random_value};
use crate::compare::shown_row;
use crate::declared::Entity;
use crate::model::{Key, Stamped};
use crate::wire::{Request, cursor, epoch, rows};

type Fields = BTreeMap<String, Stamped>;

/// What a device has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Device {
    pub(crate) rows: BTreeMap<Key, Fields>,
    waiting: BTreeMap<Key, BTreeSet<String>>,
    cursor: u64,
    epoch: Option<String>,
    tag: u32,
    latest: String,
}

impl Device {
    /// A new one, whose stamps are told from others by the tag.
    pub(crate) fn new(tag: u32) -> Self {
        Self {
            tag,
            ..Self::default()
        }
    }

    /// Whether everything was sent.
    pub(crate) fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Makes a row, or changes one or some fields of one; deletions and restores among them.
    pub(crate) fn edit(&mut self, rng: &mut StdRng, now_ms: i64) {
        let entity = random_entity(rng);
        let key = (entity.name.to_owned(), random_id(rng, entity));
        let stamp = self.tick(now_ms);
        let mut values = random_fields(rng, entity);
        if self.rows.contains_key(&key) {
            let kept = entity.fields[rng.random_range(0..entity.fields.len())].name;
            values.retain(|name, _| name == kept || rng.random_bool(0.2));
            values.insert(kept.to_owned(), random_value(rng, kept));
        }
        let waiting = self.waiting.entry(key.clone()).or_default();
        let row = self.rows.entry(key).or_default();
        for (name, value) in values {
            waiting.insert(name.clone());
            let stamp = stamp.clone();
            row.insert(name, Stamped { value, stamp });
        }
    }

    /// What waits, or a part of it.
    pub(crate) fn request(&self, rng: &mut StdRng) -> Request {
        let mut changes = Vec::new();
        for ((name, id), waiting) in &self.waiting {
            if rng.random_bool(0.9) {
                let row = &self.rows[&(name.clone(), id.clone())];
                changes.push(change(
                    rng,
                    name,
                    id,
                    waiting.iter().map(|field| (field, &row[field])),
                ));
            }
        }
        Request {
            epoch: self.epoch.clone(),
            since: self.cursor,
            limit: if rng.random_bool(0.5) {
                rng.random_range(1..6)
            } else {
                1000
            },
            changes,
        }
    }

    /// Takes an answer in.
    pub(crate) fn receive(&mut self, request: &Request, answer: &Value) {
        self.epoch = epoch(answer);
        if answer["reset"] == true {
            self.cursor = 0;
            for (key, fields) in &self.rows {
                self.waiting
                    .insert(key.clone(), fields.keys().cloned().collect());
            }
            return;
        }
        for sent in &request.changes {
            self.settle(sent);
        }
        for shown in rows(answer) {
            let (key, theirs) = shown_row(shown);
            let is_in_page = request.since < theirs.version && theirs.version <= cursor(answer);
            assert!(is_in_page, "a row from beyond the cursor: {shown}");
            let mine = self.rows.entry(key.clone()).or_default();
            for (name, field) in theirs.fields {
                self.latest = self.latest.clone().max(field.stamp.clone());
                if mine.get(&name).is_none_or(|kept| field.stamp > kept.stamp) {
                    if let Some(waiting) = self.waiting.get_mut(&key) {
                        waiting.remove(&name);
                    }
                    mine.insert(name, field);
                }
            }
        }
        self.waiting.retain(|_, fields| !fields.is_empty());
        self.cursor = cursor(answer);
    }

    // A field edited since it was sent goes on waiting.
    fn settle(&mut self, sent: &Value) {
        let key = (
            sent["entity"].as_str().unwrap().to_owned(),
            sent["id"].as_str().unwrap().to_owned(),
        );
        let Some(waiting) = self.waiting.get_mut(&key) else {
            return;
        };
        let row = &self.rows[&key];
        let stamps = &sent["stamps"];
        waiting.retain(|name| {
            let is_sent = sent["fields"].get(name).is_some();
            let star = &stamps["*"];
            let stamp = stamps.get(name).unwrap_or(star);
            !is_sent || row[name].stamp != *stamp
        });
    }

    fn tick(&mut self, now_ms: i64) -> String {
        let tick = |prefix: u64| format!("{prefix:016x}{:08x}", self.tag);
        let now = u64::try_from(now_ms).unwrap() << 16;
        let last = self
            .latest
            .get(..16)
            .map_or(0, |prefix| u64::from_str_radix(prefix, 16).unwrap());
        self.latest = tick(now.max(last + 1));
        self.latest.clone()
    }
}

fn change<'a>(
    rng: &mut StdRng,
    name: &str,
    id: &str,
    fields: impl Iterator<Item = (&'a String, &'a Stamped)>,
) -> Value {
    let (mut values, mut stamps) = (Map::new(), Map::new());
    for (name, field) in fields {
        values.insert(name.clone(), field.value.clone());
        stamps.insert(name.clone(), json!(field.stamp));
    }
    let starred = Entity::named(name)
        .unwrap()
        .fields
        .iter()
        .filter(|field| field.is_starred());
    let starred: Vec<_> = starred.map(|field| field.name).collect();
    if starred.iter().all(|name| stamps.contains_key(*name)) && rng.random_bool(0.7) {
        let star = stamps[starred[0]].clone();
        stamps.retain(|name, stamp| name == "deleted" || *stamp != star);
        stamps.insert("*".to_owned(), star);
    }
    json!({"entity": name, "id": id, "fields": values, "stamps": stamps})
}
