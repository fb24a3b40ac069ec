//! Many who want a token at once, in one process and in several: one refresh.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use local_supabase::{Fault, Moment};
use particle_core::remote::{AccessToken, Failure};
use particle_core::sync::session::Session;

use crate::support::{TOKEN, World, class, start};

const CALLERS: usize = 1000;
const OLD: Duration = Duration::from_mins(59);

/// What each of many gets who ask at the same time.
async fn ask_at_once(sessions: &[Arc<Session>]) -> Vec<Result<AccessToken, Failure>> {
    let asking: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let session = Arc::clone(&sessions[caller % sessions.len()]);
            tokio::spawn(async move { session.token().await })
        })
        .collect();
    let mut got = Vec::new();
    for caller in asking {
        got.push(caller.await.expect("no caller panics"));
    }
    got
}

fn check_one_token(world: &World, got: Vec<Result<AccessToken, Failure>>) {
    let tokens: HashSet<String> = got
        .into_iter()
        .map(|token| token.expect("everybody gets one").expose().to_owned())
        .collect();
    assert_eq!(tokens.len(), 1);
    assert_eq!(world.token_calls(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_make_one_refresh() {
    let world = start().await;
    let session = Arc::new(world.session().await);
    world.pass(OLD);
    let got = ask_at_once(&[session]).await;
    check_one_token(&world, got);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_make_one_refresh() {
    let world = start().await;
    let first = world.session().await;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(Arc::new(world.resume(&first).await.expect("it is kept")));
    }
    sessions.push(Arc::new(first));
    world.pass(OLD);
    let got = ask_at_once(&sessions).await;
    check_one_token(&world, got);
}

#[tokio::test]
async fn a_thousand_callers_share_one_failure() {
    let world = start().await;
    let session = Arc::new(world.session().await);
    world.pass(OLD);
    let busy = Fault::too_many_requests(7);
    world.server.faults().always(TOKEN, busy);
    for failure in ask_at_once(&[Arc::clone(&session)]).await {
        let failure = failure.expect_err("the server is busy");
        assert_eq!(class(&failure), "unavailable for 7 s");
    }
    assert_eq!(world.token_calls(), 1);
    world.server.faults().clear();
    assert!(session.token().await.is_ok(), "who comes later tries again");
}

#[tokio::test]
async fn a_thousand_rejections_of_one_token_make_one_refresh() {
    let world = start().await;
    let session = Arc::new(world.session().await);
    let rejected = session.token().await.unwrap();
    world.pass(Duration::from_secs(1));
    let asking: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (session, rejected) = (Arc::clone(&session), rejected.clone());
            tokio::spawn(async move { session.renew(&rejected).await })
        })
        .collect();
    let mut got = Vec::new();
    for caller in asking {
        got.push(caller.await.expect("no caller panics"));
    }
    check_one_token(&world, got);
}

#[tokio::test]
async fn a_refresh_that_nobody_waits_for_any_more_loses_nothing() {
    let world = start().await;
    let session = Arc::new(world.session().await);
    for moment in [Moment::Before, Moment::After] {
        world.pass(OLD);
        let mut held = world.server.faults().hold(TOKEN, moment);
        let asking = {
            let session = Arc::clone(&session);
            tokio::spawn(async move { session.token().await })
        };
        held.arrived().await.expect("the refresh is on its way");
        asking.abort();
        assert!(asking.await.is_err(), "cancelled");
        held.release();
        let token = session.token().await.expect("the lock is free again");
        assert!(world.exchange(&token).await.is_ok());
        let other = world.resume(&session).await.expect("it is kept");
        assert_eq!(other.token().await.unwrap(), token);
    }
}
