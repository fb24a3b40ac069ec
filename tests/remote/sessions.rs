//! A session gives out tokens, gets new ones in time, and is over only when the server says so.

use std::fs;
use std::time::Duration;

use local_supabase::{CannedAnswer, Fault, ServerOptions, Settings};
use particle_core::remote::{AccountError, Failure, Granted, SignOutScope};
use particle_core::sync::session::Session;
use rstest::rstest;

use crate::support::{TOKEN, World, class, start, start_with};

const SECOND: Duration = Duration::from_secs(1);

/// A server whose access tokens live so long.
async fn start_with_life(seconds: u64) -> World {
    let token_life = Duration::from_secs(seconds);
    start_with(Settings {
        token_life,
        ..Settings::default()
    })
    .await
}

async fn failed(session: &Session) -> String {
    class(&session.token().await.expect_err("there is no token"))
}

#[rstest]
#[case::five_seconds(5, 3)]
#[case::ninety_seconds(90, 45)]
#[case::an_hour(3600, 3540)]
#[tokio::test]
async fn a_token_is_used_until_shortly_before_its_end(#[case] life: u64, #[case] used: u64) {
    let world = start_with_life(life).await;
    let session = world.session().await;
    let first = session.token().await.unwrap();
    world.pass(SECOND * u32::try_from(used - 1).unwrap());
    assert_eq!(session.token().await.unwrap(), first);
    assert_eq!(world.token_calls(), 0);
    world.pass(SECOND);
    let second = session.token().await.unwrap();
    assert_ne!(second, first);
    assert_eq!(session.token().await.unwrap(), second);
    assert_eq!(world.token_calls(), 1);
    assert!(world.exchange(&second).await.is_ok());
}

#[tokio::test]
async fn every_request_of_two_minutes_with_tokens_of_five_seconds_is_accepted() {
    let world = start_with_life(5).await;
    let session = world.session().await;
    for _ in 0..60 {
        world.pass(2 * SECOND);
        let token = session.token().await.unwrap();
        world.supabase.user(&token).await.unwrap();
    }
    assert_eq!(world.token_calls(), 30, "one for each second request");
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_a_day_refreshes_no_more_often() {
    let world = start().await;
    let session = world.session().await;
    let first = session.token().await.unwrap();
    for days in [-1, 2, -3] {
        let now = particle_core::clock::Clock::now(&*world.clock);
        world.clock.set(now + chrono::TimeDelta::days(days));
        assert_eq!(session.token().await.unwrap(), first);
    }
    assert_eq!(world.token_calls(), 0);
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once() {
    let world = start().await;
    let session = world.session().await;
    let rejected = session.token().await.unwrap();
    // Another second, another token.
    world.pass(SECOND);
    let next = session.renew(&rejected).await.unwrap();
    assert_ne!(next, rejected);
    assert!(world.exchange(&next).await.is_ok());
    assert_eq!(session.renew(&rejected).await.unwrap(), next);
    assert_eq!(session.token().await.unwrap(), next);
    assert_eq!(
        world.token_calls(),
        1,
        "the second time it was there already"
    );
}

#[tokio::test]
async fn a_session_is_found_by_the_next_process() {
    let world = start().await;
    let session = world.session().await;
    let token = session.token().await.unwrap();
    let next = world.resume(&session).await.expect("it is kept");
    assert_eq!(next.token().await.unwrap(), token);
    assert_eq!(world.token_calls(), 0);
    world.pass(SECOND * 3540);
    let other = next.token().await.unwrap();
    assert_ne!(other, token);
    assert_eq!(session.token().await.unwrap(), other, "found in the vault");
    assert_eq!(world.token_calls(), 1);
}

#[rstest]
#[case::dropped(Fault::DropAfter)]
#[case::cut_off(Fault::Truncated(40))]
#[case::replaced(Fault::AnswerAfter(CannedAnswer::new(502, "text/html", "")))]
#[tokio::test]
async fn a_refresh_whose_answer_is_lost_is_survived(#[case] fault: Fault) {
    let world = start().await;
    let session = world.session().await;
    for _ in 0..3 {
        world.pass(SECOND * 3540);
        world.server.faults().next(TOKEN, fault.clone());
        assert_eq!(failed(&session).await, "unavailable");
        world.pass(SECOND * 86_400);
        let token = session.token().await.expect("the parent is sent again");
        assert!(world.exchange(&token).await.is_ok());
    }
    let next = world.resume(&session).await.expect("it is kept");
    world.pass(SECOND * 3540);
    assert!(next.token().await.is_ok());
}

#[rstest]
#[case::conflict(
    Fault::status(409, r#"{"code":"conflict","message":"wait"}"#),
    "unavailable"
)]
#[case::too_many(Fault::too_many_requests(9), "unavailable for 9 s")]
#[case::broken(
    Fault::status(500, r#"{"code":"unexpected_failure","message":""}"#),
    "unavailable"
)]
#[case::a_word_from_a_broken_server(
    Fault::status(503, r#"{"code":"session_not_found","message":""}"#),
    "unavailable"
)]
#[case::a_hotel(Fault::captive_portal(), "unavailable")]
#[case::refused_without_a_word(Fault::status(400, "{}"), "unavailable")]
#[case::refused_for_another_reason(
    Fault::status(400, r#"{"code":"validation_failed","message":""}"#),
    "unavailable"
)]
#[case::not_let_in(Fault::unauthorized(), "unavailable")]
#[case::a_wrong_key(Fault::status(401, r#"{"message":"Invalid API key"}"#), "wrong key")]
#[case::a_web_page(
    Fault::AnswerBefore(CannedAnswer::new(404, "text/html", "")),
    "not supabase"
)]
#[case::dropped(Fault::DropBefore, "unavailable")]
#[tokio::test]
async fn trouble_during_a_refresh_signs_nobody_out(#[case] fault: Fault, #[case] expected: &str) {
    let world = start().await;
    let session = world.session().await;
    world.pass(SECOND * 3540);
    world.server.faults().next(TOKEN, fault);
    assert_eq!(failed(&session).await, expected);
    assert!(session.token().await.is_ok(), "the next attempt works");
}

