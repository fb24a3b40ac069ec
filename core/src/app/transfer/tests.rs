//! Out of one profile and into another.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rstest::rstest;
use tempfile::TempDir;

use super::*;
use crate::app::App;
use crate::app::{Environment, NewParticle};
use crate::change::{Incoming, Stamp};
use crate::clock::ManualClock;
use crate::error::ErrorCode;
use crate::folder::DataFolder;
use crate::model::SettingKey;
use crate::randomness::Randomness;
use crate::store::ParticleFilter;
use crate::store::tests::foreign::{
    ENDLESS_VIEW, NOTES, ODD_SESSIONS, OTHER_SESSIONS, POMOTROID, database, forget_everything,
};
use crate::sync::vault::KeyringUse;
use crate::transfer::Found;
use crate::transfer::MergedCount;
use crate::transfer::tests::{from_json, rows};

struct Machine {
    place: TempDir,
    app: App,
}

/// A machine in a zone an hour east of UTC, long after everything in these tests.
async fn machine() -> Machine {
    let place = tempfile::tempdir().unwrap();
    let folder = DataFolder::locate(Some(place.path().join("p"))).unwrap();
    folder.create().unwrap();
    let environment = Environment {
        clock: Arc::new(ManualClock::new(now(), 60)),
        randomness: Arc::new(Randomness::seeded(5)),
        keyring: KeyringUse::Off,
    };
    let ownership = folder.own().unwrap().expect("nobody owns a new folder");
    let opened = App::open(&folder, ownership, environment).await.unwrap();
    Machine {
        place,
        app: opened.app,
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

impl Machine {
    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.place.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    async fn export(&self, format: Format) -> Vec<u8> {
        let mut bytes = Vec::new();
        export(&self.app.profile().store, format, now(), &mut bytes)
            .await
            .unwrap();
        bytes
    }

    async fn import(&self, path: &Path) -> Result<ImportReport, AppError> {
        self.app
            .profile()
            .import(path, &watch::Sender::default())
            .await
    }

    async fn import_bytes(&self, content: &[u8]) -> ImportReport {
        let path = self.file("import", content);
        self.import(&path).await.unwrap()
    }

    async fn waiting(&self) -> u32 {
        self.app.profile().store.count_waiting().await.unwrap()
    }
}

fn told(task: &str) -> NewParticle {
    NewParticle {
        task: task.into(),
        minutes: 25,
        ended_at: None,
        project: None,
        id: None,
    }
}

/// Everything a report says was new, changed, unchanged, skipped.
fn sums(report: &ImportReport) -> [u64; 4] {
    let counts = [
        report.particles,
        report.projects,
        report.intentions,
        report.settings,
    ];
    let sum = |of: fn(&MergedCount) -> u64| counts.iter().map(of).sum();
    [
        sum(|c| c.new),
        sum(|c| c.changed),
        sum(|c| c.unchanged),
        report.skipped_count,
    ]
}

#[test]
fn an_export_that_is_imported_is_exported_again_as_it_was() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (from, to) = runtime.block_on(async { (machine().await, machine().await) });
    let config = ProptestConfig::with_cases(64);
    proptest!(config, |(rows in prop::collection::vec(rows::row(), 0..30))| {
        runtime.block_on(async {
            forget_everything(&from.app.profile().store).await;
            forget_everything(&to.app.profile().store).await;
            let limit = Stamp::last_at(now());
            from.app.profile().store.merge_rows(&rows, limit, now()).await.unwrap();
            let exported = from.export(Format::Json).await;
            let report = to.import_bytes(&exported).await;
            let [new, others @ ..] = sums(&report);
            assert!(new <= rows.len() as u64 && others == [0; 3], "{report:?}");
            let again = to.export(Format::Json).await;
            assert_eq!(String::from_utf8(again), String::from_utf8(exported.clone()));
            let waiting = to.waiting().await;
            assert_eq!(u64::from(waiting), new, "each row waits once");

            let repeated = to.import_bytes(&exported).await;
            assert_eq!(sums(&repeated), [0, 0, new, 0]);
            assert_eq!(to.waiting().await, waiting);

            forget_everything(&to.app.profile().store).await;
            let table = from.export(Format::Csv).await;
            to.import_bytes(&table).await;
            let again = to.export(Format::Csv).await;
            assert_eq!(String::from_utf8(again), String::from_utf8(table));
        });
    });
}

/// With [`HISTORY_ROWS`] in each, 100,000 rows and more.
const HISTORIES: u32 = 25;
const HISTORY_ROWS: usize = 4_096;

/// Each row by what it is and its id; of two with one id the first.
fn by_id(rows: impl IntoIterator<Item = Incoming>) -> HashMap<String, Incoming> {
    let mut found = HashMap::new();
    for row in rows {
        let id = match &row {
            Incoming::Particle(row) => format!("particle {}", row.row.id),
            Incoming::Project(row) => format!("project {}", row.row.id),
            Incoming::Intention(row) => format!("intention {}", row.row.id),
            Incoming::Setting(row) => format!("setting {}", row.row.id),
        };
        found.entry(id).or_insert(row);
    }
    found
}

#[test]
fn every_field_of_every_row_comes_back_out_of_sqlite_and_of_an_import() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (from, to) = runtime.block_on(async { (machine().await, machine().await) });
    let config = ProptestConfig {
        max_shrink_iters: 200,
        ..ProptestConfig::with_cases(HISTORIES)
    };
    proptest!(config, |(rows in prop::collection::vec(rows::row(), HISTORY_ROWS))| {
        let told = by_id(rows);
        runtime.block_on(async {
            forget_everything(&from.app.profile().store).await;
            forget_everything(&to.app.profile().store).await;
            let limit = Stamp::last_at(now());
            let rows: Vec<_> = told.values().cloned().collect();
            from.app.profile().store.merge_rows(&rows, limit, now()).await.unwrap();
            let exported = from.export(Format::Json).await;
            let kept = by_id(from_json(&exported).into_iter().map(|found| match found {
                Found::Row(row) => row,
                Found::Skipped(skipped) => panic!("{skipped:?}"),
            }));
            for (id, row) in &told {
                assert_eq!(kept.get(id), Some(row));
            }
            assert_eq!(kept.len(), told.len());
            to.import_bytes(&exported).await;
            assert!(to.export(Format::Json).await == exported, "an import changes nothing");
        });
    });
}

