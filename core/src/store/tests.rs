mod backups;
mod corrections;
mod exchange;
mod failures;
pub(crate) mod foreign;
mod history;
mod incoming;
mod intentions;
mod lists;
mod migrations;
mod overlaps;
mod project_merge;
mod projects;
mod round_trip;
mod settings;
mod statistics;
mod together;
mod upload;

use std::fs;
use std::path::PathBuf;

use chrono::TimeZone;
use proptest::prelude::*;
use rstest::rstest;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Row, SqliteConnection};
use tempfile::TempDir;

use super::*;
use crate::change::{Field, ParticleField, Stamp, Stamps};
use crate::model::{Kind, ParticleId, ParticleTime, Preset, ProjectId, Task};

impl Store {
    /// Does to the open profile what no command does.
    pub(crate) async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.unwrap();
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(1_800_000_000 + seconds, 0).unwrap()
}

struct Profile {
    _folder: TempDir,
    path: PathBuf,
}

impl Profile {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("local.db");
        Self {
            _folder: folder,
            path,
        }
    }

    async fn open(&self) -> OpenedStore {
        self.try_open().await.unwrap()
    }

    async fn try_open(&self) -> Result<OpenedStore, StoreError> {
        Store::open(&self.path, at(0), &Randomness::seeded(3)).await
    }

    async fn sql(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .create_if_missing(true);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    async fn execute(&self, sql: &'static str) {
        let mut connection = self.sql().await;
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// A profile that holds one particle and is closed.
    async fn with_a_particle() -> Self {
        let profile = Self::new();
        let store = profile.open().await.store;
        store
            .record_particle(particle(1, "Write"), at(0))
            .await
            .unwrap();
        store.close().await;
        profile
    }
}

fn particle(seed: u64, task: &str) -> Particle {
    Particle {
        id: ParticleId::new(at(0), &Randomness::seeded(seed)),
        kind: Kind::Focus,
        task: Task::new(task).unwrap(),
        project_id: None,
        time: ParticleTime {
            started_at: at(0),
            ended_at: at(1500),
            planned_seconds: 1500,
            duration_seconds: 1500,
            overflow_seconds: 0,
            utc_offset_minutes: 60,
        },
        preset: Preset::Classic,
        deleted: false,
    }
}

#[tokio::test]
async fn a_particle_is_born_with_a_stamp_on_every_field_and_waits_for_a_server() {
    let profile = Profile::with_a_particle().await;
    let mut sql = profile.sql().await;
    let stamps: String = sqlx::query_scalar("select stamps from particles")
        .fetch_one(&mut sql)
        .await
        .unwrap();
    let stamps: Stamps<ParticleField> = serde_json::from_str(&stamps).unwrap();
    assert!(stamps.keys().eq(ParticleField::ALL), "{stamps:?}");
    let clock: String = sqlx::query_scalar("select last_stamp from logical_clock")
        .fetch_one(&mut sql)
        .await
        .unwrap();
    assert!(
        stamps.values().all(|stamp| stamp.to_string() == clock),
        "one stamp per transaction"
    );
    let row = sqlx::query("select entity, row_id, fields from outbox")
        .fetch_one(&mut sql)
        .await
        .unwrap();
    assert_eq!(row.get::<String, _>("entity"), "particle");
    assert_eq!(
        row.get::<String, _>("row_id"),
        particle(1, "").id.to_string()
    );
    let fields: Vec<ParticleField> = serde_json::from_str(row.get("fields")).unwrap();
    assert_eq!(fields, ParticleField::ALL);
}

#[tokio::test]
async fn recording_a_particle_twice_keeps_the_first_and_one_mark() {
    let store = Profile::new();
    let store = store.open().await.store;
    let first = store
        .record_particle(particle(1, "First"), at(0))
        .await
        .unwrap();
    let second = store
        .record_particle(particle(1, "Second"), at(1))
        .await
        .unwrap();
    assert_eq!(second, first);
    assert_eq!(store.count_waiting().await.unwrap(), 1);
}

#[tokio::test]
async fn stamps_grow_over_transactions_processes_and_a_clock_set_back() {
    let profile = Profile::new();
    let mut last = Stamp::ZERO;
    for (process, seconds) in [(1, 100), (2, 50), (3, -90_000)] {
        let opened = Store::open(&profile.path, at(seconds), &Randomness::seeded(process))
            .await
            .unwrap();
        opened
            .store
            .record_particle(particle(process, "Write"), at(seconds))
            .await
            .unwrap();
        let stamp: String = sqlx::query_scalar("select last_stamp from logical_clock")
            .fetch_one(&opened.store.pool)
            .await
            .unwrap();
        let stamp: Stamp = stamp.parse().unwrap();
        assert!(stamp > last, "{stamp} after {last}");
        last = stamp;
    }
}

#[tokio::test]
async fn a_particle_and_its_mark_are_one_transaction() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    sqlx::query(
        "create trigger refuse before insert on outbox begin select raise(abort, 'refused'); end",
    )
    .execute(&store.pool)
    .await
    .unwrap();
    let kept = Consequence {
        kept: Some(particle(1, "Write")),
        deleted: None,
    };
    let row = TimerRow {
        version: 9,
        ..store.timer().await.unwrap()
    };
    store
        .record_transition(&row, &kept, at(0))
        .await
        .unwrap_err();
    assert!(
        store
            .list_particles(&ParticleFilter::default())
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.timer().await.unwrap().version, 0);
}

