use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeZone;
use rstest::rstest;
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::model::{Kind, Preset, SettingChange, Task};
use crate::store::{Kinds, ParticleFilter};
use crate::timer::{Begin, SleepAnswer, Timer};

mod days;
mod ending;
mod retrying;
mod sleeping;

/// A machine: a profile on disk and a clock moved by hand.
struct Machine {
    folder: TempDir,
    clock: Arc<ManualClock>,
}

/// The machine with an engine running on it.
struct Running {
    store: Store,
    engine: Engine,
}

impl Machine {
    fn new() -> Self {
        let start = Utc.timestamp_opt(1_800_000_000, 0).unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(ManualClock::new(start, 60)),
        }
    }

    fn profile(&self) -> PathBuf {
        self.folder.path().join("local.db")
    }

    /// What a process does when it starts; what it kept open before counts as killed.
    async fn boot(&self) -> Running {
        let randomness = Arc::new(Randomness::seeded(7));
        let store = Store::open(&self.profile(), self.clock.now(), &randomness)
            .await
            .unwrap()
            .store;
        let engine = Engine::start(
            store.clone(),
            self.clock.clone(),
            randomness,
            broadcast::Sender::new(EVENTS_MAX),
        )
        .await
        .unwrap();
        Running { store, engine }
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Running {
    async fn run(&self, step: Step) -> TimerRow {
        self.engine.step(step, None).await.unwrap()
    }

    async fn set(&self, change: SettingChange) {
        let now = Utc.timestamp_opt(1_800_000_000, 0).unwrap();
        self.store.set_setting(change.row(), now).await.unwrap();
    }

    fn timer(&self) -> Timer {
        self.engine.timer().session.timer
    }

    /// Durations and overflows of what is kept, oldest first.
    async fn kept(&self) -> Vec<(u32, u32)> {
        let filter = ParticleFilter {
            kinds: Kinds::All,
            ..ParticleFilter::default()
        };
        let mut particles = self.store.list_particles(&filter).await.unwrap();
        particles.reverse();
        particles
            .iter()
            .map(|particle| {
                (
                    particle.time.duration_seconds,
                    particle.time.overflow_seconds,
                )
            })
            .collect()
    }
}

fn start(task: &str) -> Step {
    Step::Start(Begin {
        task: Some(Task::new(task).unwrap()),
        ..Begin::default()
    })
}

fn next() -> Step {
    Step::Toggle(Begin::default())
}

fn is_idle(timer: &Timer) -> bool {
    matches!(timer, Timer::Idle(_))
}

#[tokio::test]
async fn a_focus_survives_the_death_of_its_process_with_the_right_remainder() {
    let machine = Machine::new();
    let before = machine.boot().await.run(start("Write")).await;
    machine.pass(600);
    let after = machine.boot().await;
    assert_eq!(
        after.engine.timer(),
        before,
        "nothing moved while no process ran"
    );
    machine.pass(60);
    after.run(Step::Finish).await;
    assert_eq!(after.kept().await, [(660, 0)]);
}

#[tokio::test]
async fn a_plan_reached_while_no_process_ran_is_kept_without_overflow() {
    let machine = Machine::new();
    machine.boot().await.run(start("Write")).await;
    machine.pass(5000);
    let running = machine.boot().await;
    assert!(is_idle(&running.timer()));
    assert_eq!(running.kept().await, [(1500, 0)]);
}

#[tokio::test]
async fn the_deadline_moves_the_timer_without_anybody_asking() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    let mut events = running.engine.events();
    machine.pass(1500);
    assert_eq!(events.recv().await, Ok(Event::TimerChanged));
    assert!(matches!(running.timer(), Timer::Overflow { .. }));
    assert!(
        matches!(
            running.store.timer().await.unwrap().session.timer,
            Timer::Overflow { .. }
        ),
        "it is on disk"
    );
}

#[tokio::test]
async fn an_event_leaves_after_the_particle_is_on_disk() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    let mut events = running.engine.events();
    machine.pass(90);
    running.run(Step::Finish).await;
    assert_eq!(events.recv().await, Ok(Event::TimerChanged));
    let Ok(Event::ParticleFinished { id }) = events.recv().await else {
        panic!("a particle was finished")
    };
    assert_eq!(
        running
            .store
            .list_particles(&ParticleFilter::default())
            .await
            .unwrap()[0]
            .id,
        id
    );
}

#[tokio::test]
async fn a_toggle_in_overflow_keeps_the_focus_and_starts_the_next_on_the_same_task() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    machine.pass(1560);
    let row = running.run(next()).await;
    assert_eq!(running.kept().await, [(1560, 60)]);
    assert_eq!(
        row.session
            .timer
            .stretch()
            .map(|stretch| stretch.task.as_str()),
        Some("Write")
    );
    assert_eq!(running.store.count_waiting().await.unwrap(), 1);
}

#[tokio::test]
async fn the_second_click_of_a_double_click_changes_nothing() {
    let machine = Machine::new();
    let running = machine.boot().await;
    let seen = running.engine.timer().version;
    running.engine.step(next(), Some(seen)).await.unwrap();
    let second = running.engine.step(next(), Some(seen)).await;
    assert!(matches!(second, Err(EngineError::Stale)), "{second:?}");
    assert!(matches!(running.timer(), Timer::Running { .. }));
}