#[tokio::test]
async fn a_deleted_row_travels_and_what_is_the_machines_own_does_not() {
    let (from, to) = (machine().await, machine().await);
    let kept = from.app.profile().add(told("Kept")).await.unwrap();
    let deleted = from.app.profile().add(told("Deleted")).await.unwrap();
    from.app
        .profile()
        .delete_particle(deleted.id)
        .await
        .unwrap();
    from.app
        .profile()
        .store
        .set_server(Some("https://sync.example"), Some("sb_key"))
        .await
        .unwrap();
    let exported = from.export(Format::Json).await;
    let device = from
        .app
        .profile()
        .store
        .device()
        .await
        .unwrap()
        .id
        .to_string();
    let text = String::from_utf8(exported.clone()).unwrap();
    for own in [&*device, "sync.example", "sb_key"] {
        assert!(!text.contains(own), "{own} stays here");
    }
    assert_eq!(to.import_bytes(&exported).await.particles.new, 2);
    let listed = to
        .app
        .profile()
        .store
        .list_particles(&ParticleFilter::default())
        .await
        .unwrap();
    assert_eq!(listed, [kept]);
    to.app.profile().restore_particle(deleted.id).await.unwrap();
}

#[tokio::test]
async fn an_import_is_told_after_it_is_stored_and_how_far_it_is() {
    let (from, to) = (machine().await, machine().await);
    for task in 0..3 {
        from.app
            .profile()
            .add(told(&task.to_string()))
            .await
            .unwrap();
    }
    let path = to.file("import", &from.export(Format::Json).await);
    let mut events = to.app.events();
    let progress = watch::Sender::default();
    to.app.profile().import(&path, &progress).await.unwrap();
    let made = *progress.borrow();
    assert_eq!((made.done, made.total), (3, Some(3)));
    let Ok(Event::ParticlesChanged { ids }) = events.try_recv() else {
        panic!("the window is told once")
    };
    assert_eq!(ids.len(), 3);
    assert!(events.try_recv().is_err());
    to.app.profile().import(&path, &progress).await.unwrap();
    assert!(events.try_recv().is_err(), "nothing changed");
}

