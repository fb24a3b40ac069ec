//! Everything that is kept, as of one moment: a page at a time, whatever is written meanwhile.

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, Transaction};

use super::rows::{Synced, value};
use super::{Store, StoreError};
use crate::change::{IntentionField, ParticleField, ProjectField, SettingField, Stamped};
use crate::model::{
    Intention, IntentionId, Particle, ParticleId, Project, ProjectId, Setting, SettingKey,
};

/// How many rows one page holds.
const PAGE_ROWS: u32 = 500;

/// A read transaction.
pub struct Snapshot(Transaction<'static, Sqlite>);

impl Store {
    /// Everything as of now, deleted rows included. Writers go on beside it.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot(self.pool.begin().await?))
    }
}

impl Snapshot {
    /// The next particles by id after this one; none when that was all.
    pub async fn particles(
        &mut self,
        after: Option<ParticleId>,
    ) -> Result<Vec<Stamped<Particle, ParticleField>>, StoreError> {
        self.page(after).await
    }

    /// The next projects by id after this one; none when that was all.
    pub async fn projects(
        &mut self,
        after: Option<ProjectId>,
    ) -> Result<Vec<Stamped<Project, ProjectField>>, StoreError> {
        self.page(after).await
    }

    /// The next intentions by day after this one; none when that was all.
    pub async fn intentions(
        &mut self,
        after: Option<IntentionId>,
    ) -> Result<Vec<Stamped<Intention, IntentionField>>, StoreError> {
        self.page(after).await
    }

    /// The next settings by name after this one; none when that was all.
    pub async fn settings(
        &mut self,
        after: Option<SettingKey>,
    ) -> Result<Vec<Stamped<Setting, SettingField>>, StoreError> {
        self.page(after).await
    }

    /// Where the statements of this transaction run.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }

    async fn page<R: Synced>(
        &mut self,
        after: Option<R::Id>,
    ) -> Result<Vec<Stamped<R, R::Field>>, StoreError> {
        let mut query = QueryBuilder::new("select ");
        query
            .push(R::COLUMNS)
            .push(", deleted, stamps from ")
            .push(R::TABLE);
        if let Some(after) = after {
            query.push(" where id > ").push_bind(after.to_string());
        }
        query.push(" order by id limit ").push_bind(PAGE_ROWS);
        let rows = query.build().fetch_all(self.connection()).await?;
        let stamped = |row| {
            Ok(Stamped {
                // What was said of it, not what a later edit made of that.
                row: R::read(row)?.with_deleted(row.try_get("deleted")?),
                stamps: value(row, "stamps", |text| serde_json::from_str(text).ok())?,
            })
        };
        rows.iter().map(stamped).collect()
    }
}
