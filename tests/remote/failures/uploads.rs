//! The first upload of a long history, whose process dies again and again.

use local_supabase::{Fault, Moment};
use particle_core::store::Upload;
use particle_core::sync::runner::Start;
use rstest::rstest;

use super::machine::Machine;
use super::{assert_equal, particles_on_the_server};
use crate::support::start;

/// Three requests.
const ROWS: u32 = 2600;

#[rstest]
#[case::and_it_never_arrives(Moment::Before, Some(Fault::DropBefore))]
#[case::and_it_is_carried_out_later(Moment::Before, None)]
#[case::and_it_was_carried_out(Moment::After, None)]
#[tokio::test]
async fn a_first_upload_whose_process_dies_in_every_request_ends_with_each_row_once(
    #[case] moment: Moment,
    #[case] fault: Option<Fault>,
) {
    let world = start().await;
    world.sign_up().await;
    let machine = Machine::new(&world.clock).await;
    machine.focus_often(ROWS).await;
    let mut device = machine.sign_in_and(&world, Start::WhenAsked).await;
    let mut progress = vec![device.store.upload().await.unwrap()];
    // The first life ends in its first request, each further one in its second.
    for passed in [0, 1, 1, 1] {
        let (disk, held) = device.die_in_request(&world, passed, moment).await;
        let was_last = held.is_none();
        match (held, fault.clone()) {
            (Some(held), Some(fault)) => held.release_into(fault),
            (Some(held), None) => held.release(),
            (None, _) => {}
        }
        let machine = disk.open().await;
        progress.push(machine.store.upload().await.unwrap());
        device = machine.resume(&world.supabase, Start::WhenAsked).await;
        assert_eq!(was_last, progress.len() == 5, "{progress:?}");
    }
    let done = |done| Some(Upload { done, total: ROWS });
    let expected = [done(0), done(0), done(1000), done(2000), None];
    assert_eq!(progress, expected, "it never goes back");

    let other = Machine::new(&world.clock).await.sign_in(&world).await;
    assert_equal(&[&device, &other]).await;
    assert_eq!(particles_on_the_server(&world).await, i64::from(ROWS));
}

#[tokio::test]
async fn a_change_made_during_a_first_upload_does_not_make_it_longer() {
    let world = start().await;
    world.sign_up().await;
    let machine = Machine::new(&world.clock).await;
    machine.focus_often(3).await;
    let device = machine.sign_in_and(&world, Start::WhenAsked).await;
    let (disk, held) = device.die_in_request(&world, 0, Moment::Before).await;
    drop(held);
    let machine = disk.open().await;
    machine.focus("Meanwhile").await;
    assert_eq!(
        machine.store.upload().await.unwrap(),
        Some(Upload { done: 0, total: 3 })
    );
    let device = machine.resume(&world.supabase, Start::AtOnce).await;
    let other = Machine::new(&world.clock).await.sign_in(&world).await;
    assert_equal(&[&device, &other]).await;
    assert_eq!(device.store.upload().await.unwrap(), None);
    assert_eq!(other.tasks().await.len(), 4);
}