#[tokio::test]
async fn a_cut_file_gives_what_is_whole_and_says_so() {
    let (from, to) = (machine().await, machine().await);
    for task in 0..4 {
        from.app
            .profile()
            .add(told(&task.to_string()))
            .await
            .unwrap();
    }
    let exported = from.export(Format::Json).await;
    let end = exported.len() * 3 / 4;
    let report = to.import_bytes(&exported[..end]).await;
    assert!((1..4).contains(&report.particles.new), "{report:?}");
    assert_eq!(report.skipped_count, 1);
    let report = to.import_bytes(&exported).await;
    assert_eq!(report.particles.new + report.particles.unchanged, 4);
}

#[tokio::test]
async fn a_setting_that_is_imported_holds() {
    let (from, to) = (machine().await, machine().await);
    let key = SettingKey::new("daily_goal").unwrap();
    let goal = crate::model::SettingChange::parse(&key, "7").unwrap();
    from.app.profile().change_setting(goal).await.unwrap();
    to.import_bytes(&from.export(Format::Json).await).await;
    let there = to.app.profile().settings().await.unwrap();
    assert_eq!(there, from.app.profile().settings().await.unwrap());
}

#[tokio::test]
async fn the_history_of_pomotroid_is_taken_once_from_its_database_or_its_table() {
    let to = machine().await;
    let path = to.place.path().join("pomotroid.db");
    database(&path, POMOTROID).await;
    let before = fs::read(&path).unwrap();
    let report = to.import(&path).await.unwrap();
    assert_eq!(report.format, FileKind::PomotroidDatabase);
    assert_eq!(sums(&report), [2, 0, 0, 2], "{report:?}");
    assert_eq!(sums(&to.import(&path).await.unwrap()), [0, 0, 2, 2]);
    let table = b"id,started_at,ended_at,round_type,duration_secs,completed\n\
                  1,1790000000,1790001500,work,1500,1\n2,1790001500,1790001800,short-break,300,1\n";
    assert_eq!(
        sums(&to.import_bytes(table).await),
        [0, 0, 2, 0],
        "the same rows"
    );
    assert_eq!(fs::read(&path).unwrap(), before, "it is not touched");
    let beside = fs::read_dir(to.place.path()).unwrap().count();
    assert_eq!(beside, 3, "and nothing is left beside it");
}

#[rstest]
#[case::another_program(NOTES)]
#[case::an_endless_view(ENDLESS_VIEW)]
#[case::another_table(OTHER_SESSIONS)]
#[tokio::test]
async fn a_database_that_is_none_of_pomotroid_is_refused(#[case] sql: &'static str) {
    let to = machine().await;
    let path = to.place.path().join("other.db");
    database(&path, sql).await;
    let error = to.import(&path).await.unwrap_err();
    assert_eq!(error.view().code, ErrorCode::FileUnknown);
}

#[tokio::test]
async fn a_damaged_database_is_refused_and_odd_columns_are_skipped() {
    let to = machine().await;
    let damaged = to.file(
        "damaged.db",
        &[b"SQLite format 3\0".to_vec(), vec![7; 9000]].concat(),
    );
    let error = to.import(&damaged).await.unwrap_err();
    assert_eq!(error.view().code, ErrorCode::FileUnknown, "{error}");
    let odd = to.place.path().join("odd.db");
    database(&odd, ODD_SESSIONS).await;
    let report = to.import(&odd).await.unwrap();
    assert_eq!(sums(&report), [0, 0, 0, 2], "{report:?}");
}
