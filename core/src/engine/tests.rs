use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeZone;
use rstest::rstest;
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::store::ParticleFilter;

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
        let engine = Engine::start(store.clone(), self.clock.clone(), randomness)
            .await
            .unwrap();
        Running { store, engine }
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Running {
    async fn run(&self, command: TimerCommand) -> TimerRow {
        self.engine.command(command, None).await.unwrap()
    }

    /// Durations and overflows of what is kept, oldest first.
    async fn kept(&self) -> Vec<(u32, u32)> {
        let mut particles = self
            .store
            .list_particles(&ParticleFilter::default())
            .await
            .unwrap();
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

fn start(task: &str) -> TimerCommand {
    TimerCommand::Start(Start {
        task: Some(Task::new(task).unwrap()),
        length: None,
        project: None,
    })
}

fn next() -> TimerCommand {
    TimerCommand::Toggle(Start::default())
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
    after.run(TimerCommand::Finish).await;
    assert_eq!(after.kept().await, [(660, 0)]);
}

#[tokio::test]
async fn a_plan_reached_while_no_process_ran_is_kept_without_overflow() {
    let machine = Machine::new();
    machine.boot().await.run(start("Write")).await;
    machine.pass(5000);
    let running = machine.boot().await;
    assert_eq!(running.engine.timer().timer, Timer::Idle);
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
    assert!(matches!(
        running.engine.timer().timer,
        Timer::Overflow { .. }
    ));
    assert!(
        matches!(
            running.store.timer().await.unwrap().timer,
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
    running.run(TimerCommand::Finish).await;
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
        row.timer.stretch().map(|stretch| stretch.task.as_str()),
        Some("Write")
    );
    assert_eq!(running.store.count_waiting().await.unwrap(), 1);
}

#[tokio::test]
async fn the_second_click_of_a_double_click_changes_nothing() {
    let machine = Machine::new();
    let running = machine.boot().await;
    let seen = running.engine.timer().version;
    running.engine.command(next(), Some(seen)).await.unwrap();
    let second = running.engine.command(next(), Some(seen)).await;
    assert!(matches!(second, Err(EngineError::Stale)), "{second:?}");
    assert!(matches!(
        running.engine.timer().timer,
        Timer::Running { .. }
    ));
}

#[tokio::test]
async fn another_task_is_no_other_state_for_a_click() {
    let machine = Machine::new();
    let running = machine.boot().await;
    let seen = running.run(start("Write")).await.version;
    running
        .run(TimerCommand::Rename(Task::new("Read").unwrap()))
        .await;
    running
        .engine
        .set_length(FocusLength::CLASSIC)
        .await
        .unwrap();
    let paused = running
        .engine
        .command(TimerCommand::Pause, Some(seen))
        .await
        .unwrap();
    assert_eq!(
        paused.timer.stretch().map(|s| s.task.as_str()),
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
    let late = running.engine.command(TimerCommand::Finish, None).await;
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
    let refused = running.engine.command(TimerCommand::Finish, None).await;
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
        .set_length(FocusLength::CLASSIC)
        .await
        .unwrap();
    assert_eq!(matches!(row.timer, Timer::Running { .. }), running);
}