#[rstest]
#[case::truncated(|bytes: &mut Vec<u8>| bytes.truncate(8192))]
#[case::cut_within_a_page(|bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 2000))]
#[case::a_bad_page(|bytes: &mut Vec<u8>| bytes[3 * 4096..4 * 4096].fill(0x5a))]
#[case::cut_within_the_header(|bytes: &mut Vec<u8>| bytes.truncate(50))]
#[case::overwritten(|bytes: &mut Vec<u8>| bytes.fill(b'x'))]
#[tokio::test]
async fn a_damaged_file_is_moved_aside_and_never_deleted(#[case] damage: fn(&mut Vec<u8>)) {
    let profile = Profile::with_a_particle().await;
    let mut bytes = fs::read(&profile.path).unwrap();
    damage(&mut bytes);
    fs::write(&profile.path, &bytes).unwrap();
    let opened = profile.open().await;
    let aside = opened.moved_aside.expect("it says where the file is");
    assert_eq!(fs::read(aside).unwrap(), bytes);
    opened
        .store
        .record_particle(particle(1, "Write"), at(0))
        .await
        .expect("a new one is made");
}

#[tokio::test]
async fn a_closed_profile_is_whole_in_its_one_file() {
    let profile = Profile::with_a_particle().await;
    let alone = profile.path.with_file_name("copy.db");
    fs::copy(&profile.path, &alone).unwrap();
    let copy = Store::open_for_reading(&alone).await.unwrap();
    let kept = copy
        .list_particles(&ParticleFilter::default())
        .await
        .unwrap();
    assert_eq!(kept, [particle(1, "Write")]);
}

