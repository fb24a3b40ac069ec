//! A server is tried before anybody signs in there.

use std::time::Duration;

use local_supabase::{Fault, Matching};
use particle_core::app::{AccountRequest, ServerCheck, ServerChoice};
use rstest::rstest;

use super::Desk;
use crate::support::{ABOUT, EXCHANGE, start};

#[rstest]
#[case::not_an_address("ftp://example.com", ServerCheck::AddressInvalid)]
#[case::readable_on_the_way("http://example.com", ServerCheck::AddressInvalid)]
#[case::nobody_is_there("http://127.0.0.1:1", ServerCheck::AddressUnknown)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_can_be_wrong(#[case] url: &str, #[case] expected: ServerCheck) {
    let world = start().await;
    let desk = Desk::new(&world).await;
    let choice = ServerChoice {
        url: Some(url.into()),
        ..desk.server()
    };
    let found = desk.app.profile().check_server(&choice).await.unwrap();
    assert_eq!(found, expected);
}

#[rstest]
#[case::another_projects("sb_publishable_of_another", ServerCheck::WrongKey)]
#[case::none("", ServerCheck::KeyInvalid)]
#[case::the_secret_one("sb_secret_x", ServerCheck::KeyInvalid)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_can_be_wrong(#[case] key: &str, #[case] expected: ServerCheck) {
    let world = start().await;
    let desk = Desk::new(&world).await;
    let choice = ServerChoice {
        key: Some(key.into()),
        ..desk.server()
    };
    let found = desk.app.profile().check_server(&choice).await.unwrap();
    assert_eq!(found, expected);
}

#[rstest]
#[case::a_web_page(Fault::captive_portal(), ServerCheck::NotSupabase)]
#[case::busy(
    Fault::status(503, r#"{"code":"PGRST001","message":"no database"}"#),
    ServerCheck::Unavailable
)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn something_else_can_answer(#[case] fault: Fault, #[case] expected: ServerCheck) {
    let world = start().await;
    let desk = Desk::new(&world).await;
    world.server.faults().always(ABOUT, fault);
    let found = desk.app.profile().check_server(&desk.server()).await;
    assert_eq!(found.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_is_ready_once_particle_is_on_it() {
    let world = start().await;
    let desk = Desk::new(&world).await;
    let check = async || desk.app.profile().check_server(&desk.server()).await;
    assert_eq!(check().await.unwrap(), ServerCheck::Ready);
    let drop =
        "drop function public.sync_about() cascade; drop function public.sync_exchange(jsonb)";
    world.sql(drop).await;
    assert_eq!(check().await.unwrap(), ServerCheck::MigrationMissing);
}

#[rstest]
#[case::an_older_one("drop function public.sync_about()", ServerCheck::ServerTooOld)]
#[case::an_older_protocol(
    r#"create or replace function public.sync_about() returns jsonb language sql
       as $$ select jsonb '{"protocol": 0, "schema": 1}' $$"#,
    ServerCheck::ServerTooOld
)]
#[case::a_newer_protocol(
    r#"create or replace function public.sync_about() returns jsonb language sql
       as $$ select jsonb '{"protocol": 2, "schema": 9}' $$"#,
    ServerCheck::AppTooOld
)]
#[case::only_more_fields(
    r#"create or replace function public.sync_about() returns jsonb language sql
       as $$ select jsonb '{"protocol": 1, "schema": 2}' $$"#,
    ServerCheck::Ready
)]
#[case::a_function_of_somebody_else(
    r#"create or replace function public.sync_about() returns jsonb language sql
       as $$ select jsonb '"about"' $$"#,
    ServerCheck::NotSupabase
)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_can_be_of_another_version(#[case] sql: &str, #[case] expected: ServerCheck) {
    let world = start().await;
    let desk = Desk::new(&world).await;
    world.sql(sql).await;
    let found = desk.app.profile().check_server(&desk.server()).await;
    assert_eq!(found.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_signed_in_hears_that_a_server_speaks_another_protocol() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::signed_in(&world).await;
    desk.app.profile().sync_now().await.unwrap();
    let other = r#"{"code":"PT426","message":"protocol_unsupported"}"#;
    let of_somebody = Matching::path(EXCHANGE).when(|arrival| arrival.user_id.is_some());
    world
        .server
        .faults()
        .always(of_somebody, Fault::status(426, other));
    let found = desk.app.profile().check_server(&desk.server()).await;
    assert_eq!(found.unwrap(), ServerCheck::AppTooOld);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_the_server_signed_out_hears_that_it_can_be_signed_in_to() {
    let world = start().await;
    world.sign_up().await;
    let (desk, laptop) = (Desk::signed_in(&world).await, Desk::signed_in(&world).await);
    let others = AccountRequest::SignOutOthers;
    laptop.app.account(others).await.unwrap();
    world.pass(Duration::from_hours(2));
    desk.app.profile().sync_now().await.unwrap_err();
    let found = desk.app.profile().check_server(&desk.server()).await;
    assert_eq!(found.unwrap(), ServerCheck::Ready);
}
