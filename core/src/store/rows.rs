//! The one way in for every row that is synced. An entity declares its table and which columns each of
//! its fields is kept in; recording, changing, deleting and restoring follow from that.

use std::fmt::Display;

use chrono::{DateTime, Duration, TimeZone, Utc};
use sqlx::query_builder::Separated;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::write::Write;
use super::{Declined, Store, StoreError, outbox};
use crate::change::{Field, Stamps};

/// How long a deleted row can be restored.
pub(super) const RESTORABLE_FOR: Duration = Duration::days(30);

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Integer(i64),
    Real(f64),
    Text(String),
    Null,
}

/// The columns of a field, by name.
pub(super) type Cells = Vec<(&'static str, Cell)>;

/// A row that is synced. `is_deleted` of its table is what its own `deleted` says.
pub(super) trait Synced: Clone + Send + Sync {
    type Id: Display + Clone + Send;
    type Field: Field;
    /// What a person calls it.
    const WORD: &'static str;
    const TABLE: &'static str;
    /// What [`Synced::read`] needs.
    const COLUMNS: &'static str;

    fn id(&self) -> Self::Id;
    /// What `field` is kept in. Two rows agree in a field when its cells are equal.
    fn cells(&self, field: Self::Field) -> Cells;
    fn read(row: &SqliteRow) -> Result<Self, StoreError>;
    fn is_deleted(&self) -> bool;
    fn with_deleted(&self, deleted: bool) -> Self;
}

/// A row as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Kept<R: Synced> {
    pub(super) row: R,
    pub(super) stamps: Stamps<R::Field>,
}

/// What an edit led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited<R> {
    /// The row as it is now.
    pub row: R,
    /// Whether anything in it is different from before; if not, nothing was written.
    pub has_changed: bool,
}

impl Store {
    /// Keeps a new row, and gives back what is kept: the row that has its id already, if there is one.
    pub(super) async fn record<R: Synced>(
        &self,
        row: &R,
        now: DateTime<Utc>,
    ) -> Result<R, StoreError> {
        let mut write = self.begin(now).await?;
        let is_new = write.record(row).await?;
        let kept = write.find::<R>(row.id()).await?;
        if is_new {
            write.commit().await?;
        } else {
            write.abandon().await?;
        }
        let kept = kept.ok_or_else(|| not_found::<R>(row.id()))?;
        Ok(kept.row)
    }

    /// Changes the row with `id` into what `edit` makes of it, as one transaction: a new stamp and a
    /// mark in the outbox for exactly the fields that differ. Nothing is written when none does.
    pub(super) async fn edit<R: Synced>(
        &self,
        id: R::Id,
        now: DateTime<Utc>,
        edit: impl FnOnce(&Kept<R>) -> Result<R, StoreError> + Send,
    ) -> Result<Edited<R>, StoreError> {
        let mut write = self.begin(now).await?;
        let Some(kept) = write.find::<R>(id.clone()).await? else {
            return Err(not_found::<R>(id).into());
        };
        let row = edit(&kept)?;
        let has_changed = write.change(&kept, &row).await?;
        if has_changed {
            write.commit().await?;
        } else {
            write.abandon().await?;
        }
        Ok(Edited { row, has_changed })
    }

    /// Changes a row that is not deleted.
    pub(super) async fn edit_kept<R: Synced>(
        &self,
        id: R::Id,
        now: DateTime<Utc>,
        edit: impl FnOnce(&R) -> Result<R, StoreError> + Send,
    ) -> Result<Edited<R>, StoreError> {
        let edit = |kept: &Kept<R>| edit(undeleted(&kept.row)?);
        self.edit(id, now, edit).await
    }

    /// Deletes a row. One that is deleted already stays as it is.
    pub(super) async fn delete<R: Synced>(
        &self,
        id: R::Id,
        now: DateTime<Utc>,
    ) -> Result<Edited<R>, StoreError> {
        self.edit(id, now, |kept: &Kept<R>| Ok(kept.row.with_deleted(true)))
            .await
    }

    /// Brings a row back that was deleted in the last 30 days.
    pub(super) async fn restore<R: Synced>(
        &self,
        id: R::Id,
        now: DateTime<Utc>,
    ) -> Result<Edited<R>, StoreError> {
        self.edit(id, now, |kept| restorable(kept, now)).await
    }
}

impl Write {
    /// The row with `id`, and its stamps.
    pub(super) async fn find<R: Synced>(
        &mut self,
        id: R::Id,
    ) -> Result<Option<Kept<R>>, StoreError> {
        let mut query = QueryBuilder::new("select ");
        query
            .push(R::COLUMNS)
            .push(", stamps from ")
            .push(R::TABLE)
            .push(" where id = ")
            .push_bind(id.to_string());
        let found = query.build().fetch_optional(self.connection()).await?;
        let kept = |row: SqliteRow| {
            Ok(Kept {
                row: R::read(&row)?,
                stamps: value(&row, "stamps", |text| serde_json::from_str(text).ok())?,
            })
        };
        found.map(kept).transpose()
    }

    /// Keeps a new row. One that is kept already stays as it is, and the answer is false: recording
    /// is repeatable.
    pub(super) async fn record<R: Synced>(&mut self, row: &R) -> Result<bool, StoreError> {
        let stamp = self.stamp();
        let stamps = R::Field::ALL.iter().map(|field| (*field, stamp)).collect();
        let is_new = self.insert(row, &stamps).await?;
        if is_new {
            outbox::mark(self, &row.id().to_string(), R::Field::ALL).await?;
        }
        Ok(is_new)
    }

