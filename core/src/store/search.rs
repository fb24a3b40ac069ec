//! What a search looks at: the folded task of every particle. The triggers of the schema gather them by
//! time; here is folded what an older version kept.

use sqlx::{Row, SqlitePool};

use super::StoreError;
use crate::model::folded;

/// So many are read at once.
const FOLDED_AT_ONCE: u32 = 1000;

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
