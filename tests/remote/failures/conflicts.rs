//! Two devices change the same, while they do not hear of each other.

use std::time::Duration;

use rstest::rstest;

use super::machine::Device;
use super::{assert_equal, two_devices};
use crate::support::start;

/// Exchanges, the one before the other.
async fn exchange_in_order(first: &Device, second: &Device) {
    first.sync().await;
    second.sync().await;
    assert_equal(&[first, second]).await;
}

#[rstest]
#[tokio::test]
async fn a_row_is_deleted_while_its_deletion_is_later_than_every_edit(
    #[values(true, false)] is_deleted_last: bool,
    #[values(true, false)] deletion_is_sent_first: bool,
) {
    let world = start().await;
    let (deletes, edits) = two_devices(&world).await;
    let id = deletes.focus("Write").await;
    assert_equal(&[&deletes, &edits]).await;
    for device in [&deletes, &edits] {
        device.syncing.pause().await;
    }
    for is_deletion in [!is_deleted_last, is_deleted_last] {
        world.pass(Duration::from_secs(5));
        if is_deletion {
            deletes.delete(id).await;
        } else {
            edits.write_task(id, "Edited").await;
        }
    }
    if deletion_is_sent_first {
        exchange_in_order(&deletes, &edits).await;
    } else {
        exchange_in_order(&edits, &deletes).await;
    }
    let expected = (!is_deleted_last).then_some("Edited");
    for device in [&deletes, &edits] {
        assert_eq!(device.task(id).await.as_deref(), expected);
    }
}

#[rstest]
#[tokio::test]
async fn of_two_edits_of_one_field_the_later_is_kept_whoever_sends_first(
    #[values(true, false)] later_is_sent_first: bool,
) {
    let world = start().await;
    let (early, late) = two_devices(&world).await;
    let id = early.focus("Write").await;
    assert_equal(&[&early, &late]).await;
    for (device, task) in [(&early, "Early"), (&late, "Late")] {
        device.syncing.pause().await;
        world.pass(Duration::from_secs(5));
        device.write_task(id, task).await;
    }
    if later_is_sent_first {
        exchange_in_order(&late, &early).await;
    } else {
        exchange_in_order(&early, &late).await;
    }
    assert_eq!(early.task(id).await.as_deref(), Some("Late"));
    // Who has seen an edit beats it, though no time has passed.
    early.write_task(id, "Seen, and then").await;
    assert_equal(&[&early, &late]).await;
    assert_eq!(late.task(id).await.as_deref(), Some("Seen, and then"));
}
