//! Backups are whole, few, and can take the place of the profile.

use chrono::Duration;

use super::backup::{BACKUPS_MAX, Occasion};
use super::*;

fn day(number: i64) -> Occasion {
    Occasion::Day((at(0) + Duration::days(number)).date_naive())
}

async fn tasks(store: &Store) -> Vec<String> {
    let found = store
        .list_particles(&ParticleFilter::default())
        .await
        .unwrap();
    found.iter().map(|p| p.task.to_string()).collect()
}

/// A profile that is open, with one particle, and the folder of its backups.
async fn used() -> (Profile, Store, PathBuf) {
    let profile = Profile::with_a_particle().await;
    let store = profile.open().await.store;
    let folder = profile.path.with_file_name("backups");
    (profile, store, folder)
}

#[tokio::test]
async fn a_backup_is_a_whole_profile_in_one_file() {
    let (_profile, store, folder) = used().await;
    let made = store.back_up(&folder, day(0)).await.unwrap();
    assert_eq!(made.name, "2027-01-15");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().flatten().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let copy = Store::open(&made.path, at(0), &Randomness::seeded(9))
        .await
        .unwrap();
    assert_eq!(copy.moved_aside, None);
    assert_eq!(tasks(&copy.store).await, ["Write"]);
    assert_eq!(copy.store.count_waiting().await.unwrap(), 1);
    assert_eq!(
        copy.store.digest().await.unwrap(),
        store.digest().await.unwrap()
    );
}

#[tokio::test]
async fn the_newest_seven_are_kept_and_nothing_of_anybody_else_is_removed() {
    let (_profile, store, folder) = used().await;
    fs::create_dir(&folder).unwrap();
    let unfinished = folder.join("local-2027-01-14.db.1-unfinished");
    fs::write(&unfinished, "of a process that died").unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(2);
    let file = fs::File::options().write(true).open(&unfinished).unwrap();
    file.set_modified(long_ago).unwrap();
    fs::write(folder.join("local-mine.db"), "mine").unwrap();
    for number in [5, 3, 4, 0, 1, 2, 6, 7, 8, 9] {
        store.back_up(&folder, day(number)).await.unwrap();
        let wanted = Occasion::Wanted(at(number));
        store.back_up(&folder, wanted).await.unwrap();
    }
    let backups = backup::list(&folder).unwrap();
    let (daily, wanted): (Vec<_>, Vec<_>) = backups.iter().partition(|b| b.name.len() == 10);
    assert_eq!((daily.len(), wanted.len()), (BACKUPS_MAX, BACKUPS_MAX));
    assert_eq!(daily[0].name, "2027-01-24");
    assert_eq!(daily[6].name, "2027-01-18");
    assert!(!unfinished.exists());
    assert!(folder.join("local-mine.db").exists());
}

#[tokio::test]
async fn a_restored_backup_takes_the_place_and_what_was_there_is_kept() {
    let (profile, store, folder) = used().await;
    let made = store.back_up(&folder, day(0)).await.unwrap();
    store
        .record_particle(particle(2, "Later"), at(9))
        .await
        .unwrap();
    let after = tasks(&store).await;
    // As a process that is killed leaves it: the last particle waits in the log.
    let killed = tempfile::tempdir().unwrap();
    let path = killed.path().join("local.db");
    for suffix in ["", "-wal"] {
        let from = profile::with_suffix(&profile.path, suffix);
        fs::copy(from, profile::with_suffix(&path, suffix)).unwrap();
    }

    let aside = backup::restore(&made.path, &path, at(10))
        .await
        .unwrap()
        .unwrap();
    let restored = Store::open(&path, at(11), &Randomness::seeded(4))
        .await
        .unwrap();
    assert_eq!(tasks(&restored.store).await, ["Write"]);
    let before = Store::open(&aside, at(11), &Randomness::seeded(5))
        .await
        .unwrap();
    assert_eq!(tasks(&before.store).await, after);
    assert_eq!(Store::moved_aside(&path).unwrap(), [aside]);
    assert!(made.path.exists(), "it can be restored again");
}

#[rstest]
#[case::damaged(|bytes: &mut Vec<u8>| bytes[3 * 4096..4 * 4096].fill(0x5a))]
#[case::cut(|bytes: &mut Vec<u8>| bytes.truncate(8192))]
#[case::no_database(|bytes: &mut Vec<u8>| bytes.fill(b'x'))]
#[case::of_another_program(|bytes: &mut Vec<u8>| bytes[68..72].fill(0))]
#[tokio::test]
async fn a_backup_that_is_not_whole_takes_nobody_s_place(#[case] spoil: fn(&mut Vec<u8>)) {
    let (profile, store, folder) = used().await;
    let made = store.back_up(&folder, day(0)).await.unwrap();
    store.close().await;
    let mut bytes = fs::read(&made.path).unwrap();
    spoil(&mut bytes);
    fs::write(&made.path, bytes).unwrap();
    let before = fs::read(&profile.path).unwrap();
    backup::restore(&made.path, &profile.path, at(0))
        .await
        .unwrap_err();
    assert_eq!(fs::read(&profile.path).unwrap(), before);
    assert_eq!(
        Store::moved_aside(&profile.path).unwrap(),
        [] as [PathBuf; 0]
    );
}

#[tokio::test]
async fn a_digest_depends_on_rows_and_stamps_and_not_on_their_order() {
    let mut digests = Vec::new();
    for order in [[1, 2], [2, 1]] {
        let profile = Profile::new();
        let store = profile.open().await.store;
        for seed in order {
            store
                .record_particle(particle(seed, "Write"), at(0))
                .await
                .unwrap();
        }
        // As a merge leaves them: the same stamps here and there, in whatever order.
        sqlx::query("update particles set stamps = '{\"task\":\"b\",\"kind\":\"a\"}'")
            .execute(&store.pool)
            .await
            .unwrap();
        digests.push(store.digest().await.unwrap());
        sqlx::query("update particles set stamps = '{\"kind\":\"a\",\"task\":\"b\"}'")
            .execute(&store.pool)
            .await
            .unwrap();
        digests.push(store.digest().await.unwrap());
        sqlx::query("update particles set stamps = '{\"kind\":\"a\",\"task\":\"c\"}'")
            .execute(&store.pool)
            .await
            .unwrap();
        assert_ne!(store.digest().await.unwrap(), digests[0]);
    }
    assert!(
        digests.iter().all(|digest| *digest == digests[0]),
        "{digests:?}"
    );
    let RowsDigest::ByMonth(months) = &digests[0]["particle"] else {
        panic!("particles have months");
    };
    assert!(months.keys().eq(["2027-01"]), "{months:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_look_into_the_folder_of_backups() {
    use std::os::unix::fs::PermissionsExt;
    let (_profile, store, folder) = used().await;
    store.back_up(&folder, day(0)).await.unwrap();
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}
