//! The server in memory: what the functions in `supabase/migrations` promise, for one person.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use particle_core::change::wire::{Change, Request};
use particle_core::change::{
    Entity, Field, IntentionField, ParticleField, ProjectField, SettingField, Stamp,
};
use serde_json::{Map, Value, json};

/// How far a stamp may be ahead.
const AHEAD_MAX: TimeDelta = TimeDelta::minutes(5);
/// A text that no server takes, so that a change is refused.
pub(crate) const POISON: &str = "poison";

/// What is kept for a person.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) rows: BTreeMap<(Entity, String), Kept>,
    pub(crate) version: u64,
    pub(crate) epoch: u64,
    /// Epochs begun by any life of this server.
    epochs: u64,
    /// The most rows of an answer.
    pub(crate) page_max: usize,
    latest: Option<Stamp>,
}

#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) fields: Map<String, Value>,
    pub(crate) stamps: BTreeMap<String, Stamp>,
    pub(crate) version: u64,
}

/// What a merge of one change came to.
struct Merged {
    verdict: Value,
    /// The version it made, if it altered something, and whether the sender has all of it.
    altered: Option<(u64, bool)>,
}

impl Server {
    /// One that has nothing, and gives so many rows at once.
    pub(crate) fn new(page_max: usize) -> Self {
        Self {
            rows: BTreeMap::new(),
            version: 0,
            epoch: 0,
            epochs: 0,
            page_max,
            latest: None,
        }
    }

    /// Answers a request as the shipped functions do.
    pub(crate) fn exchange(&mut self, request: &Request, now: DateTime<Utc>) -> Value {
        let epoch = request.epoch.as_deref();
        if request.since > self.version && epoch == Some(&*self.epoch.to_string()) {
            self.begin_new_epoch();
        }
        let is_known = epoch == Some(&*self.epoch.to_string());
        let is_reset = !is_known && (request.since > 0 || epoch.is_some());

        let believable = Stamp::last_at(now + AHEAD_MAX).max(self.latest.unwrap_or(Stamp::ZERO));
        let base = self.version;
        let mut known = BTreeSet::new();
        let mut verdicts = Vec::new();
        for (place, change) in (1..).zip(&request.changes) {
            let merged = self.merge(change, base + place, believable, request.since);
            verdicts.push(merged.verdict);
            if let Some((version, is_whole)) = merged.altered {
                self.version = version;
                if is_whole {
                    known.insert(version);
                }
            }
        }
        let (rows, more) = if is_reset {
            (Vec::new(), false)
        } else {
            self.page(request.since, &known, request.limit.min(self.page_max))
        };
        let cursor = match rows.last() {
            _ if is_reset => 0,
            Some((version, _)) if more => *version,
            _ => self.version,
        };
        let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
        json!({
            "protocol": 1, "schema": 1, "epoch": self.epoch.to_string(),
            "server_time": now.timestamp_millis(), "reset": is_reset,
            "verdicts": verdicts, "rows": rows, "cursor": cursor.to_string(), "more": more,
        })
    }

    /// Goes back to an earlier state of itself, as an operator does who restores a backup without saying
    /// so. Epochs given since are never given again.
    pub(crate) fn restore(&mut self, backup: Self) {
        let epochs = self.epochs;
        *self = backup;
        self.epochs = epochs;
    }

    /// What an operator does after a backup was restored.
    pub(crate) fn begin_new_epoch(&mut self) {
        self.epochs += 1;
        self.epoch = self.epochs;
    }

    fn merge(&mut self, change: &Change, version: u64, believable: Stamp, since: u64) -> Merged {
        let judged = |status: &str, code: Option<&str>| {
            let mut verdict = json!({"entity": change.entity, "id": change.id, "status": status});
            if let Some(code) = code {
                verdict["code"] = json!(code);
            }
            verdict
        };
        let settled = |status, code| Merged {
            verdict: judged(status, code),
            altered: None,
        };
        let stamps = spread(change);
        if stamps
            .values()
            .max()
            .is_some_and(|stamp| *stamp > believable)
        {
            return settled("clock", None);
        }
        let key = (change.entity, change.id.clone());
        let all = fields(change.entity);
        let is_new = !self.rows.contains_key(&key);
        if is_new && !all.iter().all(|field| change.fields.contains_key(field)) {
            return settled("incomplete", None);
        }
        if change
            .fields
            .values()
            .any(|value| value.to_string().contains(POISON))
        {
            return settled("refused", Some("poisoned"));
        }
        let kept = self.rows.entry(key).or_insert_with(|| Kept {
            fields: Map::new(),
            stamps: BTreeMap::new(),
            version: 0,
        });
        let is_newer = |field: &&String| Some(&stamps[*field]) > kept.stamps.get(*field);
        let wins: Vec<String> = change.fields.keys().filter(is_newer).cloned().collect();
        if wins.is_empty() {
            return settled("applied", None);
        }
        let is_whole = wins.len() == change.fields.len() && kept.version <= since;
        for field in wins {
            self.latest = self.latest.max(Some(stamps[&field]));
            kept.fields
                .insert(field.clone(), change.fields[&field].clone());
            kept.stamps.insert(field.clone(), stamps[&field]);
        }
        kept.version = version;
        Merged {
            verdict: judged("applied", None),
            altered: Some((version, is_whole)),
        }
    }

    /// The rows after `since` in the order of their versions, and whether there are more.
    fn page(&self, since: u64, known: &BTreeSet<u64>, limit: usize) -> (Vec<(u64, Value)>, bool) {
        let mut newer: Vec<_> = self
            .rows
            .iter()
            .filter(|(_, row)| row.version > since && !known.contains(&row.version))
            .collect();
        newer.sort_by_key(|(_, row)| row.version);
        let more = newer.len() > limit;
        let page = newer.into_iter().take(limit).map(|((entity, id), row)| {
            let shown = json!({"entity": entity, "id": id, "version": row.version.to_string(),
                               "fields": row.fields, "stamps": row.stamps});
            (row.version, shown)
        });
        (page.collect(), more)
    }
}

/// The stamp of each sent field.
fn spread(change: &Change) -> BTreeMap<String, Stamp> {
    let shared = change.stamps.get("*");
    let stamp = |field: &String| change.stamps.get(field).or(shared).copied();
    let fields = change.fields.keys();
    fields
        .map(|field| (field.clone(), stamp(field).expect("a stamp for each field")))
        .collect()
}

fn fields(entity: Entity) -> Vec<String> {
    fn names<F: Field>() -> Vec<String> {
        let name = |field| serde_json::to_value(field).expect("a name");
        let names = F::ALL.iter().map(name);
        names
            .map(|name| name.as_str().expect("a text").to_owned())
            .collect()
    }
    match entity {
        Entity::Particle => names::<ParticleField>(),
        Entity::Project => names::<ProjectField>(),
        Entity::Intention => names::<IntentionField>(),
        Entity::Setting => names::<SettingField>(),
    }
}
