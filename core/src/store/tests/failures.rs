//! Disks that are full, files that may not be written, pages that are damaged: told in a sentence, and
//! what was acknowledged is still there.

use super::*;

/// Everything that the pool has, so that each connection meets the same limit.
async fn on_every_connection(store: &Store, pragma: &str) {
    let mut connections = Vec::new();
    for _ in 0..4 {
        connections.push(store.pool.acquire().await.unwrap());
    }
    for connection in &mut connections {
        sqlx::raw_sql(sqlx::AssertSqlSafe(pragma.to_owned()))
            .execute(&mut **connection)
            .await
            .unwrap();
    }
}

async fn count(store: &Store) -> usize {
    store
        .list_particles(&ParticleFilter::default())
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing_that_was_acknowledged() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let mut kept = 0;
    let mut next_seed = 1;
    for more in 0..12 {
        let pages: i64 = sqlx::query_scalar("pragma page_count")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        // Each time the end comes at another statement.
        on_every_connection(&store, &format!("pragma max_page_count = {}", pages + more)).await;
        let row = store.timer().await.unwrap();
        let error = loop {
            let kept_now = Consequence {
                kept: Some(particle(next_seed, &"Long ".repeat(30))),
                deleted: None,
            };
            next_seed += 1;
            let row = TimerRow {
                version: row.version + 1,
                ..row.clone()
            };
            match store.record_transition(&row, &kept_now, at(0)).await {
                Ok(()) => kept += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, StoreError::DiskFull(_)), "{error:?}");
        assert!(error.to_string().contains("free some space"), "{error}");
        assert_eq!(count(&store).await, kept);
        assert_eq!(store.count_waiting().await.unwrap() as usize, kept);
    }
    on_every_connection(&store, "pragma max_page_count = 1000000").await;
    store
        .record_particle(particle(0, "Afterwards"), at(0))
        .await
        .unwrap();
    store.close().await;
    let opened = profile.open().await;
    assert_eq!(
        (count(&opened.store).await, opened.moved_aside),
        (kept + 1, None)
    );
}

#[tokio::test]
async fn a_database_that_cannot_be_written_any_more_says_so() {
    let profile = Profile::with_a_particle().await;
    let store = profile.open().await.store;
    on_every_connection(&store, "pragma query_only = on").await;
    let error = store
        .record_particle(particle(2, "Later"), at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
    assert_eq!(count(&store).await, 1);
}

/// A closed profile that is too large to be read whole at every opening.
async fn large() -> Profile {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let many: Vec<_> = (0..6000)
        .map(|seed| particle(seed, &"Long ".repeat(39)))
        .collect();
    store.record_particles(&many, at(0)).await.unwrap();
    store.close().await;
    assert!(fs::metadata(&profile.path).unwrap().len() > 4_000_000);
    profile
}

#[tokio::test]
async fn damage_that_is_met_in_use_is_told_and_neither_copied_nor_overlooked() {
    let profile = large().await;
    let folder = profile.path.with_file_name("backups");
    let store = profile.open().await.store;
    let occasion = backup::Occasion::Wanted(at(0));
    let good = store.back_up(&folder, occasion).await.unwrap();
    store.close().await;

    let mut bytes = fs::read(&profile.path).unwrap();
    let middle = bytes.len() / 4096 / 2 * 4096;
    bytes[middle..middle + 400 * 4096].fill(0x5a);
    fs::write(&profile.path, &bytes).unwrap();
    let opened = profile.open().await;
    assert_eq!(opened.moved_aside, None, "it is not read whole");
    let error = opened
        .store
        .snapshot()
        .await
        .unwrap()
        .digest()
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    assert!(error.to_string().contains("particle doctor"), "{error}");

    let copied = opened.store.back_up(&folder, occasion).await.unwrap_err();
    assert!(matches!(copied, StoreError::Damaged(_)), "{copied:?}");
    let examined = Store::examine(&good.path, true).await.unwrap();
    assert_eq!(
        examined.problems,
        [] as [String; 0],
        "the good one is as it was"
    );
    opened.store.close().await;
    let examined = Store::examine(&profile.path, true).await.unwrap();
    assert!(!examined.problems.is_empty());

    let aside = backup::restore(&good.path, &profile.path, at(1))
        .await
        .unwrap();
    assert!(aside.is_some_and(|aside| aside.exists()));
    assert!(
        profile
            .open()
            .await
            .store
            .snapshot()
            .await
            .unwrap()
            .digest()
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn writers_come_in_the_order_in_which_they_asked() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let first = store.begin(at(0)).await.unwrap();
    let other = store.clone();
    let second =
        tokio::spawn(async move { other.record_particle(particle(1, "Second"), at(0)).await });
    tokio::task::yield_now().await;
    first.commit().await.unwrap();
    // As an import does with its next batch.
    let mut third = store.begin(at(0)).await.unwrap();
    let kept = third.find::<Particle>(particle(1, "").id).await.unwrap();
    assert!(kept.is_some(), "whoever asked first was first");
    third.abandon().await.unwrap();
    second.await.unwrap().unwrap();
}
