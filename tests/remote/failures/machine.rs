//! A machine whose process can end, and whose disk can be copied and put back.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use local_supabase::Moment;
use particle_core::clock::{Clock, ManualClock};
use particle_core::folder::DataFolder;
use particle_core::model::{Correction, Kind, Particle, ParticleId, ParticleTime, Preset, Task};
use particle_core::randomness::Randomness;
use particle_core::remote::{Granted, Supabase};
use particle_core::store::{Account, ParticleFilter, RowsDigest, Store};
use particle_core::sync::exchange::State;
use particle_core::sync::runner::{Report, Round, Start, Syncing};
use particle_core::sync::session::Session;
use particle_core::sync::vault::KeyringUse;
use tempfile::TempDir;

use super::{hold_after, within};
use crate::support::{EMAIL, World, password};

/// Memory if there is some: nothing here has to outlive the process.
const MEMORY: &str = "/dev/shm";

/// What a machine keeps while no process runs.
pub(super) struct Disk {
    pub(super) data: DataFolder,
    pub(super) clock: Arc<ManualClock>,
    _folder: TempDir,
}

impl Disk {
    fn new(clock: &Arc<ManualClock>) -> Self {
        let folder = tempfile::tempdir_in(MEMORY).or_else(|_| TempDir::new());
        let folder = folder.expect("a folder");
        let data = DataFolder::locate(Some(folder.path().into())).expect("a data folder");
        data.create().expect("its folders");
        Self {
            data,
            clock: Arc::clone(clock),
            _folder: folder,
        }
    }

    pub(super) fn database(&self) -> PathBuf {
        self.data.local_profile().database
    }

    /// Another machine with a copy of all of it.
    pub(super) fn copy(&self) -> Self {
        let copy = Self::new(&self.clock);
        copy_folder(self.data.path(), copy.data.path());
        copy
    }

    /// Its profiles are those of a backup from now on.
    pub(super) fn put_back(&self, backup: &Self) {
        let profiles = |disk: &Self| disk.database().parent().expect("a folder").to_owned();
        std::fs::remove_dir_all(profiles(self)).expect("our own folder");
        copy_folder(&profiles(backup), &profiles(self));
    }

    /// A process begins.
    pub(super) async fn open(self) -> Machine {
        let randomness = Arc::new(Randomness::system());
        let now = self.clock.now();
        let opened = Store::open(&self.database(), now, &randomness)
            .await
            .unwrap();
        assert_eq!(opened.moved_aside, None, "the profile is whole");
        Machine {
            disk: self,
            store: opened.store,
            randomness,
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&from, &to);
        } else {
            std::fs::copy(from, to).expect("a file");
        }
    }
}

/// A process over the profile of a machine. Whether somebody is signed in does not matter here.
pub(super) struct Machine {
    pub(super) disk: Disk,
    pub(super) store: Store,
    pub(super) randomness: Arc<Randomness>,
}

impl Machine {
    pub(super) async fn new(clock: &Arc<ManualClock>) -> Self {
        Disk::new(clock).open().await
    }

    /// The process ends; what it committed is on the disk.
    pub(super) async fn close(self) -> Disk {
        self.store.close().await;
        self.disk
    }

    pub(super) async fn sign_in(self, world: &World) -> Device {
        self.sign_in_and(world, Start::AtOnce).await
    }

    /// The person who signed up signs in here.
    pub(super) async fn sign_in_and(self, world: &World, start: Start) -> Device {
        let granted = world.supabase.sign_in(EMAIL, &password()).await.unwrap();
        self.let_in(&world.supabase, granted, start).await
    }

    /// Whoever was let in by the server.
    pub(super) async fn let_in(
        self,
        supabase: &Supabase,
        granted: Granted,
        start: Start,
    ) -> Device {
        let clock = self.disk.clock.clone();
        self.let_in_by(clock, supabase, granted, start).await
    }

