//! A profile that is there twice, or that is suddenly older than it was.

use std::collections::BTreeSet;
use std::time::Duration;

use particle_core::sync::runner::Start;

use super::{assert_equal, particles_on_the_server, two_devices};
use crate::support::start;

#[tokio::test]
async fn a_copied_profile_that_goes_on_in_two_places_stays_one_history() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let (shared, apart) = (one.focus("Shared").await, one.focus("Apart").await);
    assert_equal(&[&one, &other]).await;
    // With account, cursor, queue and logical clock.
    let disk = one.die().await;
    let copy = disk.copy().open().await;
    let original = disk.open().await;
    assert!(
        copy.session(&world.supabase).await.is_none(),
        "but not signed in"
    );
    let mut stamps = BTreeSet::new();
    for (machine, name) in [(&original, "original"), (&copy, "copy")] {
        machine.focus(name).await;
        machine.write_task(shared, name).await;
        let prepared = machine.store.prepare(1000).await.unwrap();
        let changes = prepared.expect("somebody's").request.changes;
        stamps.extend(changes.iter().flat_map(|c| c.stamps.values().copied()));
    }
    copy.write_task(apart, "Of the copy").await;
    assert_eq!(stamps.len(), 4, "two edits each, at one moment: {stamps:?}");

    let original = original.resume(&world.supabase, Start::AtOnce).await;
    let copy = copy.sign_in(&world).await;
    assert_equal(&[&original, &copy, &other]).await;
    assert_eq!(particles_on_the_server(&world).await, 4);
    assert_eq!(other.task(apart).await.as_deref(), Some("Of the copy"));
    for number in 0..3 {
        // Neither uses up the tokens of the other.
        world.pass(Duration::from_hours(1));
        original.focus(&format!("{number} of the original")).await;
        copy.focus(&format!("{number} of the copy")).await;
        assert_equal(&[&original, &copy, &other]).await;
    }
    assert_eq!(other.tasks().await.len(), 10);
}

#[tokio::test]
async fn a_device_that_is_put_back_to_an_older_backup_gets_everything_and_undoes_nothing() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let (edited, elsewhere) = (one.focus("Edited").await, one.focus("Elsewhere").await);
    let (gone, back) = (one.focus("Gone").await, one.focus("Back").await);
    assert_equal(&[&one, &other]).await;
    world.pass(Duration::from_secs(5));
    // The backup has what was not sent yet.
    let machine = one.die().await.open().await;
    machine.write_task(edited, "Old").await;
    machine.delete(back).await;
    machine.focus("In the backup").await;
    let disk = machine.close().await;
    let backup = disk.copy();

    world.pass(Duration::from_secs(5));
    let one = disk
        .open()
        .await
        .resume(&world.supabase, Start::AtOnce)
        .await;
    assert_equal(&[&one, &other]).await;
    world.pass(Duration::from_secs(5));
    one.focus("After the backup").await;
    one.write_task(edited, "New").await;
    other.write_task(elsewhere, "New, elsewhere").await;
    other.delete(gone).await;
    other.restore(back).await;
    assert_equal(&[&one, &other]).await;
    let (before, server) = (one.digest().await, particles_on_the_server(&world).await);

    world.pass(Duration::from_secs(5));
    let disk = one.die().await;
    disk.put_back(&backup);
    let one = disk.open().await;
    let one = one.resume(&world.supabase, Start::AtOnce).await;
    assert_equal(&[&one, &other]).await;
    assert_eq!(one.digest().await, before, "what was, and nothing else");
    assert_eq!(particles_on_the_server(&world).await, server);
    one.write_task(edited, "Newest").await;
    assert_equal(&[&one, &other]).await;
    assert_eq!(other.task(edited).await.as_deref(), Some("Newest"));
}