#[tokio::test]
async fn a_server_that_is_gone_during_a_refresh_signs_nobody_out() {
    let world = start().await;
    let session = world.session().await;
    world.clock.advance(SECOND * 3540);
    let (port, keys) = (world.server.port(), Some(world.server.keys().clone()));
    world.server.stop().await;
    // The first attempt may still meet the connection that was open.
    drop(session.token().await);
    assert_eq!(failed(&session).await, "unreachable");
    let options = ServerOptions { port, keys };
    let server = local_supabase::Server::start(&world.database, Settings::default(), options);
    let _server = server.await.expect("the port is free");
    assert!(session.token().await.is_ok());
}

/// A session whose family the server revokes, because an old token of it was used again.
async fn revoke(world: &World) -> Session {
    let granted = world.sign_up().await;
    let session = world.session_of(granted.clone()).await;
    let second = world.supabase.refresh(&granted.refresh_token).await;
    let third = world.supabase.refresh(&second.unwrap().refresh_token).await;
    third.expect("a family of three");
    session
}

#[tokio::test]
async fn a_revoked_family_is_signed_out_and_sends_nothing_more() {
    let world = start().await;
    let session = revoke(&world).await;
    world.pass(SECOND * 3540);
    assert_eq!(
        failed(&session).await,
        "signed out: refresh_token_already_used"
    );
    let calls = world.token_calls();
    let rejected = particle_core::remote::AccessToken::new("a");
    let again = session.renew(&rejected).await.unwrap_err();
    assert_eq!(class(&again), "signed out: refresh_token_already_used");
    assert_eq!(session.end(SignOutScope::Local).await, Ok(()));
    assert_eq!(world.token_calls(), calls);
    assert!(world.resume(&session).await.is_none());
}

#[rstest]
#[case::banned(
    "update auth.users set banned_until = now() + interval '1 year'",
    "signed out: user_banned"
)]
#[case::ended_elsewhere("delete from auth.sessions", "signed out: refresh_token_not_found")]
#[case::expired(
    "update auth.sessions set not_after = now() - interval '1 hour'",
    "signed out: session_expired"
)]
#[tokio::test]
async fn an_explicit_word_of_the_server_signs_out(#[case] sql: &str, #[case] expected: &str) {
    let world = start().await;
    let session = world.session().await;
    world.sql(sql).await;
    world.pass(SECOND * 3540);
    assert_eq!(failed(&session).await, expected);
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_is_not_used() {
    let world = start().await;
    let session = world.session().await;
    world.pass(SECOND * 3540);
    let kept = fs::read_dir(world.folder.sessions()).unwrap().flatten();
    let file = kept
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|e| e == "json"));
    // No file can be written where a folder is.
    let obstacle = file.expect("the file of the session").with_extension("new");
    fs::create_dir(&obstacle).unwrap();
    assert_eq!(failed(&session).await, "this machine");
    assert_eq!(failed(&session).await, "this machine");
    fs::remove_dir(&obstacle).unwrap();
    let token = session.token().await.expect("the same parent once more");
    assert!(world.exchange(&token).await.is_ok());
}

#[tokio::test]
async fn who_signs_out_is_forgotten_here_and_there() {
    let world = start().await;
    let session = world.session().await;
    let other = world.resume(&session).await.expect("it is kept");
    let token = session.token().await.unwrap();
    session.end(SignOutScope::Local).await.unwrap();
    assert_eq!(failed(&session).await, "signed out: signed_out");
    let over = world.supabase.user(&token).await;
    assert_eq!(over, Err(AccountError::SessionOver));
    assert!(world.resume(&session).await.is_none());
    assert_eq!(failed(&other).await, "signed out: signed_out");
    assert_eq!(world.token_calls(), 0, "nothing is left to trade in");
}

#[tokio::test]
async fn who_signs_out_offline_is_forgotten_here() {
    let world = start().await;
    let session = world.session().await;
    let (supabase, user) = (world.supabase.clone(), session.user());
    world.server.stop().await;
    let ended = session.end(SignOutScope::Local).await;
    assert!(
        matches!(ended, Err(AccountError::Server(ref failure))
            if !matches!(failure, Failure::SignedOut { .. })),
        "{ended:?}"
    );
    let keyring = particle_core::sync::vault::KeyringUse::Off;
    let found = Session::resume(supabase, user, &world.folder, keyring, world.clock);
    assert!(found.await.unwrap().is_none());
}

#[tokio::test]
async fn who_signs_in_again_goes_on_with_the_new_tokens() {
    let world = start().await;
    let old = world.session().await;
    let granted: Granted = world
        .supabase
        .sign_in(crate::support::EMAIL, &crate::support::password())
        .await
        .unwrap();
    let new = world.session_of(granted.clone()).await;
    assert_eq!(new.token().await.unwrap(), granted.access_token);
    let found = world.resume(&old).await.expect("it is kept");
    assert_eq!(found.token().await.unwrap(), granted.access_token);
}