    /// As [`Machine::let_in`], with a session that goes by another clock.
    pub(super) async fn let_in_by(
        self,
        clock: Arc<dyn Clock>,
        supabase: &Supabase,
        granted: Granted,
        start: Start,
    ) -> Device {
        let account = Account {
            server_url: supabase.url().into(),
            user_id: granted.account.id.to_string(),
            email: EMAIL.into(),
        };
        let folder = &self.disk.data;
        let begun = Session::begin(supabase.clone(), granted, folder, KeyringUse::Off, clock);
        let session = begun.await.unwrap();
        assert!(self.store.become_account(&account).await.unwrap());
        self.run(session, start).await
    }

    /// Goes on for whoever was signed in.
    pub(super) async fn resume(self, supabase: &Supabase, start: Start) -> Device {
        let session = self.session(supabase).await.expect("somebody is signed in");
        self.run(session, start).await
    }

    /// The session that was begun on this machine, if there is one.
    pub(super) async fn session(&self, supabase: &Supabase) -> Option<Session> {
        let account = self.store.account().await.unwrap().expect("somebody's");
        let user = account.user_id.parse().expect("an id");
        let (folder, clock) = (&self.disk.data, self.disk.clock.clone());
        let resumed = Session::resume(supabase.clone(), user, folder, KeyringUse::Off, clock);
        resumed.await.unwrap()
    }

    async fn run(self, session: Session, start: Start) -> Device {
        let session = Arc::new(session);
        let syncing = self.begin_loop(Arc::clone(&session), start).await;
        Device {
            machine: self,
            session,
            syncing,
        }
    }

    async fn begin_loop(&self, session: Arc<Session>, start: Start) -> Syncing {
        let clock: Arc<dyn Clock> = self.disk.clock.clone();
        let (store, randomness) = (self.store.clone(), Arc::clone(&self.randomness));
        let begun = Syncing::start(
            store,
            Some(session),
            clock,
            randomness,
            Box::new(|_| {}),
            start,
        );
        begun.await.unwrap()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.disk.clock.now()
    }

    /// A particle that ended so many minutes ago.
    pub(super) fn particle(&self, task: &str, minutes_ago: i64) -> Particle {
        let now = self.now();
        Particle {
            id: ParticleId::new(now, &self.randomness),
            kind: Kind::Focus,
            task: Task::new(task).unwrap(),
            project_id: None,
            time: ParticleTime {
                started_at: now - TimeDelta::minutes(25 + minutes_ago),
                ended_at: now - TimeDelta::minutes(minutes_ago),
                planned_seconds: 1500,
                duration_seconds: 1500,
                overflow_seconds: 0,
                utc_offset_minutes: 60,
            },
            preset: Preset::Classic,
            deleted: false,
        }
    }

    pub(super) async fn focus(&self, task: &str) -> ParticleId {
        let particle = self.particle(task, 0);
        let recorded = self.store.record_particle(particle, self.now()).await;
        recorded.unwrap().id
    }

    /// A history of so many particles.
    pub(super) async fn focus_often(&self, count: u32) {
        let particle = |number: u32| self.particle(&number.to_string(), i64::from(number));
        let all: Vec<Particle> = (0..count).map(particle).collect();
        self.store.record_particles(&all, self.now()).await.unwrap();
    }

    pub(super) async fn write_task(&self, id: ParticleId, task: &str) {
        let correction = Correction {
            task: Some(Task::new(task).unwrap()),
            ..Correction::default()
        };
        let corrected = self.store.correct_particle(id, &correction, self.now());
        corrected.await.unwrap();
    }

    pub(super) async fn delete(&self, id: ParticleId) {
        self.store.delete_particle(id, self.now()).await.unwrap();
    }

    pub(super) async fn restore(&self, id: ParticleId) {
        self.store.restore_particle(id, self.now()).await.unwrap();
    }

    /// The tasks of what is not deleted, in the order of the alphabet.
    pub(super) async fn tasks(&self) -> Vec<String> {
        let filter = ParticleFilter::default();
        let kept = self.store.list_particles(&filter).await.unwrap();
        let mut tasks: Vec<String> = kept.iter().map(|row| row.task.to_string()).collect();
        tasks.sort();
        tasks
    }

