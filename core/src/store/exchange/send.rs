//! What is sent: the dirty fields of rows, in the order in which they were first changed. Values are read
//! when they are sent, so a thousand edits of a row are one change.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use super::{Account, Position, account, position};
use crate::change::wire::{CHANGES_BYTES_MAX, CHANGES_MAX, Change, PROTOCOL, Request, Travels};
use crate::change::{Field, Stamps};
use crate::model::{Intention, Particle, Project, Setting};
use crate::store::rows::{Synced, value};
use crate::store::{Store, StoreError};

/// A request, and what must still be true when its answer is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// What is sent.
    pub request: Request,
    /// How far the profile had come.
    pub position: Position,
    /// Whose rows were sent.
    pub account: Account,
}

/// A change, and its place in the queue.
type Queued = (i64, Change);

impl Store {
    /// The next request: nothing when nobody is signed in here. With at most `changes_max` changes, and
    /// never more than one request may have.
    pub async fn prepare(&self, changes_max: usize) -> Result<Option<Prepared>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let Some(account) = account::find(&mut transaction).await? else {
            return Ok(None);
        };
        let position = position(&mut transaction).await?;
        let changes = changes(&mut transaction, changes_max.min(CHANGES_MAX)).await?;
        let request = Request {
            protocol: PROTOCOL,
            epoch: position.epoch.clone(),
            since: position.cursor,
            limit: CHANGES_MAX,
            changes,
        };
        Ok(Some(Prepared {
            request,
            position,
            account,
        }))
    }

    /// How many rows wait that can be sent: refused ones wait for an edit.
    pub async fn count_sendable(&self) -> Result<u32, StoreError> {
        count_sendable(&mut *self.pool.acquire().await?).await
    }
}

pub(super) async fn count_sendable(connection: &mut SqliteConnection) -> Result<u32, StoreError> {
    Ok(
        sqlx::query_scalar("select count(*) from outbox where refusal is null")
            .fetch_one(connection)
            .await?,
    )
}

async fn changes(
    connection: &mut SqliteConnection,
    changes_max: usize,
) -> Result<Vec<Change>, StoreError> {
    if changes_max == 0 {
        return Ok(Vec::new());
    }
    let mut queued = queued::<Particle>(connection, changes_max).await?;
    queued.extend(self::queued::<Project>(connection, changes_max).await?);
    queued.extend(self::queued::<Intention>(connection, changes_max).await?);
    queued.extend(self::queued::<Setting>(connection, changes_max).await?);
    queued.sort_by_key(|(place, _)| *place);
    let mut bytes = 0;
    let mut changes = Vec::new();
    for (_, change) in queued.into_iter().take(changes_max) {
        bytes += serde_json::to_vec(&change).map_err(encode)?.len() + 1;
        if bytes > CHANGES_BYTES_MAX && !changes.is_empty() {
            break;
        }
        changes.push(change);
    }
    Ok(changes)
}

async fn queued<R: Synced + Travels<Field = <R as Synced>::Field>>(
    connection: &mut SqliteConnection,
    changes_max: usize,
) -> Result<Vec<Queued>, StoreError> {
    let mut query = QueryBuilder::new("select ");
    query
        .push(R::COLUMNS)
        .push(", deleted, stamps, position, fields from outbox join ")
        .push(R::TABLE)
        .push(" on id = row_id where refusal is null and entity = ")
        .push_bind(<R as Synced>::Field::ENTITY.as_str())
        .push(" order by position limit ")
        .push_bind(i64::try_from(changes_max).unwrap_or(i64::MAX));
    let rows = query.build().fetch_all(connection).await?;
    rows.iter().map(change::<R>).collect()
}

fn change<R: Synced + Travels<Field = <R as Synced>::Field>>(
    row: &SqliteRow,
) -> Result<Queued, StoreError> {
    // What was said of it, not what a later edit made of that.
    let kept = R::read(row)?.with_deleted(row.try_get("deleted")?);
    let fields: Vec<<R as Synced>::Field> =
        value(row, "fields", |text| serde_json::from_str(text).ok())?;
    let stamps: Stamps<_> = value(row, "stamps", |text| serde_json::from_str(text).ok())?;
    let change = Change::of(kept.id().to_string(), &kept, &fields, &stamps).map_err(encode)?;
    Ok((row.try_get("position")?, change))
}

fn encode(error: serde_json::Error) -> StoreError {
    StoreError::Sql(sqlx::Error::Encode(error.into()))
}