    /// Keeps a row: a new one, or in place of what has its id, deleted or not.
    pub(super) async fn put<R: Synced>(&mut self, row: &R) -> Result<(), StoreError> {
        if let Some(kept) = self.find::<R>(row.id()).await? {
            self.change(&kept, row).await?;
        } else {
            self.record(row).await?;
        }
        Ok(())
    }

    /// Deletes a row, if there is one.
    pub(super) async fn remove<R: Synced>(&mut self, id: R::Id) -> Result<(), StoreError> {
        if let Some(kept) = self.find::<R>(id).await? {
            self.change(&kept, &kept.row.with_deleted(true)).await?;
        }
        Ok(())
    }

    /// Keeps `after` where `before` stood. False, and nothing is written, when no field differs.
    pub(super) async fn change<R: Synced>(
        &mut self,
        before: &Kept<R>,
        after: &R,
    ) -> Result<bool, StoreError> {
        let differs = |field: &R::Field| before.row.cells(*field) != after.cells(*field);
        let fields: Vec<R::Field> = R::Field::ALL.iter().copied().filter(differs).collect();
        if fields.is_empty() {
            return Ok(false);
        }
        let stamp = self.stamp();
        let mut stamps = before.stamps.clone();
        stamps.extend(fields.iter().map(|field| (*field, stamp)));
        self.update(after, &fields, &stamps).await?;
        outbox::mark(self, &before.row.id().to_string(), &fields).await?;
        Ok(true)
    }
}

impl Write {
    /// Keeps a new row with these stamps, unmarked. False when its id is there already.
    pub(super) async fn insert<R: Synced>(
        &mut self,
        row: &R,
        stamps: &Stamps<R::Field>,
    ) -> Result<bool, StoreError> {
        let cells: Cells = R::Field::ALL.iter().flat_map(|f| row.cells(*f)).collect();
        let mut query = QueryBuilder::new("insert into ");
        query.push(R::TABLE).push(" (id, ");
        for (column, _) in &cells {
            query.push(column).push(", ");
        }
        query
            .push("stamps) values (")
            .push_bind(row.id().to_string());
        let mut values = query.separated(", ");
        values.push_unseparated(", ");
        for (_, cell) in cells {
            push(&mut values, cell);
        }
        values.push_bind(json(stamps)?);
        query.push(") on conflict (id) do nothing");
        let inserted = query.build().execute(self.connection()).await?;
        Ok(inserted.rows_affected() > 0)
    }

    /// Overwrites `fields` of a row, and the stamps of all, unmarked.
    pub(super) async fn update<R: Synced>(
        &mut self,
        row: &R,
        fields: &[R::Field],
        stamps: &Stamps<R::Field>,
    ) -> Result<(), StoreError> {
        let mut query = QueryBuilder::new("update ");
        query.push(R::TABLE).push(" set ");
        for (column, cell) in fields.iter().flat_map(|field| row.cells(*field)) {
            query.push(column).push(" = ");
            push(&mut query.separated(""), cell);
            query.push(", ");
        }
        query.push("stamps = ").push_bind(json(stamps)?);
        query.push(" where id = ").push_bind(row.id().to_string());
        query.build().execute(self.connection()).await?;
        Ok(())
    }
}

/// The row as it is once it is restored, if it was deleted in the last 30 days.
pub(super) fn restorable<R: Synced>(kept: &Kept<R>, now: DateTime<Utc>) -> Result<R, StoreError> {
    let what = R::WORD;
    if !kept.row.is_deleted() {
        return Err(Declined::NotDeleted { what }.into());
    }
    let deletion = kept.stamps.get(&R::Field::DELETED);
    if deletion.is_none_or(|stamp| stamp.moment() < now - RESTORABLE_FOR) {
        return Err(Declined::DeletedTooLongAgo { what }.into());
    }
    Ok(kept.row.with_deleted(false))
}

/// `row`, which can be changed as it is not deleted.
pub(super) fn undeleted<R: Synced>(row: &R) -> Result<&R, Declined> {
    if row.is_deleted() {
        return Err(Declined::Deleted { what: R::WORD });
    }
    Ok(row)
}

/// Nothing has this id.
pub(super) fn not_found<R: Synced>(key: impl Display) -> Declined {
    Declined::NotFound {
        what: R::WORD,
        key: key.to_string(),
    }
}

fn push(values: &mut Separated<'_, Sqlite, &'static str>, cell: Cell) {
    match cell {
        Cell::Integer(number) => values.push_bind(number),
        Cell::Real(number) => values.push_bind(number),
        Cell::Text(text) => values.push_bind(text),
        Cell::Null => values.push("null"),
    };
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))?)
}

/// The value that `column` holds as a text.
pub(super) fn value<T>(
    row: &SqliteRow,
    column: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    parse(&text).ok_or(StoreError::Unreadable {
        what: column,
        found: text,
    })
}

/// The moment that `column` holds in milliseconds.
pub(super) fn moment(row: &SqliteRow, column: &'static str) -> Result<DateTime<Utc>, StoreError> {
    let millis: i64 = row.try_get(column)?;
    Utc.timestamp_millis_opt(millis)
        .single()
        .ok_or_else(|| StoreError::Unreadable {
            what: column,
            found: millis.to_string(),
        })
}
