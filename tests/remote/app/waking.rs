//! A machine that wakes up asks at once, and does not wait out what a server asked for before.

use std::time::Duration;

use local_supabase::Fault;
use particle_tests::eventually;

use super::Desk;
use crate::support::{EXCHANGE, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_wakes_up_leaves_the_ladder() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::signed_in(&world).await;
    desk.app.profile().sync_now().await.unwrap();
    let busy = Fault::status(503, r#"{"code":"PGRST001","message":"no database"}"#);
    world.server.faults().always(EXCHANGE, busy);
    // Three rungs: the next one is four minutes away.
    for minutes in [0, 2, 3] {
        world.clock.advance(Duration::from_mins(minutes));
        let before = world.exchanges();
        desk.app.profile().sync_now().await.unwrap_err();
        assert!(world.exchanges() > before);
    }
    world.server.faults().clear();
    desk.add("Waits").await;
    assert_eq!(world.particles().await, 0, "the ladder holds it");

    let asleep_from = desk.app.profile().now();
    world.clock.sleep(Duration::from_secs(40));
    eventually("it is sent soon after waking", async || {
        // What is looked at each ten seconds, and the moment that is drawn so that not all come back together.
        world.clock.advance(Duration::from_secs(1));
        match world.particles().await {
            1 => Ok(()),
            other => Err(other),
        }
    })
    .await;
    let waited = desk.app.profile().now() - asleep_from;
    assert!(
        waited < chrono::TimeDelta::minutes(3),
        "{waited}: the ladder was waited out"
    );
}
