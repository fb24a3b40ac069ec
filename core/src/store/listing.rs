//! Lists of particles: newest first, a page at a time.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Sqlite};

use super::particles::{DELETED, KEPT};
use super::rows::{RESTORABLE_FOR, Synced};
use super::search::{Group, IDS_WITHOUT_PROJECT, WITHOUT_PROJECT};
use super::statistics::OFFSET_MILLIS_MAX;
use super::{Store, StoreError};
use crate::change::Stamp;
use crate::model::{Assignment, DayBoundary, Days, Particle, ParticleId, Task, folded};

/// The most particles that one list holds; [`ParticleFilter::below`] goes on from there.
pub const PAGE_ROWS_MAX: u32 = 1000;

/// Which particles to list. The default lists the newest focuses that are not deleted.
#[derive(Debug, Clone, Default)]
pub struct ParticleFilter {
    /// Focuses, breaks or both.
    pub kinds: Kinds,
    /// Begun when the wall where they were lived showed this or later.
    pub from: Option<NaiveDateTime>,
    /// Begun before that wall showed this.
    pub until: Option<NaiveDateTime>,
    /// Of this project. `Nothing`: of none, or of one that is deleted or has not arrived.
    pub project: Option<Assignment>,
    /// A part of the task; letters of either case, in any script.
    pub search: Option<String>,
    /// Those that were deleted at this moment or later, instead of those that are not.
    pub deleted_since: Option<DateTime<Utc>>,
    /// At most so many, and at most [`PAGE_ROWS_MAX`].
    pub limit: Option<u32>,
    /// Only those that stand below this place of the list.
    pub below: Option<Cursor>,
}

/// Which kinds of particle to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Kinds {
    /// Focuses only.
    #[default]
    Focus,
    /// Breaks only, short and long.
    Break,
    /// Everything.
    All,
}

/// A place in a list: below this particle, whether it is still there or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Cursor {
    /// When the particle above began.
    pub started_at: DateTime<Utc>,
    /// Which it is.
    pub id: ParticleId,
}

impl ParticleFilter {
    /// Those that began in `days`.
    #[must_use]
    pub fn within(self, days: Days, boundary: DayBoundary) -> Self {
        Self {
            from: days.from.map(|day| boundary.begin(day)),
            until: days.to.map(|day| boundary.end(day)),
            ..self
        }
    }

    /// Those that were deleted and can still be restored at `now`.
    #[must_use]
    pub fn restorable(self, now: DateTime<Utc>) -> Self {
        Self {
            deleted_since: Some(now - RESTORABLE_FOR),
            ..self
        }
    }

    fn rows(&self) -> u32 {
        self.limit.unwrap_or(PAGE_ROWS_MAX).clamp(1, PAGE_ROWS_MAX)
    }

    /// What is searched for; `None` when everything is found.
    fn searched(&self) -> Option<&str> {
        self.search.as_deref().filter(|text| !text.is_empty())
    }

    /// The latest moment that can be in the list; a bound that an index understands.
    fn latest(&self) -> Option<i64> {
        match self.below {
            // Implied then, and it would be taken for the bound of the index.
            Some(below) => Some(below.started_at.timestamp_millis()),
            None => self.until.map(|until| shown(until) + OFFSET_MILLIS_MAX),
        }
    }

    /// The query. A search goes through the times, or through all of `few`.
    pub(super) fn push_to(&self, query: &mut QueryBuilder<Sqlite>, few: Option<Group>, rows: u32) {
        let searched = self.searched();
        let has_times = searched.is_some() && few.is_none();
        query.push("select ").push(match self.deleted_since {
            None => KEPT,
            Some(_) => DELETED,
        });
        query.push(" from ");
        query.push(if has_times {
            // In this order: the times in which something is found, then their particles.
            "searched_times cross join particles"
        } else {
            Particle::TABLE
        });
        if searched.is_some()
            && let Some(index) = self.index(few)
        {
            // Named, because SQLite would rather make an index of its own and sort.
            query.push(" indexed by ").push(index);
        }
        if has_times {
            query.push(" on started_at >= time << 25 and started_at < (time + 1) << 25");
        }
        // Written out, because only then the index of one half can be used.
        match self.deleted_since {
            None => query.push(" where is_deleted = 0"),
            Some(since) => query
                .push(" where is_deleted = 1 and stamps ->> 'deleted' >= ")
                .push_bind(Stamp::first_at(since).to_string()),
        };
        query.push(match self.kinds {
            Kinds::Focus => " and kind = 'focus'",
            Kinds::Break => " and kind <> 'focus'",
            Kinds::All => "",
        });
        self.push_times(query);
        self.push_project(few, query);
        if let Some(text) = searched {
            self.push_search(text, has_times, query);
        }
        query.push(if has_times {
            " order by time desc, started_at desc, id desc limit "
        } else {
            " order by started_at desc, id desc limit "
        });
        query.push_bind(rows);
    }