#[tokio::test]
async fn a_file_that_a_log_still_repairs_is_not_taken_for_damaged() {
    let profile = Profile::new();
    let open = profile.open().await.store;
    open.record_particle(particle(1, "Write"), at(0))
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let killed = folder.path().join("local.db");
    let mut cut = fs::read(&profile.path).unwrap();
    cut.truncate(cut.len() / 2 + 100);
    fs::write(&killed, cut).unwrap();
    fs::copy(
        profile.path.with_file_name("local.db-wal"),
        folder.path().join("local.db-wal"),
    )
    .unwrap();
    let opened = Store::open(&killed, at(0), &Randomness::seeded(4))
        .await
        .unwrap();
    assert_eq!(opened.moved_aside, None);
    assert_eq!(
        opened
            .store
            .list_particles(&ParticleFilter::default())
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_second_damaged_file_does_not_replace_the_first() {
    let profile = Profile::new();
    let mut asides = Vec::new();
    for content in ["first", "second"] {
        fs::write(&profile.path, content.repeat(100)).unwrap();
        let opened = profile.open().await;
        opened.store.close().await;
        asides.push(opened.moved_aside.unwrap());
    }
    assert!(fs::read_to_string(&asides[0]).unwrap().starts_with("first"));
    assert!(
        fs::read_to_string(&asides[1])
            .unwrap()
            .starts_with("second")
    );
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_and_not_touched() {
    let profile = Profile::new();
    profile
        .execute("create table notes (text text); insert into notes values ('mine')")
        .await;
    let before = fs::read(&profile.path).unwrap();
    assert!(matches!(
        profile.try_open().await,
        Err(StoreError::Foreign { .. })
    ));
    assert_eq!(fs::read(&profile.path).unwrap(), before);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_not_touched() {
    let profile = Profile::with_a_particle().await;
    profile
        .execute("insert into _sqlx_migrations select 9999, 'later', installed_on, success, checksum, 0 from _sqlx_migrations limit 1")
        .await;
    let before = fs::read(&profile.path).unwrap();
    let refused = profile.try_open().await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Newer { found: 9999, known, .. }) if known == profile::newest_schema()
        ),
        "{refused:?}"
    );
    assert_eq!(fs::read(&profile.path).unwrap(), before);
}

#[tokio::test]
async fn a_file_of_a_process_that_died_while_making_it_is_completed() {
    let profile = Profile::new();
    profile
        .execute("pragma journal_mode = wal; create table t (x); drop table t")
        .await;
    assert_eq!(profile.open().await.moved_aside, None);
    assert_eq!(profile.open().await.store.timer().await.unwrap().version, 0);
}

#[tokio::test]
async fn a_search_takes_its_text_literally() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    store
        .record_particle(particle(1, "100% done"), at(0))
        .await
        .unwrap();
    store
        .record_particle(particle(2, "1000 done"), at(0))
        .await
        .unwrap();
    let filter = ParticleFilter {
        search: Some("00%".into()),
        ..ParticleFilter::default()
    };
    assert_eq!(store.list_particles(&filter).await.unwrap().len(), 1);
}

fn any_particle() -> impl Strategy<Value = Particle> {
    let kinds = prop_oneof![Just(Kind::Focus)];
    let presets = prop_oneof![
        Just(Preset::Classic),
        Just(Preset::DeepWork),
        Just(Preset::Ultradian),
        Just(Preset::Custom)
    ];
    let time = (
        0..4_000_000_000_000i64,
        0..86_400_000i64,
        0..=86_400u32,
        0..=86_400u32,
        -1080..=1080i32,
    );
    let task = "\\PC{0,200}".prop_map(|text| Task::new(&text).unwrap());
    (any::<u64>(), kinds, presets, time, task, any::<bool>()).prop_map(
        |(seed, kind, preset, time, task, in_project)| {
            let (start, length, planned, spent, utc_offset_minutes) = time;
            let randomness = Randomness::seeded(seed);
            Particle {
                id: ParticleId::new(at(0), &randomness),
                kind,
                task,
                project_id: in_project.then(|| ProjectId::new(at(0), &randomness)),
                time: ParticleTime {
                    started_at: Utc.timestamp_millis_opt(start).unwrap(),
                    ended_at: Utc.timestamp_millis_opt(start + length).unwrap(),
                    planned_seconds: planned,
                    duration_seconds: spent,
                    overflow_seconds: spent / 2,
                    utc_offset_minutes,
                },
                preset,
                deleted: false,
            }
        },
    )
}
