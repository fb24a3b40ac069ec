//! Focuses of the same time: what is told of them, and what is done about it.

use chrono::Duration;

use super::*;
use crate::model::{DayBoundary, Days};
use crate::store::OverlapPair;

/// A focus from one minute to another of the first day.
fn focus(seed: u64, task: &str, from: i64, to: i64) -> Particle {
    let row = particle(seed, task);
    let minutes = u32::try_from(to - from).unwrap();
    Particle {
        time: ParticleTime {
            started_at: at(from * 60),
            ended_at: at(to * 60),
            planned_seconds: minutes * 60,
            duration_seconds: minutes * 60,
            overflow_seconds: 0,
            ..row.time.clone()
        },
        ..row
    }
}

async fn store_of(rows: &[Particle]) -> (Profile, Store) {
    let profile = Profile::new();
    let store = profile.open().await.store;
    for row in rows {
        store.record_particle(row.clone(), at(9000)).await.unwrap();
    }
    (profile, store)
}

/// Pairs by their tasks, with the minutes that were spent twice and whether a rest is left.
async fn told(store: &Store) -> Vec<(String, u32, bool)> {
    let day = at(0).date_naive();
    let days = Days {
        from: Some(day - Duration::days(1)),
        to: Some(day + Duration::days(1)),
    };
    let found = store
        .overlaps(days, DayBoundary::minutes(0).unwrap())
        .await
        .unwrap();
    found
        .iter()
        .map(|o| (o.earlier_task.to_string(), o.seconds / 60, o.leaves_rest))
        .collect()
}

fn pair(earlier: &Particle, later: &Particle) -> OverlapPair {
    OverlapPair {
        earlier: earlier.id,
        later: later.id,
    }
}

#[tokio::test]
async fn a_pair_that_is_kept_is_told_no_more_until_that_is_forgotten() {
    let (a, b) = (focus(1, "Desk", 0, 25), focus(2, "Laptop", 10, 35));
    let (_profile, store) = store_of(&[a.clone(), b.clone()]).await;
    assert_eq!(told(&store).await, [("Desk".into(), 15, true)]);
    store.keep_both(pair(&a, &b), true).await.unwrap();
    store.keep_both(pair(&a, &b), true).await.unwrap();
    assert_eq!(told(&store).await, []);
    store.keep_both(pair(&a, &b), false).await.unwrap();
    assert_eq!(told(&store).await.len(), 1);
}

#[tokio::test]
async fn trimming_lets_the_later_one_begin_where_the_earlier_ends_and_can_be_taken_back() {
    let (a, b) = (focus(1, "Desk", 0, 25), focus(2, "Laptop", 10, 35));
    let (_profile, store) = store_of(&[a.clone(), b.clone()]).await;
    let trimmed = store.trim(pair(&a, &b), at(9000)).await.unwrap();
    assert!(trimmed.has_changed);
    let time = &trimmed.row.time;
    assert_eq!(
        (time.started_at, time.ended_at, time.duration_seconds),
        (at(25 * 60), at(35 * 60), 600)
    );
    assert_eq!(told(&store).await, []);
    let again = store.trim(pair(&a, &b), at(9000)).await.unwrap();
    assert!(!again.has_changed, "there is nothing left to trim");
    let back = store.put_particle_back(&b, at(9001)).await.unwrap();
    assert_eq!(back.row, b);
}

#[tokio::test]
async fn what_lies_within_another_is_deleted_by_trimming_and_can_be_restored() {
    let (a, b) = (focus(1, "Desk", 0, 60), focus(2, "Laptop", 10, 35));
    let (_profile, store) = store_of(&[a.clone(), b.clone()]).await;
    assert_eq!(told(&store).await, [("Desk".into(), 25, false)]);
    let trimmed = store.trim(pair(&a, &b), at(9000)).await.unwrap();
    assert!(trimmed.row.deleted);
    assert_eq!(told(&store).await, []);
    let back = store.restore_particle(b.id, at(9001)).await.unwrap();
    assert_eq!(back.row, b);
}

#[tokio::test]
async fn nothing_is_trimmed_by_a_focus_that_is_deleted() {
    let (a, b) = (focus(1, "Desk", 0, 60), focus(2, "Laptop", 10, 35));
    let (_profile, store) = store_of(&[a.clone(), b.clone()]).await;
    store.delete_particle(a.id, at(9000)).await.unwrap();
    assert!(store.trim(pair(&a, &b), at(9001)).await.is_err());
    assert_eq!(store.particle(b.id).await.unwrap(), Some(b));
    assert_eq!(told(&store).await, []);
}
