//! Devices of one person agree: the real store, the real loop and the real server.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use local_supabase::{Fault, Settings};
use particle_core::change::Entity;
use particle_core::clock::Clock;
use particle_core::model::{
    Brightness, Correction, IntentionId, IntentionText, Kind, Particle, ParticleId, ParticleTime,
    Preset, Project, ProjectId, ProjectName, SettingChange, Task,
};
use particle_core::randomness::Randomness;
use particle_core::store::{Account, IntentionEdit, ParticleFilter, ProjectEdit, Store};
use particle_core::sync::exchange::{State, Trigger};
use particle_core::sync::runner::{Round, Start, Syncing};
use particle_core::sync::session::Session;
use particle_core::sync::vault::KeyringUse;
use tempfile::TempDir;

use crate::support::{EMAIL, EXCHANGE, World, password, start, start_with};

/// A machine that somebody is signed in on.
struct Device {
    store: Store,
    syncing: Syncing,
    randomness: Arc<Randomness>,
    world_clock: Arc<dyn Clock>,
    session: Arc<Session>,
    /// Rows that came from elsewhere.
    heard: Arc<Mutex<BTreeSet<(Entity, String)>>>,
    _folder: TempDir,
}

impl Device {
    /// Another machine of the person who signed up.
    async fn of(world: &World, seed: u64) -> Self {
        let folder = TempDir::new().unwrap();
        let data = particle_core::folder::DataFolder::locate(Some(folder.path().into())).unwrap();
        data.create().unwrap();
        let randomness = Arc::new(Randomness::seeded(seed));
        let clock: Arc<dyn Clock> = world.clock.clone();
        let path = data.local_profile().database;
        let opened = Store::open(&path, clock.now(), &randomness).await;
        let store = opened.unwrap().store;

        let granted = world.supabase.sign_in(EMAIL, &password()).await.unwrap();
        let account = Account {
            server_url: world.supabase.url().into(),
            user_id: granted.account.id.to_string(),
            email: EMAIL.into(),
        };
        let supabase = world.supabase.clone();
        let begun = Session::begin(supabase, granted, &data, KeyringUse::Off, clock.clone());
        let session = Arc::new(begun.await.unwrap());
        assert!(store.become_account(&account).await.unwrap());
        let heard: Arc<Mutex<BTreeSet<(Entity, String)>>> = Arc::default();
        let hearing = Arc::clone(&heard);
        let syncing = Syncing::start(
            store.clone(),
            Some(Arc::clone(&session)),
            clock.clone(),
            Arc::clone(&randomness),
            Box::new(move |rows| {
                hearing.lock().unwrap().extend(rows.iter().cloned());
            }),
            Start::AtOnce,
        );
        Self {
            syncing: syncing.await.unwrap(),
            store,
            randomness,
            world_clock: clock,
            session,
            heard,
            _folder: folder,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.world_clock.now()
    }

    async fn focus(&self, task: &str) -> ParticleId {
        let now = self.now();
        let particle = Particle {
            id: ParticleId::new(now, &self.randomness),
            kind: Kind::Focus,
            task: Task::new(task).unwrap(),
            project_id: None,
            time: ParticleTime {
                started_at: now - TimeDelta::minutes(25),
                ended_at: now,
                planned_seconds: 1500,
                duration_seconds: 1500,
                overflow_seconds: 0,
                utc_offset_minutes: 60,
            },
            preset: Preset::Classic,
            deleted: false,
        };
        self.store.record_particle(particle, now).await.unwrap().id
    }

    async fn write_task(&self, id: ParticleId, task: &str) {
        let correction = Correction {
            task: Some(Task::new(task).unwrap()),
            ..Correction::default()
        };
        let corrected = self.store.correct_particle(id, &correction, self.now());
        corrected.await.unwrap();
    }

    async fn tasks(&self) -> Vec<String> {
        let filter = ParticleFilter::default();
        let kept = self.store.list_particles(&filter).await.unwrap();
        let mut tasks: Vec<String> = kept.iter().map(|row| row.task.to_string()).collect();
        tasks.sort();
        tasks
    }

    async fn sync(&self) -> Round {
        let round = self.syncing.sync_now().await;
        assert_eq!(round.setback, None);
        round
    }

    /// Waits for the loop, which nobody asked, to have sent everything.
    async fn has_sent_everything(&self) {
        let mut reports = self.syncing.reports();
        while self.store.count_waiting().await.unwrap() > 0 {
            reports.changed().await.unwrap();
        }
    }
}

async fn assert_equal(devices: &[&Device]) {
    for device in devices {
        device.sync().await;
    }
    for device in devices {
        device.sync().await;
    }
    let digest = async |device: &Device| {
        let mut snapshot = device.store.snapshot().await.unwrap();
        snapshot.digest().await.unwrap()
    };
    let first = digest(devices[0]).await;
    for device in devices {
        assert_eq!(digest(device).await, first);
        assert_eq!(device.store.count_waiting().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn everything_that_one_device_does_reaches_the_others() {
    let world = start().await;
    world.sign_up().await;
    let (one, other) = (Device::of(&world, 1).await, Device::of(&world, 2).await);
    let kept = one.focus("Write").await;
    let gone = one.focus("Gone").await;
    one.store.delete_particle(gone, one.now()).await.unwrap();
    let project = Project {
        id: ProjectId::new(one.now(), &one.randomness),
        name: ProjectName::new("Book").unwrap(),
        brightness: Brightness::FULL,
        archived: false,
        deleted: false,
    };
    one.store.add_project(&project, one.now()).await.unwrap();
    let setting = SettingChange::Overflow(false).row();
    one.store.set_setting(setting, one.now()).await.unwrap();
    let day = IntentionId::new(one.now().date_naive()).unwrap();
    let intention = IntentionEdit {
        text: Some(IntentionText::new("One chapter").unwrap()),
        ..IntentionEdit::default()
    };
    one.store
        .edit_intention(day, &intention, one.now())
        .await
        .unwrap();
    assert_equal(&[&one, &other]).await;
    assert_eq!(other.tasks().await, ["Write"]);
    assert_eq!(other.heard.lock().unwrap().len(), 5);

    // Different fields of one row on two devices, then the same field, on the other first.
    world.pass(Duration::from_secs(5));
    let rename = ProjectEdit::Rename(ProjectName::new("Novel").unwrap());
    other
        .store
        .edit_project(project.id, rename, other.now())
        .await
        .unwrap();
    let archive = ProjectEdit::SetArchived(true);
    one.store
        .edit_project(project.id, archive, one.now())
        .await
        .unwrap();
    other.write_task(kept, "Early").await;
    world.pass(Duration::from_secs(1));
    one.write_task(kept, "Late").await;
    one.store.restore_particle(gone, one.now()).await.unwrap();
    assert_equal(&[&other, &one]).await;
    assert_eq!(other.tasks().await, ["Gone", "Late"]);
    let projects = one.store.list_projects().await.unwrap();
    assert_eq!(
        (projects[0].name.as_str(), projects[0].archived),
        ("Novel", true)
    );
}

#[tokio::test]
async fn a_change_leaves_by_itself_and_is_fetched_by_who_looks() {
    let world = start().await;
    world.sign_up().await;
    let (one, other) = (Device::of(&world, 1).await, Device::of(&world, 2).await);
    other.sync().await;
    one.focus("Write").await;
    one.has_sent_everything().await;
    world.pass(Duration::from_secs(10));
    let mut reports = other.syncing.reports();
    other.syncing.hear(Trigger::Focus);
    while other.tasks().await.is_empty() {
        reports.changed().await.unwrap();
    }
    world.pass(Duration::from_secs(10));
    other.focus("Read").await;
    other.has_sent_everything().await;
    // Nobody looks: the next tick fetches it.
    let mut reports = one.syncing.reports();
    world.pass(Duration::from_secs(31));
    while one.tasks().await.len() < 2 {
        reports.changed().await.unwrap();
    }
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_neither_loses_nor_doubles_anything() {
    let faults = [
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::Twice,
        Fault::Truncated(40),
        Fault::unauthorized(),
        Fault::captive_portal(),
        Fault::status(503, "{}"),
        Fault::status(500, r#"{"code":"40001","message":"again"}"#),
    ];
    let world = start().await;
    world.sign_up().await;
    let (one, other) = (Device::of(&world, 1).await, Device::of(&world, 2).await);
    one.sync().await;
    for (number, fault) in (1..).zip(faults) {
        world.server.faults().next(EXCHANGE, fault);
        one.focus(&format!("{number}")).await;
        one.syncing.sync_now().await;
        world.server.faults().clear();
        assert_equal(&[&one, &other]).await;
        assert_eq!(other.tasks().await.len(), number);
    }
}

#[tokio::test]
async fn tokens_that_live_five_seconds_are_good_enough() {
    let token_life = Duration::from_secs(5);
    let world = start_with(Settings {
        token_life,
        ..Settings::default()
    })
    .await;
    world.sign_up().await;
    let (one, other) = (Device::of(&world, 1).await, Device::of(&world, 2).await);
    for number in 0..20 {
        one.focus(&format!("{number}")).await;
        world.pass(Duration::from_secs(7));
        assert_equal(&[&one, &other]).await;
    }
    assert_eq!(other.tasks().await.len(), 20);
}

#[tokio::test]
async fn many_rows_go_in_pages() {
    let world = start().await;
    world.sign_up().await;
    let (one, other) = (Device::of(&world, 1).await, Device::of(&world, 2).await);
    assert_equal(&[&one, &other]).await;
    let now = one.now();
    let row = |number: i64| Particle {
        id: ParticleId::new(now, &one.randomness),
        kind: Kind::Focus,
        task: Task::new(&number.to_string()).unwrap(),
        project_id: None,
        time: ParticleTime {
            started_at: now - TimeDelta::minutes(25 + number),
            ended_at: now - TimeDelta::minutes(number),
            planned_seconds: 1500,
            duration_seconds: 1500,
            overflow_seconds: 0,
            utc_offset_minutes: 60,
        },
        preset: Preset::Classic,
        deleted: false,
    };
    let rows: Vec<Particle> = (0..2500).map(row).collect();
    one.store.record_particles(&rows, now).await.unwrap();
    let round = one.sync().await;
    assert_eq!((round.pushed, round.requests), (2500, 3), "1,000 a request");
    let round = other.sync().await;
    assert_eq!((round.pulled, round.pushed), (2500, 0));
    assert_equal(&[&one, &other]).await;
}

#[tokio::test]
async fn a_device_that_was_signed_out_keeps_its_changes_and_sends_none() {
    let world = start().await;
    world.sign_up().await;
    let (one, other) = (Device::of(&world, 1).await, Device::of(&world, 2).await);
    assert_equal(&[&one, &other]).await;
    one.syncing.sign_out().await;
    // It would ask on its own meanwhile.
    other.syncing.sign_out().await;
    let before = world
        .server
        .requests()
        .count(|answered| answered.path == EXCHANGE);
    one.focus("Alone").await;
    world.pass(Duration::from_secs(100));
    let round = one.syncing.sync_now().await;
    assert_eq!(round.requests, 0);
    assert_eq!(one.syncing.report().state, State::Local);
    let after = world
        .server
        .requests()
        .count(|answered| answered.path == EXCHANGE);
    assert_eq!(before, after);

    for device in [&one, &other] {
        device.syncing.sign_in(Arc::clone(&device.session)).await;
    }
    one.has_sent_everything().await;
    assert_equal(&[&one, &other]).await;
    assert_eq!(other.tasks().await, ["Alone"]);
}
