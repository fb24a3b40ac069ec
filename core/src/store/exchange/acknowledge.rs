//! What a server said of what was sent. A mark goes only when its stamp is the one that was sent: an edit
//! made meanwhile still waits.

use serde_json::json;
use sqlx::QueryBuilder;

use super::Outcome;
use crate::change::wire::{Change, Verdict, VerdictStatus};
use crate::change::{Entity, Field};
use crate::model::{Intention, Particle, Project, Setting};
use crate::store::StoreError;
use crate::store::rows::Synced;
use crate::store::write::Write;

/// The fields of a waiting row whose stamp is not the one that was sent with `sent`, an object of an
/// acknowledged change.
macro_rules! not_as_sent {
    ($select:literal) => {
        concat!(
            "(select ", $select, " from json_each(outbox.fields) as dirty
               where stamps ->> dirty.value
                     is not coalesce(sent.value ->> ('$.stamps.' || dirty.value),
                                     case when dirty.value <> 'deleted' then sent.value ->> '$.stamps.*' end))"
        )
    };
}

/// Whether something was stamped too far ahead.
pub(super) fn has_wrong_clock(verdicts: &[Verdict]) -> bool {
    let is_clock = |verdict: &Verdict| verdict.status == VerdictStatus::Clock;
    verdicts.iter().any(is_clock)
}

impl Write {
    /// Stores the verdicts on `changes`, one each and in their order.
    pub(super) async fn acknowledge(
        &mut self,
        changes: &[Change],
        verdicts: &[Verdict],
    ) -> Result<Outcome, StoreError> {
        let mut outcome = Outcome::default();
        for (change, verdict) in changes.iter().zip(verdicts) {
            match verdict.status {
                VerdictStatus::Applied => outcome.pushed += 1,
                VerdictStatus::Refused => outcome.refused += 1,
                // Sent again: with other stamps, or whole.
                VerdictStatus::Clock => {}
                VerdictStatus::Incomplete => self.mark_whole(change).await?,
            }
        }
        if outcome.pushed > 0 {
            let applied = sent(changes, verdicts, VerdictStatus::Applied);
            self.unmark::<Particle>(&applied).await?;
            self.unmark::<Project>(&applied).await?;
            self.unmark::<Intention>(&applied).await?;
            self.unmark::<Setting>(&applied).await?;
        }
        if outcome.refused > 0 {
            let refused = sent(changes, verdicts, VerdictStatus::Refused);
            self.refuse::<Particle>(&refused).await?;
            self.refuse::<Project>(&refused).await?;
            self.refuse::<Intention>(&refused).await?;
            self.refuse::<Setting>(&refused).await?;
        }
        Ok(outcome)
    }

    /// Marks that were sent go.
    async fn unmark<R: Synced>(&mut self, applied: &str) -> Result<(), StoreError> {
        let mut query =
            QueryBuilder::new("update outbox set attempts = 0, refusal = null, fields = ");
        query.push(not_as_sent!(
            "json_group_array(dirty.value order by dirty.value)"
        ));
        self.of_those_sent::<R>(query, applied).await?;
        sqlx::query("delete from outbox where entity = ? and fields = '[]'")
            .bind(R::Field::ENTITY.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// What was refused keeps its marks and waits with the reason, unless it was edited meanwhile.
    async fn refuse<R: Synced>(&mut self, refused: &str) -> Result<(), StoreError> {
        let mut query = QueryBuilder::new(
            "update outbox set attempts = attempts + 1, refusal = case when not exists ",
        );
        query
            .push(not_as_sent!("1"))
            .push(" then sent.value ->> '$.refusal' end");
        self.of_those_sent::<R>(query, refused).await
    }

    async fn of_those_sent<R: Synced>(
        &mut self,
        mut update: QueryBuilder<sqlx::Sqlite>,
        sent: &str,
    ) -> Result<(), StoreError> {
        update
            .push(" from json_each(")
            .push_bind(sent.to_owned())
            .push(") as sent join ")
            .push(R::TABLE)
            .push(" as kept on kept.id = sent.value ->> 'id' where sent.value ->> 'entity' = ")
            .push_bind(R::Field::ENTITY.as_str())
            .push(" and outbox.entity = sent.value ->> 'entity' and outbox.row_id = kept.id");
        update.build().execute(self.connection()).await?;
        Ok(())
    }

    /// The server lacks the row of `change`: all of it waits.
    async fn mark_whole(&mut self, change: &Change) -> Result<(), StoreError> {
        let fields = match change.entity {
            Entity::Particle => all_fields::<Particle>(),
            Entity::Project => all_fields::<Project>(),
            Entity::Intention => all_fields::<Intention>(),
            Entity::Setting => all_fields::<Setting>(),
        }?;
        sqlx::query("update outbox set fields = ? where entity = ? and row_id = ?")
            .bind(fields)
            .bind(change.entity.as_str())
            .bind(&change.id)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Every row waits, with the stamps that it has.
    pub(super) async fn mark_everything(&mut self) -> Result<(), StoreError> {
        self.marked();
        self.mark_all_of::<Project>().await?;
        self.mark_all_of::<Setting>().await?;
        self.mark_all_of::<Intention>().await?;
        self.mark_all_of::<Particle>().await
    }

    async fn mark_all_of<R: Synced>(&mut self) -> Result<(), StoreError> {
        let mut query = QueryBuilder::new("insert into outbox (entity, row_id, fields) select ");
        query
            .push_bind(R::Field::ENTITY.as_str())
            .push(", id, ")
            .push_bind(all_fields::<R>()?)
            .push(" from ")
            .push(R::TABLE)
            .push(
                " where true order by id
                  on conflict (entity, row_id) do update set fields = excluded.fields, refusal = null",
            );
        query.build().execute(self.connection()).await?;
        Ok(())
    }
}

/// The changes with this verdict: JSON, a list of objects.
fn sent(changes: &[Change], verdicts: &[Verdict], status: VerdictStatus) -> String {
    let judged = changes.iter().zip(verdicts);
    let with_status = judged.filter(|(_, verdict)| verdict.status == status);
    let sent: Vec<_> = with_status
        .map(|(change, verdict)| {
            let refusal = json!({"code": verdict.code, "message": verdict.message});
            json!({
                "entity": change.entity,
                "id": change.id,
                "stamps": change.stamps,
                "refusal": refusal.to_string(),
            })
        })
        .collect();
    serde_json::Value::from(sent).to_string()
}

fn all_fields<R: Synced>() -> Result<String, StoreError> {
    let mut names: Vec<_> = R::Field::ALL.to_vec();
    names.sort_unstable();
    serde_json::to_string(&names).map_err(|error| sqlx::Error::Encode(error.into()).into())
}