#[tokio::test]
async fn another_task_is_no_other_state_for_a_click() {
    let machine = Machine::new();
    let running = machine.boot().await;
    let seen = running.run(start("Write")).await.version;
    running.run(Step::Rename(Task::new("Read").unwrap())).await;
    running
        .engine
        .set_length(Some(FocusLength::CLASSIC))
        .await
        .unwrap();
    let paused = running.engine.step(Step::Pause, Some(seen)).await.unwrap();
    assert_eq!(
        paused.session.timer.stretch().map(|s| s.task.as_str()),
        Some("Read")
    );
    assert!(paused.version > seen);
}

#[tokio::test]
async fn a_finish_that_comes_an_hour_too_late_finds_the_plan_kept() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    machine.pass(1500 + 3600);
    let late = running.engine.step(Step::Finish, None).await;
    assert!(
        matches!(late, Err(EngineError::Refused(Refused::Idle))),
        "{late:?}"
    );
    assert_eq!(running.kept().await, [(1500, 0)]);
}

#[tokio::test]
async fn a_command_that_cannot_be_stored_leaves_the_timer_as_it_was() {
    let machine = Machine::new();
    let running = machine.boot().await;
    let before = running.run(start("Write")).await;
    running.store.close().await;
    machine.pass(90);
    let refused = running.engine.step(Step::Finish, None).await;
    assert!(matches!(refused, Err(EngineError::Store(_))), "{refused:?}");
    assert_eq!(running.engine.timer(), before);
    assert_eq!(
        machine.boot().await.engine.timer(),
        before,
        "so it is on disk"
    );
}

#[rstest]
#[case::running(1499, true)]
#[case::reached(1500, false)]
#[tokio::test]
async fn a_clock_set_back_does_not_end_a_focus(#[case] seconds: u64, #[case] running: bool) {
    let machine = Machine::new();
    let booted = machine.boot().await;
    booted.run(start("Write")).await;
    machine
        .clock
        .set(machine.clock.now() - chrono::Duration::days(1));
    machine
        .clock
        .set(Utc.timestamp_opt(1_800_000_000, 0).unwrap());
    machine.pass(seconds);
    let row = booted
        .engine
        .set_length(Some(FocusLength::CLASSIC))
        .await
        .unwrap();
    assert_eq!(matches!(row.session.timer, Timer::Running { .. }), running);
}

#[tokio::test]
async fn settings_hold_from_the_next_transition_on() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.set(SettingChange::Preset(Preset::DeepWork)).await;
    running.run(start("Write")).await;
    running.set(SettingChange::Overflow(false)).await;
    machine.pass(52 * 60);
    let row = running.engine.look().await.unwrap();
    assert!(is_idle(&row.session.timer), "overflow is off by now");
    assert_eq!(running.kept().await, [(3120, 0)]);
    running.run(next()).await;
    machine.pass(17 * 60);
    running.engine.look().await.unwrap();
    assert_eq!(running.kept().await, [(3120, 0), (1020, 0)]);
}

#[tokio::test]
async fn an_ending_can_be_taken_back_after_the_process_died() {
    let machine = Machine::new();
    let running = machine.boot().await;
    let before = running.run(start("Write")).await.session;
    machine.pass(600);
    running.run(Step::Finish).await;
    machine.pass(5);
    let running = machine.boot().await;
    let mut events = running.engine.events();
    let undone = running.run(Step::Undo).await;
    assert_eq!(undone.session, before);
    assert!(running.kept().await.is_empty());
    assert_eq!(events.recv().await, Ok(Event::TimerChanged));
    let id = before.timer.stretch().expect("it runs").id;
    let ids = vec![id];
    assert_eq!(events.recv().await, Ok(Event::ParticlesChanged { ids }));

    machine.pass(95);
    running.run(Step::Finish).await;
    assert_eq!(running.kept().await, [(700, 0)]);
    let filter = ParticleFilter::default();
    let kept = running.store.list_particles(&filter).await.unwrap();
    assert_eq!(kept[0].id, id, "the same particle");
    assert_eq!(running.store.count_waiting().await.unwrap(), 1);
}

#[tokio::test]
async fn an_undo_that_cannot_be_stored_leaves_timer_and_history_as_they_were() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    machine.pass(600);
    let finished = running.run(Step::Finish).await;
    running.store.close().await;
    let refused = running.engine.step(Step::Undo, None).await;
    assert!(matches!(refused, Err(EngineError::Store(_))), "{refused:?}");
    let after = machine.boot().await;
    assert_eq!(after.engine.timer(), finished);
    assert_eq!(after.kept().await, [(600, 0)]);
}

#[tokio::test]
async fn a_click_that_was_meant_for_the_offered_break_begins_no_focus() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    machine.pass(600);
    let seen = running.run(Step::Finish).await.version;
    running.run(Step::Skip).await;
    let late = running.engine.step(next(), Some(seen)).await;
    assert!(matches!(late, Err(EngineError::Stale)), "{late:?}");
}
