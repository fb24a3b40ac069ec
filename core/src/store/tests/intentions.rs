//! The sentence of a day, and the device.

use super::*;
use crate::model::{Assignment, IntentionId, IntentionStatus, IntentionText};
use crate::store::IntentionEdit;

fn day(text: &str) -> IntentionId {
    text.parse().unwrap()
}

fn says(text: &str) -> IntentionEdit {
    IntentionEdit {
        text: Some(IntentionText::new(text).unwrap()),
        ..IntentionEdit::default()
    }
}

fn became(status: IntentionStatus) -> IntentionEdit {
    IntentionEdit {
        status: Some(status),
        ..IntentionEdit::default()
    }
}

#[tokio::test]
async fn a_day_has_one_intention_that_is_changed_deleted_restored_and_begun_anew() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let today = day("2027-01-15");
    assert!(
        store
            .edit_intention(today, &became(IntentionStatus::Done), at(0))
            .await
            .is_err()
    );
    let made = store
        .edit_intention(today, &says("Draft"), at(1))
        .await
        .unwrap();
    assert_eq!(
        (made.row.status, made.has_changed),
        (IntentionStatus::Open, true)
    );
    let project = ProjectId::new(at(0), &Randomness::seeded(1));
    let edit = IntentionEdit {
        project: Some(Assignment::Project(project)),
        ..became(IntentionStatus::Partly)
    };
    store.edit_intention(today, &edit, at(2)).await.unwrap();
    let kept = store.intention(today).await.unwrap();
    assert_eq!(kept.text.as_str(), "Draft");
    assert_eq!(
        (kept.status, kept.project_id),
        (IntentionStatus::Partly, Some(project))
    );
    let again = store.edit_intention(today, &edit, at(3)).await.unwrap();
    assert!(!again.has_changed);

    store.delete_intention(today, at(4)).await.unwrap();
    assert!(store.intention(today).await.is_err());
    assert!(store.edit_intention(today, &edit, at(5)).await.is_err());
    store.restore_intention(today, at(6)).await.unwrap();
    assert_eq!(store.intention(today).await.unwrap(), kept);
    store.delete_intention(today, at(7)).await.unwrap();
    let anew = store
        .edit_intention(today, &says("Anew"), at(8))
        .await
        .unwrap()
        .row;
    assert_eq!(
        (anew.status, anew.project_id),
        (IntentionStatus::Open, None)
    );
    assert_eq!(store.intention(today).await.unwrap(), anew);
    assert_eq!(store.count_waiting().await.unwrap(), 1);
}

#[tokio::test]
async fn intentions_are_listed_newest_first() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    for text in ["2027-01-14", "2026-12-31", "2027-01-15"] {
        store
            .edit_intention(day(text), &says(text), at(0))
            .await
            .unwrap();
    }
    let list = async |filter| {
        let found = store.list_intentions(&filter).await.unwrap();
        found.iter().map(|i| i.id.to_string()).collect::<Vec<_>>()
    };
    let all = IntentionFilter::default();
    assert_eq!(list(all).await, ["2027-01-15", "2027-01-14", "2026-12-31"]);
    let some = IntentionFilter {
        from: Some(day("2027-01-01")),
        to: Some(day("2027-01-14")),
        ..all
    };
    assert_eq!(list(some).await, ["2027-01-14"]);
    store
        .delete_intention(day("2027-01-14"), at(1))
        .await
        .unwrap();
    assert_eq!(list(some).await, [""; 0]);
    assert_eq!(list(some.restorable(at(2))).await, ["2027-01-14"]);
    let late = at(31 * 24 * 3600);
    assert_eq!(list(some.restorable(late)).await, [""; 0]);
}

#[tokio::test]
async fn a_machine_keeps_its_id_and_its_server() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let device = store.device().await.unwrap();
    assert_eq!((&device.server_url, &device.server_key), (&None, &None));
    store
        .set_server(Some("https://sync.example"), Some("key"))
        .await
        .unwrap();
    store.close().await;
    let again = Store::open(&profile.path, at(9), &Randomness::seeded(99))
        .await
        .unwrap()
        .store;
    let later = again.device().await.unwrap();
    assert_eq!(later.id, device.id);
    assert_eq!(later.server_url.as_deref(), Some("https://sync.example"));
    let other = Profile::new();
    let elsewhere = Store::open(&other.path, at(0), &Randomness::seeded(99))
        .await
        .unwrap()
        .store;
    assert_ne!(elsewhere.device().await.unwrap().id, device.id);
}
