//! The sentence of a day.

use super::*;
use crate::model::IntentionId;

fn says(text: &str) -> IntentionRequest {
    IntentionRequest::Set(IntentionChange {
        text: Some(text.into()),
        ..IntentionChange::default()
    })
}

#[tokio::test]
async fn a_day_without_an_intention_has_none_and_that_is_no_error() {
    let opened = open().await;
    let app = opened.app.profile();
    assert_eq!(app.intention_of(None).await.unwrap(), None);

    let made = app.intention(says("Draft")).await.unwrap();
    let today: IntentionId = "2027-01-15".parse().unwrap();
    assert_eq!(made.id, today);
    for day in [None, Some(today)] {
        assert_eq!(app.intention_of(day).await.unwrap(), Some(made.clone()));
    }
    let yesterday = "2027-01-14".parse().unwrap();
    assert_eq!(app.intention_of(Some(yesterday)).await.unwrap(), None);

    app.intention(IntentionRequest::Delete(None)).await.unwrap();
    assert_eq!(app.intention_of(None).await.unwrap(), None);
    let restored = app.intention(IntentionRequest::Restore(None)).await;
    assert_eq!(restored.unwrap(), made);
    assert_eq!(app.intention_of(None).await.unwrap(), Some(made));
}
