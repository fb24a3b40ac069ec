//! The server is put back to a backup of itself: what it forgot comes from the devices.

use std::time::Duration;

use rstest::rstest;

use super::machine::Machine;
use super::{assert_equal, number, particles_on_the_server, two_devices};
use crate::support::{World, start};

const TABLES: [&str; 5] = [
    "profiles",
    "particles",
    "projects",
    "intentions",
    "settings",
];

async fn back_up(world: &World) {
    let copy = |table| format!("create table kept.{table} as table public.{table};");
    let copies: String = TABLES.map(copy).concat();
    world.sql(&format!("create schema kept; {copies}")).await;
}

/// As an operator does: no trigger of ours sees it.
async fn put_back(world: &World) {
    let one = |table| {
        format!(
            "delete from public.{table}; insert into public.{table} select * from kept.{table};"
        )
    };
    let all: String = TABLES.map(one).concat();
    let statements = format!("begin; set local session_replication_role = replica; {all} commit;");
    world.sql(&statements).await;
}

#[rstest]
#[case::and_its_operator_says_so(true)]
#[case::and_a_device_notices(false)]
#[tokio::test]
async fn a_server_that_is_put_back_to_a_backup_gets_everything_that_a_device_knows(
    #[case] is_told: bool,
) {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let (kept, gone) = (one.focus("Kept").await, one.focus("Gone").await);
    one.focus("Before").await;
    assert_equal(&[&one, &other]).await;
    back_up(&world).await;

    world.pass(Duration::from_secs(5));
    one.write_task(kept, "Kept, and edited").await;
    one.focus("One").await;
    other.delete(gone).await;
    other.focus("Other").await;
    assert_equal(&[&one, &other]).await;
    // Nobody has exchanged this yet.
    one.syncing.pause().await;
    one.focus("Unsent").await;
    let epochs = "select count(distinct epoch) from (select epoch from public.profiles
                   union select epoch from kept.profiles) as lives";

    put_back(&world).await;
    if is_told {
        world.sql("select private.begin_new_epoch()").await;
    }
    assert_eq!(particles_on_the_server(&world).await, 3);
    assert_equal(&[&other, &one]).await;
    let tasks = ["Before", "Kept, and edited", "One", "Other", "Unsent"];
    assert_eq!(other.tasks().await, tasks);
    assert_eq!(particles_on_the_server(&world).await, 6);
    assert_eq!(number(&world, epochs).await, 2, "it is another life");

    let third = Machine::new(&world.clock).await.sign_in(&world).await;
    assert_equal(&[&third, &one, &other]).await;
    assert_eq!(third.tasks().await, tasks);
    assert_eq!(third.task(gone).await, None, "deleted stays deleted");
}

#[tokio::test]
async fn a_server_that_forgot_what_one_device_knows_and_got_as_much_anew_loses_neither() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    one.focus("Before").await;
    assert_equal(&[&one, &other]).await;
    back_up(&world).await;
    other.syncing.pause().await;
    for task in ["1", "2", "3"] {
        one.focus(task).await;
    }
    one.sync().await;
    one.syncing.pause().await;
    put_back(&world).await;
    world.sql("select private.begin_new_epoch()").await;
    // Versions are given out once more, beyond where the first device is.
    for task in ["4", "5", "6", "7"] {
        other.focus(task).await;
    }
    assert_equal(&[&other, &one]).await;
    assert_eq!(
        other.tasks().await,
        ["1", "2", "3", "4", "5", "6", "7", "Before"]
    );
}