    /// What a particle is called here; none when it is deleted.
    pub(super) async fn task(&self, id: ParticleId) -> Option<String> {
        let kept = self.store.particle(id).await.unwrap().expect("it is here");
        (!kept.deleted).then(|| kept.task.to_string())
    }

    pub(super) async fn digest(&self) -> BTreeMap<&'static str, RowsDigest> {
        let mut snapshot = self.store.snapshot().await.unwrap();
        snapshot.digest().await.unwrap()
    }
}

/// A process on whose machine somebody is signed in.
pub(super) struct Device {
    machine: Machine,
    pub(super) session: Arc<Session>,
    pub(super) syncing: Syncing,
}

impl Deref for Device {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        &self.machine
    }
}

impl Device {
    /// Exchanges, as far as the server lets it.
    pub(super) async fn round(&self) -> Round {
        within("the exchange ends", self.syncing.sync_now()).await
    }

    /// Exchanges until nothing is left to do.
    pub(super) async fn sync(&self) -> Round {
        let round = self.round().await;
        assert_eq!(round.setback, None);
        round
    }

    /// Exchanges, which goes wrong.
    pub(super) async fn sync_in_vain(&self) -> Round {
        let round = self.round().await;
        assert!(round.setback.is_some(), "{round:?}");
        round
    }

    /// The process ends in the middle of whatever it does.
    pub(super) async fn die(self) -> Disk {
        self.syncing.end().await;
        self.machine.close().await
    }

    /// Asks for an exchange whose request after `passed` ones is held, and dies when it is. The test goes on with
    /// that request in its hand; there is none when everything was exchanged before.
    pub(super) async fn die_in_request(
        self,
        world: &World,
        passed: usize,
        moment: Moment,
    ) -> (Disk, Option<local_supabase::Held>) {
        let mut held = hold_after(world, passed, moment);
        let was_held = tokio::select! {
            arrived = held.arrived() => arrived.is_some(),
            round = self.round() => {
                assert_eq!(round.setback, None);
                false
            }
        };
        world.server.faults().clear();
        (self.die().await, was_held.then_some(held))
    }

    /// Another process on the same profile, as the command is beside the app.
    pub(super) async fn beside(&self, supabase: &Supabase) -> Beside {
        let randomness = Arc::new(Randomness::system());
        let path = self.disk.database();
        let opened = Store::open(&path, self.now(), &randomness).await;
        let store = opened.unwrap().store;
        let session = self.session(supabase).await.expect("it is kept");
        let session = Arc::new(session);
        let syncing = Syncing::start(
            store.clone(),
            Some(session),
            self.disk.clock.clone(),
            randomness,
            Box::new(|_| {}),
            Start::WhenAsked,
        );
        Beside {
            syncing: syncing.await.unwrap(),
            store,
        }
    }

    /// Waits until the loop says something of itself.
    pub(super) async fn reports(&self, wanted: impl Fn(&Report) -> bool) -> Report {
        let mut reports = self.syncing.reports();
        let found = within("the loop says so", reports.wait_for(wanted)).await;
        found.expect("the loop runs").clone()
    }

    /// Waits until nothing runs.
    pub(super) async fn rests(&self) -> Report {
        self.reports(|report| report.state != State::Running).await
    }

    /// Waits for the loop, which nobody asked, to have sent everything.
    pub(super) async fn has_sent_everything(&self) {
        let mut reports = self.syncing.reports();
        let sent = async {
            while self.store.count_waiting().await.unwrap() > 0 {
                reports.changed().await.unwrap();
            }
        };
        within("everything is sent", sent).await;
    }
}

/// A second process on the profile of a device.
pub(super) struct Beside {
    pub(super) store: Store,
    syncing: Syncing,
}

impl Beside {
    /// Exchanges until nothing is left to do.
    pub(super) async fn sync(&self) -> Round {
        let round = within("the exchange ends", self.syncing.sync_now()).await;
        assert_eq!(round.setback, None);
        round
    }
}
