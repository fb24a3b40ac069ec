//! How far a first upload is.

use serde_json::json;

use super::exchange::{account, answer, apply};
use super::*;

#[tokio::test]
async fn a_first_upload_only_goes_forward_and_later_changes_are_no_part_of_it() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    for seed in 1..4 {
        store
            .record_particle(particle(seed, "Write"), at(0))
            .await
            .unwrap();
    }
    assert_eq!(store.upload().await.unwrap(), None, "nobody signed in");
    assert!(store.become_account(&account("ann")).await.unwrap());
    let progress = async || {
        store
            .upload()
            .await
            .unwrap()
            .map(|all| (all.done, all.total))
    };
    assert_eq!(progress().await, Some((0, 3)));

    let first = store.prepare(2).await.unwrap().unwrap();
    let answered = answer(&first, &["applied", "refused"], &json!([]));
    apply(&store, &first, &answered).await;
    assert_eq!(progress().await, Some((2, 3)), "what is refused is settled");

    store
        .record_particle(particle(9, "Later"), at(0))
        .await
        .unwrap();
    assert_eq!(progress().await, Some((2, 3)));
    let last = store.prepare(1).await.unwrap().unwrap();
    apply(&store, &last, &answer(&last, &["applied"], &json!([]))).await;
    assert_eq!(
        progress().await,
        None,
        "the later change waits, and is no part of it"
    );
    assert_eq!(store.count_sendable().await.unwrap(), 1);
    let later = store.prepare(1).await.unwrap().unwrap();
    let answered = answer(&later, &["applied"], &json!([]));
    apply(&store, &later, &answered).await;
    store.execute("delete from outbox").await;
    store
        .record_particle(particle(10, "Much later"), at(0))
        .await
        .unwrap();
    assert_eq!(progress().await, None, "it takes the place of one of them");
}
