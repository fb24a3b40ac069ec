//! Somebody writes into the database of the server by hand, while devices exchange.

use local_supabase::Moment;
use particle_core::model::{ParticleId, Preset};
use particle_tests::eventually;
use rstest::rstest;

use super::{BE_PATIENT, arrived, assert_equal, number, two_devices};
use crate::support::{EXCHANGE, World, start};

/// As the dashboard of a project does it.
async fn by_hand(world: &World, statement: &str) {
    world
        .sql(&format!("set role service_role; {statement}"))
        .await;
}

fn set(what: &str, id: ParticleId) -> String {
    format!("update public.particles set {what} where id = '{id}'")
}

#[rstest]
#[tokio::test]
async fn what_is_written_by_hand_during_an_exchange_reaches_every_device(
    #[values(Moment::Before, Moment::After)] moment: Moment,
) {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let mut ids = Vec::new();
    for task in ["Beside", "Against", "Deleted", "Untouched"] {
        ids.push(one.focus(task).await);
    }
    assert_equal(&[&one, &other]).await;
    one.syncing.pause().await;
    for id in &ids[..3] {
        one.write_task(*id, "Mine").await;
    }
    let mut held = world.server.faults().hold(EXCHANGE, moment);
    let round = tokio::join!(one.round(), async {
        arrived(&mut held).await;
        by_hand(&world, &set("preset = 'deep_work'", ids[0])).await;
        by_hand(&world, &set("task = 'By hand'", ids[1])).await;
        let deleted = ids[2];
        by_hand(
            &world,
            &format!("delete from public.particles where id = '{deleted}'"),
        )
        .await;
        by_hand(&world, &set("task = 'New'", ids[3])).await;
        held.release();
    });
    assert_eq!(round.0.setback, None);
    assert_equal(&[&one, &other]).await;
    for device in [&one, &other] {
        let beside = device.store.particle(ids[0]).await.unwrap().unwrap();
        assert_eq!(
            (beside.task.as_str(), beside.preset),
            ("Mine", Preset::DeepWork)
        );
        assert_eq!(device.task(ids[1]).await.as_deref(), Some("By hand"));
        assert_eq!(device.task(ids[2]).await, None);
        assert_eq!(device.task(ids[3]).await.as_deref(), Some("New"));
    }
    other.restore(ids[2]).await;
    assert_equal(&[&other, &one]).await;
    assert!(
        one.task(ids[2]).await.is_some(),
        "who has seen it brings it back"
    );
}

#[tokio::test]
async fn a_push_that_waits_for_somebody_who_writes_by_hand_gets_its_turn_after_them() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let id = one.focus("Write").await;
    assert_equal(&[&one, &other]).await;
    world.sql(BE_PATIENT).await;
    let hand = world.database.connect().await.unwrap();
    let statement = set("preset = 'deep_work'", id);
    let begin = format!("begin; set local role service_role; {statement}");
    hand.batch_execute(&begin).await.unwrap();
    one.write_task(id, "Mine").await;
    let waits = "select count(*) from pg_stat_activity
                  where datname = current_database() and wait_event_type = 'Lock'";
    eventually("the push waits for the row", async || {
        match number(&world, waits).await {
            1 => Ok(()),
            waiting => Err(waiting),
        }
    })
    .await;
    other.sync().await;
    hand.batch_execute("commit").await.unwrap();
    one.has_sent_everything().await;
    assert_equal(&[&one, &other]).await;
    let kept = other.store.particle(id).await.unwrap().unwrap();
    assert_eq!(
        (kept.task.as_str(), kept.preset),
        ("Mine", Preset::DeepWork)
    );
}
