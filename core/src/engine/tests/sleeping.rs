//! The computer sleeps, and clocks are set, while an engine runs.

use super::*;

impl Machine {
    fn sleep(&self, seconds: u64) {
        self.clock.sleep(Duration::from_secs(seconds));
    }

    fn jump(&self, by: chrono::Duration) {
        self.clock.set(self.clock.now() + by);
    }
}

fn slept_at(row: &TimerRow) -> Option<DateTime<Utc>> {
    Some(row.session.timer.question()?.slept_at)
}

#[tokio::test]
async fn a_sleep_is_noticed_without_anybody_asking_and_is_on_disk() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    machine.pass(600);
    let fell_asleep = machine.clock.now();
    let mut events = running.engine.events();
    machine.sleep(7200);
    assert_eq!(events.recv().await, Ok(Event::TimerChanged));
    let row = running.store.timer().await.unwrap();
    assert_eq!(slept_at(&row), Some(fell_asleep));

    let after = machine.boot().await;
    assert_eq!(after.engine.timer(), row, "and it is asked after a restart");
    after.run(Step::AnswerSleep(SleepAnswer::Trim)).await;
    assert_eq!(after.kept().await, [(600, 0)]);
}

#[tokio::test]
async fn a_command_that_comes_first_after_a_sleep_finds_the_focus_frozen() {
    let machine = Machine::new();
    let running = machine.boot().await;
    let seen = running.run(start("Write")).await.version;
    machine.pass(600);
    machine.sleep(7200);
    let pause = running.engine.step(Step::Pause, Some(seen)).await;
    assert!(matches!(pause, Err(EngineError::Stale)), "{pause:?}");
    running.run(Step::Resume).await;
    machine.pass(60);
    running.run(Step::Finish).await;
    assert_eq!(running.kept().await, [(660, 0)]);
}

#[tokio::test]
async fn a_short_sleep_just_passes() {
    let machine = Machine::new();
    let running = machine.boot().await;
    let before = running.run(start("Write")).await;
    machine.pass(600);
    machine.sleep(29);
    assert_eq!(running.engine.look().await.unwrap(), before);
}

#[tokio::test]
async fn a_plan_that_was_reached_before_the_sleep_flowed_over_before_it() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    machine.pass(1507);
    machine.sleep(7200);
    running.engine.look().await.unwrap();
    running.run(Step::Finish).await;
    assert_eq!(running.kept().await, [(1507, 7)]);
}

#[tokio::test]
async fn a_focus_that_ended_before_the_sleep_is_not_asked_about() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.set(SettingChange::Overflow(false)).await;
    running.run(start("Write")).await;
    machine.pass(1507);
    machine.sleep(600);
    let row = running.engine.look().await.unwrap();
    assert!(is_idle(&row.session.timer), "{row:?}");
    assert_eq!(running.kept().await, [(1500, 0)]);
}

#[tokio::test]
async fn a_focus_survives_a_clock_that_is_set_on_its_way() {
    for jump in [chrono::Duration::days(-400), chrono::Duration::hours(9)] {
        let machine = Machine::new();
        let running = machine.boot().await;
        let before = running.run(start("Write")).await.session;
        machine.pass(600);
        machine.jump(jump);
        let after = running.engine.look().await.unwrap();
        assert_eq!(after.session, before.shifted(jump));
        machine.pass(100);
        running.run(Step::Finish).await;
        assert_eq!(running.kept().await, [(700, 0)], "{jump}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_during_a_sleep_makes_the_gap_no_other() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    machine.pass(600);
    machine.jump(chrono::Duration::hours(-3));
    machine.sleep(1200);
    machine.jump(chrono::Duration::hours(1));
    let row = running.engine.look().await.unwrap();
    let question = row.session.timer.question().unwrap();
    assert_eq!((question.woke_at - question.slept_at).num_seconds(), 1200);
    running.run(Step::AnswerSleep(SleepAnswer::Count)).await;
    running.run(Step::Finish).await;
    assert_eq!(running.kept().await, [(1800, 300)]);
}

#[tokio::test]
async fn a_sleep_that_cannot_be_stored_is_not_forgotten() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    let refuse =
        "create trigger refuse before update on timer begin select raise(abort, 'no'); end";
    running.store.execute(refuse).await;
    machine.pass(600);
    machine.sleep(7200);
    running.engine.look().await.unwrap_err();
    machine.pass(30);
    running.store.execute("drop trigger refuse").await;
    let row = running.engine.look().await.unwrap();
    let question = row.session.timer.question().unwrap();
    assert_eq!((question.woke_at - question.slept_at).num_seconds(), 7200);
    running.run(Step::Finish).await;
    assert_eq!(running.kept().await, [(600, 0)]);
}

#[tokio::test]
async fn whoever_did_something_meanwhile_was_there_until_then() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    machine.pass(300);
    running.run(Step::Rename(Task::new("Read").unwrap())).await;
    machine.pass(600);
    let began = machine.clock.now() - chrono::Duration::seconds(800);
    let row = running.engine.was_away(began).await.unwrap();
    let question = row.session.timer.question().unwrap();
    assert_eq!((question.woke_at - question.slept_at).num_seconds(), 600);
    running.run(Step::AnswerSleep(SleepAnswer::Trim)).await;
    assert_eq!(running.kept().await, [(300, 0)]);
}

#[tokio::test]
async fn whoever_was_away_for_a_moment_is_not_asked() {
    let machine = Machine::new();
    let running = machine.boot().await;
    let before = running.run(start("Write")).await;
    machine.pass(600);
    let began = machine.clock.now() - chrono::Duration::seconds(29);
    assert_eq!(running.engine.was_away(began).await.unwrap(), before);
}
