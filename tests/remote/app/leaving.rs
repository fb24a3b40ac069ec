//! Whoever leaves an account loses nothing that is not on the server.

use std::fs;

use local_supabase::Moment;
use particle_core::app::AccountRequest;
use particle_core::error::ErrorCode;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::{Desk, code_of};
use crate::failures::arrived;
use crate::support::{EXCHANGE, start};

const REMOVE: AccountRequest = AccountRequest::SignOut { remove_local: true };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_while_the_profile_is_being_removed_is_not_lost() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::signed_in(&world).await;
    desk.app.profile().sync_now().await.unwrap();

    let mut held = (world.server.faults()).hold("/auth/v1/logout", Moment::Before);
    let leaving = desk.app.account(REMOVE);
    let meanwhile = async {
        arrived(&mut held).await;
        desk.add("Meanwhile").await;
        held.release();
    };
    let (left, ()) = tokio::join!(leaving, meanwhile);
    assert_eq!(code_of(left), Some(ErrorCode::ChangesWait));
    assert_eq!(desk.tasks().await, ["Meanwhile"]);
    desk.add("Afterwards").await;
    let desk = desk.restart().await;
    assert_eq!(desk.tasks().await, ["Afterwards", "Meanwhile"]);

    desk.sign_in(Desk::password()).await.unwrap();
    desk.app.profile().sync_now().await.unwrap();
    assert_eq!(world.particles().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_kept_its_old_name_is_removed_under_that_and_older_backups_stay() {
    let world = start().await;
    world.sign_up().await;
    let desk = Desk::with_a_history(&world).await;
    let backups = desk.place.path().join("backups");
    fs::create_dir_all(&backups).unwrap();
    fs::write(backups.join("2020-01-01.db"), "of before").unwrap();

    // While somebody reads it, it is not renamed.
    let local = desk.place.path().join("profiles/local.db");
    let mut reader = SqliteConnectOptions::new()
        .filename(&local)
        .connect()
        .await
        .unwrap();
    let read = sqlx::raw_sql("begin; select count(*) from particles;");
    read.execute(&mut reader).await.unwrap();
    desk.sign_in(Desk::password()).await.unwrap();
    let join = AccountRequest::Join(particle_core::app::Joining::Now);
    assert!(desk.app.account(join).await.unwrap().signed_in);
    assert!(local.exists(), "it has its old name");
    reader.close().await.unwrap();
    desk.app.profile().sync_now().await.unwrap();

    assert!(!desk.app.account(REMOVE).await.unwrap().signed_in);
    assert!(desk.tasks().await.is_empty(), "its rows are gone from here");
    let account = desk.app.account(AccountRequest::Show).await.unwrap();
    assert_eq!(account.email, None);
    assert!(backups.join("2020-01-01.db").exists());
    assert_eq!(world.particles().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_hangs_stores_nothing_after_the_sign_out() {
    let world = start().await;
    world.sign_up().await;
    let (desk, laptop) = (Desk::signed_in(&world).await, Desk::signed_in(&world).await);
    desk.app.profile().sync_now().await.unwrap();
    laptop.add("From elsewhere").await;
    laptop.app.profile().sync_now().await.unwrap();

    let mut held = world.server.faults().hold(EXCHANGE, Moment::After);
    let profile = desk.app.profile();
    let (asked, left) = tokio::join!(profile.sync_now(), async {
        arrived(&mut held).await;
        let sign_out = AccountRequest::SignOut {
            remove_local: false,
        };
        let left = desk.app.account(sign_out).await;
        held.release();
        left
    });
    assert!(!left.unwrap().signed_in);
    assert!(asked.is_err(), "{asked:?}");
    assert!(desk.tasks().await.is_empty());
}
