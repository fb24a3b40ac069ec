//! What could not be stored is tried again.

use super::*;

#[tokio::test]
async fn a_clock_that_is_set_does_not_put_off_the_next_try() {
    let machine = Machine::new();
    let running = machine.boot().await;
    running.run(start("Write")).await;
    running
        .store
        .execute(
            "create trigger refuse before update on timer begin select raise(abort, 'no'); end",
        )
        .await;
    let mut owner = Owner {
        touched: None,
        watch: Watch::new(machine.clock.reading()),
        clock: machine.clock.clone(),
        randomness: Arc::new(Randomness::seeded(1)),
        state: watch::Sender::new(running.engine.timer()),
        events: broadcast::Sender::new(EVENTS_MAX),
        store: running.store.clone(),
    };
    // Or the engine would do it, too.
    drop(running.engine);
    machine.pass(1500);
    let retry_at = owner.catch_up_or_retry().await;
    let in_a_minute = |now: DateTime<Utc>| Some(now + STORE_RETRY);
    assert_eq!(
        owner.on_the_wall(retry_at),
        in_a_minute(machine.clock.now())
    );
    let set_back = machine.clock.now() - chrono::Duration::hours(5);
    machine.clock.set(set_back);
    assert_eq!(owner.on_the_wall(retry_at), in_a_minute(set_back));
    machine.pass(60);
    assert_eq!(
        owner.on_the_wall(retry_at),
        Some(machine.clock.now()),
        "it is time"
    );
}
