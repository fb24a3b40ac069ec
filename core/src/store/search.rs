//! What a search looks at. The triggers of the schema gather the folded task of every particle by time, so
//! that a search looks only at times which have its words. Where a filter lets so few particles through that
//! looking at each of them is cheaper than looking at all times, a search does that instead. Here is also
//! folded what an older version kept.

use sqlx::{QueryBuilder, Row, Sqlite, SqlitePool};

use super::listing::{Kinds, ParticleFilter};
use super::{Store, StoreError};
use crate::model::{Assignment, ProjectId, folded};

/// So many are read at once.
const FOLDED_AT_ONCE: u32 = 1000;

/// So few particles are looked at one by one.
pub(super) const FEW: u32 = 2000;

/// Particles that have an index to themselves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Group {
    /// Those that are deleted.
    Deleted,
    /// Those of a project.
    Project(ProjectId),
    /// Those of no project.
    NoProject,
    /// Breaks with a task, which are rare.
    Breaks,
}

/// Of no project, or of one that is deleted or has not arrived.
pub(super) const WITHOUT_PROJECT: &str =
    "(project_id is null or project_id not in (select id from projects where is_deleted = 0))";

/// The ids of the kept particles of [`WITHOUT_PROJECT`] that have a task. Those of a project that is gone are found by
/// jumps from project to project in their index: asking each particle would take as long as the history is.
pub(super) const IDS_WITHOUT_PROJECT: &str =
    "select id from particles indexed by particles_without_project
      where is_deleted = 0 and project_id is null and task_folded <> ''
    union all
    select id from particles indexed by particles_kept_by_project
      where is_deleted = 0 and project_id in (
        with recursive named (id) as (
          select min(project_id) from particles indexed by particles_kept_by_project
            where is_deleted = 0
          union all
          select (
            select min(project_id) from particles indexed by particles_kept_by_project
              where is_deleted = 0 and project_id > named.id
          ) from named where named.id is not null
        )
        select id from named where id is not null
          and id not in (select id from projects where is_deleted = 0)
      )";

impl Group {
    /// The groups in which everything stands that `filter` lets through.
    fn around(filter: &ParticleFilter) -> Vec<Self> {
        if filter.deleted_since.is_some() {
            return vec![Self::Deleted];
        }
        let mut groups = Vec::new();
        match filter.project {
            Some(Assignment::Project(id)) => groups.push(Self::Project(id)),
            Some(Assignment::Nothing) => groups.push(Self::NoProject),
            None => {}
        }
        if filter.kinds == Kinds::Break {
            groups.push(Self::Breaks);
        }
        groups
    }

    /// Its index; nothing where its particles are found by their ids.
    pub(super) fn index(self) -> Option<&'static str> {
        match self {
            Self::Deleted => Some("particles_deleted"),
            Self::Project(_) => Some("particles_kept_by_project"),
            Self::NoProject => None,
            Self::Breaks => Some("particles_breaks"),
        }
    }

    /// A query of its particles.
    fn push_to(self, query: &mut QueryBuilder<Sqlite>) {
        let Some(index) = self.index() else {
            query.push(IDS_WITHOUT_PROJECT);
            return;
        };
        query
            .push("select 1 from particles indexed by ")
            .push(index);
        match self {
            Self::Deleted => query.push(" where is_deleted = 1"),
            Self::Project(id) => query
                .push(" where is_deleted = 0 and project_id = ")
                .push_bind(id.to_string()),
            Self::Breaks | Self::NoProject => {
                query.push(" where is_deleted = 0 and kind <> 'focus' and task_folded <> ''")
            }
        };
    }
}

impl Store {
    /// The group that is searched one by one for what `filter` lets through, if one is so small.
    pub(super) async fn few(&self, filter: &ParticleFilter) -> Result<Option<Group>, StoreError> {
        for group in Group::around(filter) {
            let mut query = QueryBuilder::new("select count(*) from (");
            group.push_to(&mut query);
            query.push(" limit ").push_bind(FEW + 1).push(")");
            let count: u32 = query.build_query_scalar().fetch_one(&self.pool).await?;
            if count <= FEW {
                return Ok(Some(group));
            }
        }
        Ok(None)
    }
}

/// Folds every task that was kept without, as one transaction. An index makes it cheap when there is none.
pub(super) async fn fold_tasks(pool: &SqlitePool) -> Result<(), StoreError> {
    let unfolded = "select id, task from particles where task_folded is null limit ?";
    let found = sqlx::query(unfolded).bind(1).fetch_optional(pool).await?;
    if found.is_none() {
        return Ok(());
    }
    let mut transaction = pool.begin_with("begin immediate").await?;
    loop {
        let page = sqlx::query(unfolded)
            .bind(FOLDED_AT_ONCE)
            .fetch_all(&mut *transaction)
            .await?;
        for row in &page {
            let (id, task): (String, String) = (row.try_get("id")?, row.try_get("task")?);
            sqlx::query("update particles set task_folded = ? where id = ?")
                .bind(folded(&task))
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        if page.is_empty() {
            break;
        }
    }
    Ok(transaction.commit().await?)
}
