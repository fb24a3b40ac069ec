//! Settings as rows that travel.

use super::*;
use crate::model::{SettingChange, SettingKey, Settings};

async fn marks(store: &Store) -> Vec<String> {
    sqlx::query_scalar(
        "select entity || ' ' || row_id || ' ' || fields from outbox order by position",
    )
    .fetch_all(&store.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_setting_is_a_row_only_once_it_was_changed() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    assert_eq!(store.settings().await.unwrap(), Settings::default());
    let off = SettingChange::Overflow(false);
    assert!(store.set_setting(off.row(), at(0)).await.unwrap());
    assert!(!store.settings().await.unwrap().overflow);
    assert_eq!(
        marks(&store).await,
        [r#"setting overflow ["value","deleted"]"#]
    );
}

#[tokio::test]
async fn the_same_value_again_is_no_change() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let off = SettingChange::Overflow(false);
    assert!(store.set_setting(off.row(), at(0)).await.unwrap());
    assert!(!store.set_setting(off.row(), at(1)).await.unwrap());
}

#[tokio::test]
async fn the_default_comes_back_and_the_value_can_be_set_again() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let key: SettingKey = "overflow".parse().unwrap();
    assert!(!store.reset_setting(key.clone(), at(0)).await.unwrap());
    assert_eq!(
        marks(&store).await,
        [""; 0],
        "nothing was changed, so nothing travels"
    );
    let off = SettingChange::Overflow(false).row();
    store.set_setting(off.clone(), at(1)).await.unwrap();
    assert!(store.reset_setting(key, at(2)).await.unwrap());
    assert_eq!(store.settings().await.unwrap(), Settings::default());
    assert!(store.set_setting(off, at(3)).await.unwrap());
    assert!(!store.settings().await.unwrap().overflow);
}
