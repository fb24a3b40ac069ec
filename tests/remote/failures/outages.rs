//! The server dies in the middle of what it does.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use local_supabase::{Cluster, ClusterOptions, Database, Moment, Server, ServerOptions, Settings};
use particle_core::clock::ManualClock;
use particle_core::remote::{Limits, SignedUp, Supabase};
use particle_core::sync::exchange::State;
use particle_core::sync::runner::Start;
use particle_tests::{eventually, kill_9};
use rstest::rstest;

use super::machine::{Device, Machine};
use super::{BE_PATIENT, arrived, assert_equal, particles_on_the_server, two_devices};
use crate::support::{EMAIL, EXCHANGE, client, password, start};

#[rstest]
#[case::before_it_was_carried_out(Moment::Before)]
#[case::after_it_was_carried_out(Moment::After)]
#[tokio::test]
async fn a_server_that_dies_in_a_request_gets_everything_once_when_it_is_back(
    #[case] moment: Moment,
) {
    let mut world = start().await;
    let (one, other) = two_devices(&world).await;
    let mut held = world.server.faults().hold(EXCHANGE, moment);
    one.focus("Write").await;
    arrived(&mut held).await;
    let (port, keys) = (world.server.port(), Some(world.server.keys().clone()));
    world.server.stop().await;
    one.reports(|report| report.setback.is_some()).await;
    one.focus("Without a server").await;
    one.sync_in_vain().await;
    assert_eq!(one.syncing.report().state, State::Offline);
    let options = ServerOptions { port, keys };
    let started = Server::start(&world.database, Settings::default(), options).await;
    world.server = started.expect("its port is free again");
    // Nobody asks: it is looked for each half minute.
    world.pass(Duration::from_secs(31));
    one.has_sent_everything().await;
    assert_equal(&[&one, &other]).await;
    assert_eq!(particles_on_the_server(&world).await, 2);
}

/// A server that shares its PostgreSQL with nobody.
struct Own {
    supabase: Supabase,
    _server: Server,
    database: Database,
    _cluster: Cluster,
}

async fn own() -> Own {
    let cluster = Cluster::start(&ClusterOptions::default()).expect("PostgreSQL starts");
    let database = cluster.create_database().await.expect("a database is made");
    let server = Server::start(&database, Settings::default(), ServerOptions::default());
    let server = server.await.expect("the doors open");
    let hand = database.connect().await.expect("the database answers");
    hand.batch_execute(BE_PATIENT).await.expect("good SQL");
    Own {
        supabase: client(&server, Limits::default()),
        _server: server,
        database,
        _cluster: cluster,
    }
}

impl Own {
    async fn devices(&self) -> [Device; 2] {
        let signed_up = self.supabase.sign_up(EMAIL, &password()).await;
        let Ok(SignedUp::Granted(granted)) = signed_up else {
            panic!("no confirmation was asked for");
        };
        let clock = Arc::new(ManualClock::new(Utc::now(), 0));
        let (one, other) = (Machine::new(&clock).await, Machine::new(&clock).await);
        let again = granted.clone();
        [
            one.let_in(&self.supabase, granted, Start::WhenAsked).await,
            other.let_in(&self.supabase, again, Start::WhenAsked).await,
        ]
    }

    /// The process of PostgreSQL that waits for a lock.
    async fn waiting_process(&self) -> u32 {
        eventually("the push waits in the database", async || {
            let client = self.database.connect().await.expect("it answers");
            let waiting = "select pid from pg_stat_activity
                            where datname = current_database() and wait_event_type = 'Lock'";
            let rows = client.query(waiting, &[]).await.expect("good SQL");
            let pid = rows.first().map(|row| row.get::<_, i32>(0));
            pid.ok_or("nobody waits")
        })
        .await
        .try_into()
        .expect("a process id")
    }
}

async fn syncs_again(device: &Device) {
    eventually("the server is back", async || {
        let round = device.round().await;
        round.setback.map_or(Ok(()), Err)
    })
    .await;
}

#[tokio::test]
async fn a_postgresql_that_is_killed_in_a_push_loses_nothing_that_a_device_knows() {
    let own = own().await;
    let [one, other] = own.devices().await;
    one.focus_often(20).await;
    assert_equal(&[&one, &other]).await;
    for task in ["1", "2"] {
        // Committed a moment before, and not on the disk of this server yet.
        other.focus(&format!("{task}, of the other")).await;
        other.sync().await;
        let hand = own.database.connect().await.expect("the database answers");
        let lock = "begin; select from public.profiles for update";
        hand.batch_execute(lock).await.expect("good SQL");
        one.focus(&format!("{task}, in the middle")).await;
        let sending = tokio::join!(one.round(), async {
            kill_9(own.waiting_process().await);
        });
        assert!(sending.0.setback.is_some(), "{:?}", sending.0);
        assert_eq!(one.store.count_waiting().await.unwrap(), 1);
        syncs_again(&one).await;
        syncs_again(&other).await;
        assert_equal(&[&one, &other]).await;
    }
    assert_eq!(other.tasks().await.len(), 24);
    let client = own.database.connect().await.expect("the database answers");
    let counted = client.query_one("select count(*) from public.particles", &[]);
    assert_eq!(counted.await.expect("a row").get::<_, i64>(0), 24);
}
