//! Backups are whole, few, and can take the place of the profile.

use chrono::Duration;

use super::backup::{BACKUPS_MAX, Backup, Occasion};
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

/// As a process that is killed leaves it: what was written last waits in the log.
fn killed(profile: &Profile) -> TempDir {
    let killed = tempfile::tempdir().unwrap();
    let path = killed.path().join("local.db");
    for suffix in ["", "-wal"] {
        let from = files::with_suffix(&profile.path, suffix);
        fs::copy(from, files::with_suffix(&path, suffix)).unwrap();
    }
    killed
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
        copy.store.snapshot().await.unwrap().digest().await.unwrap(),
        store.snapshot().await.unwrap().digest().await.unwrap()
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
    let killed = killed(&profile);
    let path = killed.path().join("local.db");

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

/// What a person would miss most is the backup from before a loss.
#[tokio::test]
async fn the_backup_that_holds_the_most_outlives_any_number_of_emptier_ones() {
    let (_profile, store, folder) = used().await;
    store
        .record_particle(particle(2, "Later"), at(9))
        .await
        .unwrap();
    let full = store.back_up(&folder, day(0)).await.unwrap();
    let (_after_a_loss, store, _) = used().await;
    for number in 1..=12 {
        store.back_up(&folder, day(number)).await.unwrap();
    }
    let names = |backups: Vec<Backup>| backups.into_iter().map(|b| b.name).collect::<Vec<_>>();
    let kept = names(backup::list(&folder).unwrap());
    assert_eq!(kept.len(), BACKUPS_MAX + 1, "{kept:?}");
    assert_eq!(kept.last(), Some(&full.name));
    for seed in 2..5 {
        let more = particle(seed, "More");
        store.record_particle(more, at(9)).await.unwrap();
    }
    store.back_up(&folder, day(13)).await.unwrap();
    let kept = names(backup::list(&folder).unwrap());
    assert_eq!(
        (kept.len(), kept.contains(&full.name)),
        (BACKUPS_MAX, false),
        "it is outgrown"
    );
}

/// Every moment at which a process can die after it was decided that a backup comes in.
#[rstest]
#[case::nothing_was_moved(0)]
#[case::the_log_was_moved(1)]
#[case::all_was_moved(2)]
#[tokio::test]
async fn a_restore_that_was_interrupted_is_finished_by_the_next_opening(#[case] moved: usize) {
    let (profile, store, folder) = used().await;
    let made = store.back_up(&folder, day(0)).await.unwrap();
    let later = particle(2, "Later");
    store.record_particle(later, at(9)).await.unwrap();
    let place = killed(&profile);
    let path = place.path().join("local.db");
    fs::copy(
        &made.path,
        files::with_suffix(&path, ".restored-20270115T080000Z"),
    )
    .unwrap();
    let aside = files::with_suffix(&path, ".replaced-20270115T080000Z");
    for suffix in ["-wal", ""].into_iter().take(moved) {
        let (from, to) = (
            files::with_suffix(&path, suffix),
            files::with_suffix(&aside, suffix),
        );
        fs::rename(from, to).unwrap();
    }
    assert!(Store::is_being_restored(&path).unwrap());

    let open = async |path: &Path| {
        let opened = Store::open(path, at(11), &Randomness::seeded(4))
            .await
            .unwrap();
        (opened.moved_aside, tasks(&opened.store).await)
    };
    assert_eq!(open(&path).await, (None, vec!["Write".into()]));
    assert_eq!(
        Store::moved_aside(&path).unwrap(),
        std::slice::from_ref(&aside)
    );
    let (_, before) = open(&aside).await;
    assert_eq!(before.len(), 2, "with what waited in its log: {before:?}");
    assert!(!Store::is_being_restored(&path).unwrap());
}

/// All was moved, the process died, and a version that knows of no restore made a profile in the empty place.
#[tokio::test]
async fn a_profile_that_was_made_before_a_restore_is_finished_takes_no_other_s_place() {
    let (profile, store, folder) = used().await;
    let made = store.back_up(&folder, day(0)).await.unwrap();
    let place = killed(&profile);
    let path = place.path().join("local.db");
    let aside = files::with_suffix(&path, ".replaced-20270115T080000Z");
    fs::write(&aside, "what was there first").unwrap();
    let coming = files::with_suffix(&path, ".restored-20270115T080000Z");
    fs::copy(&made.path, coming).unwrap();
    let opened = Store::open(&path, at(11), &Randomness::seeded(4)).await;
    assert_eq!(tasks(&opened.unwrap().store).await, ["Write"]);
    assert_eq!(fs::read(&aside).unwrap(), b"what was there first");
    let second = files::with_suffix(&path, ".replaced-20270115T080000Z-2");
    assert!(second.exists(), "and what was there next lies beside it");
}

#[tokio::test]
async fn half_a_copy_of_a_restore_that_died_is_removed_and_nothing_else_happened() {
    let profile = Profile::with_a_particle().await;
    for suffix in ["-restoring", "-restoring-journal"] {
        fs::write(files::with_suffix(&profile.path, suffix), "half").unwrap();
    }
    assert_eq!(tasks(&profile.open().await.store).await, ["Write"]);
    assert_eq!(files::beside(&profile.path).unwrap(), ["", "-shm", "-wal"]);
}

#[tokio::test]
async fn a_log_that_lies_beside_a_backup_is_restored_with_it() {
    let (profile, store, folder) = used().await;
    let made = store.back_up(&folder, day(0)).await.unwrap();
    store
        .record_particle(particle(2, "In the log"), at(9))
        .await
        .unwrap();
    for suffix in ["", "-wal"] {
        let from = files::with_suffix(&profile.path, suffix);
        fs::copy(from, files::with_suffix(&made.path, suffix)).unwrap();
    }
    let fresh = Profile::new();
    let aside = backup::restore(&made.path, &fresh.path, at(10))
        .await
        .unwrap();
    assert_eq!(aside, None, "nothing was there");
    assert_eq!(files::beside(&fresh.path).unwrap(), [""], "one file");
    assert_eq!(tasks(&fresh.open().await.store).await.len(), 2);

    // Another one of that name has no log.
    store.back_up(&folder, day(0)).await.unwrap();
    assert_eq!(files::beside(&made.path).unwrap(), [""]);
}

#[tokio::test]
async fn what_ran_when_a_backup_was_made_does_not_run_in_what_is_restored() {
    let (_profile, store, folder) = used().await;
    let running = r#"{"state":"running","ends_at":"2027-01-15T09:00:00Z","length":31,"round":{"done":1,"day":null},
        "stretch":{"id":"0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b","kind":"focus","task":"Long ago","project_id":null,
                   "planned":25,"started_at":"2027-01-15T08:35:00Z"}}"#;
    sqlx::query("update timer set state = ?")
        .bind(running)
        .execute(&store.pool)
        .await
        .unwrap();
    assert!(
        store
            .timer()
            .await
            .unwrap()
            .session
            .timer
            .stretch()
            .is_some()
    );
    let made = store.back_up(&folder, day(0)).await.unwrap();
    let fresh = Profile::new();
    backup::restore(&made.path, &fresh.path, at(10))
        .await
        .unwrap();
    let session = fresh.open().await.store.timer().await.unwrap().session;
    let length = crate::model::FocusLength::minutes(31).unwrap();
    let idle = crate::timer::Session::default().with_length(Some(length), at(0));
    assert_eq!(session, idle, "only the length that was chosen is left");
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
        digests.push(store.snapshot().await.unwrap().digest().await.unwrap());
        sqlx::query("update particles set stamps = '{\"kind\":\"a\",\"task\":\"b\"}'")
            .execute(&store.pool)
            .await
            .unwrap();
        digests.push(store.snapshot().await.unwrap().digest().await.unwrap());
        sqlx::query("update particles set stamps = '{\"kind\":\"a\",\"task\":\"c\"}'")
            .execute(&store.pool)
            .await
            .unwrap();
        assert_ne!(
            store.snapshot().await.unwrap().digest().await.unwrap(),
            digests[0]
        );
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
