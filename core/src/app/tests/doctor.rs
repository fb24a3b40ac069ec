//! What the doctor says.

use std::fs;

use super::history::folder;
use super::*;
use crate::store::tests::foreign::{ONLY_A_MARK, database};

#[tokio::test]
async fn the_doctor_disturbs_nobody_and_finds_nothing_wrong_where_nothing_is() {
    let opened = open().await;
    let kept = opened.app.profile().add(told(25, None)).await.unwrap();
    opened.app.profile().delete_particle(kept.id).await.unwrap();
    let folder = folder(&opened);
    for is_open in [true, false] {
        let found = diagnose(&folder, opened.clock.clone(), KeyringUse::Off).await;
        assert!(found.ok, "open: {is_open}: {:?}", found.problems);
        let counts = found.counts.unwrap();
        assert_eq!(
            (counts["particle"].kept, counts["particle"].deleted),
            (0, 1)
        );
        assert_eq!(found.backups.len(), 1, "today's is made by now");
        opened.app.close().await;
    }
    let nowhere = DataFolder::locate(Some(opened.place.path().join("nowhere"))).unwrap();
    assert!(
        diagnose(&nowhere, opened.clock.clone(), KeyringUse::Off)
            .await
            .ok
    );
    assert!(!nowhere.path().exists(), "nothing is made by looking");
}

#[rstest]
#[case::nothing_was_written(None)]
#[case::its_mark_was_written(Some(ONLY_A_MARK))]
#[tokio::test]
async fn the_doctor_knows_a_database_that_was_never_made_to_its_end(
    #[case] sql: Option<&'static str>,
) {
    let place = tempfile::tempdir().unwrap();
    let folder = DataFolder::locate(Some(place.path().into())).unwrap();
    folder.create().unwrap();
    fs::write(folder.local_profile().database, "").unwrap();
    if let Some(sql) = sql {
        database(&folder.local_profile().database, sql).await;
    }
    let clock = Arc::new(ManualClock::new(DateTime::UNIX_EPOCH, 60));
    let found = diagnose(&folder, clock, KeyringUse::Off).await;
    assert!(!found.ok);
    assert!(
        found.problems[0].contains("is empty"),
        "{:?}",
        found.problems
    );
    assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
    assert_eq!(found.database.unwrap().schema, Some(0));
}

#[tokio::test]
async fn the_doctor_tells_of_a_restore_that_was_interrupted_and_leaves_it() {
    let opened = open().await;
    let folder = folder(&opened);
    let half = folder
        .local_profile()
        .database
        .with_file_name("local.db.restored-20270115T080000Z");
    fs::write(&half, "a whole copy").unwrap();
    let found = diagnose(&folder, opened.clock.clone(), KeyringUse::Off).await;
    assert!(
        found.problems[0].contains("half restored"),
        "{:?}",
        found.problems
    );
    assert!(half.exists());
}

#[tokio::test]
async fn the_doctor_tells_of_damage_and_moves_nothing() {
    let opened = open().await;
    opened.app.profile().add(told(25, None)).await.unwrap();
    opened.app.close().await;
    let folder = folder(&opened);
    drop(opened.app);
    let mut bytes = fs::read(folder.local_profile().database).unwrap();
    bytes[3 * 4096..4 * 4096].fill(0x5a);
    fs::write(folder.local_profile().database, &bytes).unwrap();
    let found = diagnose(&folder, opened.clock.clone(), KeyringUse::Off).await;
    assert!(
        !found.ok && found.problems[0].contains("damaged"),
        "{:?}",
        found.problems
    );
    assert_eq!(fs::read(folder.local_profile().database).unwrap(), bytes);
    assert_eq!(found.moved_aside, [] as [PathBuf; 0]);
}
