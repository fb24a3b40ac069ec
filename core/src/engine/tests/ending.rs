//! An end that comes by itself is told once, and no other.

use tokio::sync::broadcast::error::TryRecvError;

use super::*;

/// The kinds of the ends that were told up to now.
fn told(events: &mut broadcast::Receiver<Event>) -> Vec<Kind> {
    let mut kinds = Vec::new();
    loop {
        match events.try_recv() {
            Ok(Event::EndReached { kind }) => kinds.push(kind),
            Ok(_) => {}
            Err(TryRecvError::Empty) => return kinds,
            Err(error) => panic!("{error}"),
        }
    }
}

/// A machine on which a focus of 25 minutes runs, and what it tells from now on.
async fn focusing(overflow: bool) -> (Machine, Running, broadcast::Receiver<Event>) {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.set(SettingChange::Overflow(overflow)).await;
    running.run(start("Write")).await;
    let events = running.engine.events();
    (machine, running, events)
}

#[tokio::test]
async fn an_end_that_comes_by_itself_is_told_after_it_is_on_disk() {
    let (machine, running, mut events) = focusing(true).await;
    machine.pass(1500);
    assert_eq!(events.recv().await, Ok(Event::TimerChanged));
    let kind = Kind::Focus;
    assert_eq!(events.recv().await, Ok(Event::EndReached { kind }));
    let stored = running.store.timer().await.unwrap().session.timer;
    assert!(matches!(stored, Timer::Overflow { .. }), "{stored:?}");

    machine.pass(60);
    running.engine.look().await.unwrap();
    assert_eq!(told(&mut events), [], "once");
}

#[tokio::test]
async fn the_ends_of_a_focus_without_overflow_and_of_its_break_are_told() {
    let (machine, running, mut events) = focusing(false).await;
    machine.pass(1500);
    running.engine.look().await.unwrap();
    assert_eq!(told(&mut events), [Kind::Focus]);
    running.run(next()).await;
    machine.pass(300);
    running.engine.look().await.unwrap();
    assert_eq!(told(&mut events), [Kind::ShortBreak]);
}

#[rstest]
#[case::finish(Step::Finish)]
#[case::stop(Step::Stop)]
#[tokio::test]
async fn what_a_person_ends_is_not_told(#[case] step: Step) {
    let (machine, running, mut events) = focusing(true).await;
    machine.pass(1499);
    running.run(step).await;
    // Taken back when its plan has passed meanwhile: whoever does that is there.
    machine.pass(5);
    running.run(Step::Undo).await;
    assert!(matches!(running.timer(), Timer::Overflow { .. }));
    assert_eq!(told(&mut events), []);
}

#[tokio::test]
async fn a_pause_beyond_the_plan_makes_no_second_end() {
    let (machine, running, mut events) = focusing(true).await;
    machine.pass(1510);
    running.engine.look().await.unwrap();
    assert_eq!(told(&mut events), [Kind::Focus]);
    machine.clock.sleep(Duration::from_mins(1));
    running.engine.look().await.unwrap();
    running.run(Step::AnswerSleep(SleepAnswer::Continue)).await;
    machine.pass(10);
    running.engine.look().await.unwrap();
    assert_eq!(told(&mut events), []);
}

#[tokio::test]
async fn an_end_while_no_process_ran_is_not_told() {
    let (machine, running, _) = focusing(true).await;
    drop(running.engine);
    machine.pass(1501);
    let randomness = Arc::new(Randomness::seeded(7));
    let events = broadcast::Sender::new(EVENTS_MAX);
    let mut heard = events.subscribe();
    let engine = Engine::start(running.store, machine.clock.clone(), randomness, events)
        .await
        .unwrap();
    assert!(is_idle(&engine.timer().session.timer));
    assert_eq!(told(&mut heard), []);
}

#[tokio::test]
async fn a_break_that_ends_while_the_computer_sleeps_is_not_told() {
    let (machine, running, mut events) = focusing(false).await;
    machine.pass(1500);
    running.engine.look().await.unwrap();
    running.run(next()).await;
    told(&mut events);
    machine.pass(250);
    machine.clock.sleep(Duration::from_secs(55));
    let row = running.engine.look().await.unwrap();
    assert!(is_idle(&row.session.timer), "it is over");
    assert_eq!(told(&mut events), []);
}

#[tokio::test]
async fn an_end_before_a_sleep_that_nobody_saw_is_not_told_on_waking() {
    let (machine, running, mut events) = focusing(true).await;
    machine.pass(1505);
    machine.clock.sleep(Duration::from_mins(1));
    let row = running.engine.look().await.unwrap();
    assert!(row.session.timer.question().is_some(), "it flowed over");
    assert_eq!(told(&mut events), []);
}

#[rstest]
#[case::soon(120, 1)]
#[case::late(121, 0)]
#[tokio::test]
async fn an_end_that_takes_effect_much_too_late_is_not_told(
    #[case] seconds: u64,
    #[case] times: usize,
) {
    let (machine, running, mut events) = focusing(true).await;
    machine.pass(1500 + seconds);
    running.engine.look().await.unwrap();
    assert_eq!(told(&mut events).len(), times);
}
