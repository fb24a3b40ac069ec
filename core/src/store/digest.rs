//! What two devices that agree have in common: how many rows there are of each entity, and a hash of
//! them with their stamps, by the month in which they began (UTC) or that they are for.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{QueryBuilder, Row};

use super::rows::{Synced, value};
use super::{Snapshot, StoreError};
use crate::change::{Entity, Field};
use crate::model::{Intention, Particle, Project, Setting};

/// So many rows are read at once.
const ROWS_AT_ONCE: u32 = 5000;

/// How many rows an entity has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Those that are not deleted.
    pub kept: u32,
    /// Those that are.
    pub deleted: u32,
}

/// The hash of all rows, or of those of each month, like 2026-03.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum RowsDigest {
    /// Of an entity without a date.
    All(String),
    /// Of one with a date.
    ByMonth(BTreeMap<String, String>),
}

/// What is hashed of an entity.
struct Hashed {
    entity: Entity,
    table: &'static str,
    /// Every column that travels, but id and stamps.
    columns: &'static str,
    /// The month of a row, if it has one.
    month: Option<&'static str>,
}

/// Every entity that is synced.
const HASHED: &[Hashed] = &[
    Hashed {
        entity: <Particle as Synced>::Field::ENTITY,
        table: Particle::TABLE,
        columns: "kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds, \
                  utc_offset_minutes, task, project_id, preset, deleted",
        month: Some("strftime('%Y-%m', started_at / 1000, 'unixepoch')"),
    },
    Hashed {
        entity: <Project as Synced>::Field::ENTITY,
        table: Project::TABLE,
        columns: "name, brightness, archived, deleted",
        month: None,
    },
    Hashed {
        entity: <Intention as Synced>::Field::ENTITY,
        table: Intention::TABLE,
        columns: "text, status, project_id, deleted",
        month: Some("substr(id, 1, 7)"),
    },
    Hashed {
        entity: <Setting as Synced>::Field::ENTITY,
        table: Setting::TABLE,
        columns: "value, deleted",
        month: None,
    },
];

impl Snapshot {
    /// How many rows each entity has.
    pub async fn count_rows(&mut self) -> Result<BTreeMap<&'static str, Count>, StoreError> {
        let mut counts = BTreeMap::new();
        for hashed in HASHED {
            let mut query = QueryBuilder::new(
                "select count(*) filter (where is_deleted = 0),
                        count(*) filter (where is_deleted = 1) from ",
            );
            query.push(hashed.table);
            let row = query.build().fetch_one(self.connection()).await?;
            let count = Count {
                kept: row.try_get(0)?,
                deleted: row.try_get(1)?,
            };
            counts.insert(hashed.entity.as_str(), count);
        }
        Ok(counts)
    }

    /// The hash of every entity. It does not depend on the order in which rows were stored.
    pub async fn digest(&mut self) -> Result<BTreeMap<&'static str, RowsDigest>, StoreError> {
        let mut digests = BTreeMap::new();
        for hashed in HASHED {
            let months = self.hash(hashed).await?;
            let hex = |hash: Sha256| {
                let bytes = hash.finalize();
                bytes
                    .iter()
                    .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
            };
            let mut months = months.into_iter().map(|(month, hash)| (month, hex(hash)));
            let digest = match hashed.month {
                Some(_) => RowsDigest::ByMonth(months.collect()),
                None => RowsDigest::All(months.next().map_or(hex(Sha256::new()), |(_, hash)| hash)),
            };
            digests.insert(hashed.entity.as_str(), digest);
        }
        Ok(digests)
    }

    /// A hash a month. Rows come in the order of their ids, so each hash has its own in that order.
    async fn hash(&mut self, hashed: &Hashed) -> Result<BTreeMap<String, Sha256>, StoreError> {
        let mut months: BTreeMap<String, Sha256> = BTreeMap::new();
        let mut last = String::new();
        loop {
            let mut query = QueryBuilder::new("select id, stamps, json_array(id, ");
            query
                .push(hashed.columns)
                .push(") as row, ")
                .push(hashed.month.unwrap_or("''"))
                .push(" as month from ")
                .push(hashed.table)
                .push(" where id > ")
                .push_bind(last.clone())
                .push(" order by id limit ")
                .push_bind(ROWS_AT_ONCE);
            let rows = query.build().fetch_all(self.connection()).await?;
            for row in &rows {
                let parse =
                    |text: &str| serde_json::from_str::<BTreeMap<String, String>>(text).ok();
                let stamps = value(row, "stamps", parse)?;
                let hash = months.entry(row.try_get("month")?).or_default();
                hash.update(row.try_get::<String, _>("row")?);
                for (field, stamp) in stamps {
                    hash.update(format!("\n{field} {stamp}"));
                }
                hash.update("\n\n");
            }
            match rows.last() {
                Some(row) => last = row.try_get("id")?,
                None => return Ok(months),
            }
        }
    }
}