    /// The index in which a search finds its particles.
    fn index(&self, few: Option<Group>) -> Option<&'static str> {
        match (few, self.deleted_since, self.project) {
            (Some(group), _, _) => group.index(),
            (None, Some(_), _) => Group::Deleted.index(),
            (None, None, Some(Assignment::Project(id))) => Group::Project(id).index(),
            (None, None, _) => Some("particles_kept"),
        }
    }

    fn push_times(&self, query: &mut QueryBuilder<Sqlite>) {
        if let Some(from) = self.from {
            query
                .push(" and started_at >= ")
                .push_bind(shown(from) - OFFSET_MILLIS_MAX)
                .push(" and local_start >= ")
                .push_bind(shown(from));
        }
        if let Some(until) = self.until {
            query.push(" and local_start < ").push_bind(shown(until));
        }
        if let Some(below) = self.below {
            query
                .push(" and (started_at, id) < (")
                .push_bind(below.started_at.timestamp_millis())
                .push(", ")
                .push_bind(below.id.to_string())
                .push(")");
        } else if let Some(latest) = self.latest() {
            query.push(" and started_at < ").push_bind(latest);
        }
    }

    fn push_project(&self, few: Option<Group>, query: &mut QueryBuilder<Sqlite>) {
        match (self.project, few) {
            (None, _) => {}
            (Some(Assignment::Project(id)), _) => {
                query.push(" and project_id = ").push_bind(id.to_string());
            }
            (Some(Assignment::Nothing), Some(Group::NoProject)) => {
                query
                    .push(" and id in (")
                    .push(IDS_WITHOUT_PROJECT)
                    .push(")");
            }
            (Some(Assignment::Nothing), _) => {
                query.push(" and ").push(WITHOUT_PROJECT);
            }
        }
    }

    fn push_search(&self, text: &str, has_times: bool, query: &mut QueryBuilder<Sqlite>) {
        // No task is as long, and a pattern has a limit, too.
        if text.chars().count() > Task::MAX_CHARS {
            query.push(" and false");
        }
        let text: String = text.chars().take(Task::MAX_CHARS).collect();
        let pattern = glob_pattern(&folded(&text));
        query
            .push(" and task_folded <> '' and task_folded glob ")
            .push_bind(pattern.clone());
        if !has_times {
            return;
        }
        query
            .push(" and (tasks is null or tasks glob ")
            .push_bind(pattern)
            .push(")");
        if let Some(from) = self.from {
            let earliest = shown(from) - OFFSET_MILLIS_MAX;
            query.push(" and time >= ").push_bind(earliest >> 25);
        }
        if let Some(latest) = self.latest() {
            query.push(" and time <= ").push_bind(latest >> 25);
        }
    }
}

impl Store {
    /// The particles that `filter` lets through, newest first.
    pub async fn list_particles(
        &self,
        filter: &ParticleFilter,
    ) -> Result<Vec<Particle>, StoreError> {
        self.list_rows(filter, filter.rows()).await
    }

    /// The same, and the place where it goes on, if it does.
    pub async fn list_page(
        &self,
        filter: &ParticleFilter,
    ) -> Result<(Vec<Particle>, Option<Cursor>), StoreError> {
        let rows = filter.rows();
        let mut page = self.list_rows(filter, rows + 1).await?;
        let has_more = page.len() > usize::try_from(rows).unwrap_or(usize::MAX);
        if has_more {
            page.pop();
        }
        let next = page.last().filter(|_| has_more).map(|last| Cursor {
            started_at: last.time.started_at,
            id: last.id,
        });
        Ok((page, next))
    }

    async fn list_rows(
        &self,
        filter: &ParticleFilter,
        rows: u32,
    ) -> Result<Vec<Particle>, StoreError> {
        let mut query = QueryBuilder::new("");
        let few = match filter.searched() {
            Some(_) => self.few(filter).await?,
            None => None,
        };
        filter.push_to(&mut query, few, rows);
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(Particle::read).collect()
    }
}

/// What `local_start` is when a wall shows `time`.
fn shown(time: NaiveDateTime) -> i64 {
    time.and_utc().timestamp_millis()
}

/// Not `like`: it folds A to Z for every character that it looks at.
fn glob_pattern(part: &str) -> String {
    let mut pattern = String::from("*");
    for c in part.chars() {
        match c {
            '*' | '?' | '[' => pattern.extend(['[', c, ']']),
            c => pattern.push(c),
        }
    }
    pattern + "*"
}
