//! Rows from elsewhere, field by field.

use std::collections::BTreeSet;

use super::*;
use crate::change::{Incoming, Merged, Stamped};

/// A stamp some seconds from now.
fn stamp(seconds: i64) -> Stamp {
    Stamp::derived(at(seconds), 7)
}

fn incoming(
    task: &str,
    stamp_of: impl Fn(ParticleField) -> Stamp,
) -> Stamped<Particle, ParticleField> {
    let stamps = ParticleField::ALL.iter().map(|f| (*f, stamp_of(*f)));
    Stamped {
        row: particle(1, task),
        stamps: stamps.collect(),
    }
}

async fn merge(store: &Store, row: &Stamped<Particle, ParticleField>, now: i64) -> Merged {
    let limit = store.believable_until(at(now)).await.unwrap();
    let rows = [Incoming::Particle(row.clone())];
    store.merge_rows(&rows, limit, at(now)).await.unwrap()[0]
}

async fn kept(store: &Store) -> Stamped<Particle, ParticleField> {
    let mut snapshot = store.snapshot().await.unwrap();
    snapshot.particles(None).await.unwrap().remove(0)
}

async fn waiting(store: &Store) -> BTreeSet<ParticleField> {
    let marked: Vec<String> = sqlx::query_scalar("select fields from outbox")
        .fetch_all(&store.pool)
        .await
        .unwrap();
    let fields = marked.iter().flat_map(|json| {
        let fields: Vec<ParticleField> = serde_json::from_str(json).unwrap();
        fields
    });
    fields.collect()
}

async fn acknowledge(store: &Store) {
    sqlx::query("delete from outbox")
        .execute(&store.pool)
        .await
        .unwrap();
}

async fn last_stamp(store: &Store) -> Stamp {
    let last: String = sqlx::query_scalar("select last_stamp from logical_clock")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    last.parse().unwrap()
}

#[tokio::test]
async fn a_new_row_keeps_its_own_stamps_and_waits_with_every_field() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let row = incoming("Write", |field| stamp(-(field as i64)));
    assert_eq!(merge(&store, &row, 0).await, Merged::New);
    assert_eq!(kept(&store).await, row);
    assert!(waiting(&store).await.iter().eq(ParticleField::ALL));
}

#[tokio::test]
async fn the_newer_of_two_edits_is_kept_field_by_field() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let here = incoming("Here", |_| stamp(-100));
    merge(&store, &here, 0).await;
    acknowledge(&store).await;
    let mut there = incoming("There", |field| match field {
        ParticleField::Task => stamp(-50),
        ParticleField::Time => stamp(-150),
        _ => stamp(-100),
    });
    there.row.time.duration_seconds = 60;
    there.row.preset = Preset::Custom;
    assert_eq!(merge(&store, &there, 0).await, Merged::Changed);
    let now = kept(&store).await;
    assert_eq!(now.row.task.as_str(), "There", "newer there");
    assert_eq!(now.row.time, here.row.time, "newer here");
    assert_eq!(
        now.row.preset, here.row.preset,
        "an equal stamp keeps what is there"
    );
    assert_eq!(now.stamps[&ParticleField::Task], stamp(-50));
    assert_eq!(now.stamps[&ParticleField::Time], stamp(-100));
    assert_eq!(waiting(&store).await, BTreeSet::from([ParticleField::Task]));
}

#[tokio::test]
async fn a_greater_stamp_with_an_equal_value_is_a_change_and_a_repetition_is_none() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    merge(&store, &incoming("Write", |_| stamp(-100)), 0).await;
    acknowledge(&store).await;
    let again = incoming("Write", |_| stamp(-99));
    assert_eq!(merge(&store, &again, 0).await, Merged::Changed);
    acknowledge(&store).await;
    let clock = last_stamp(&store).await;
    assert_eq!(merge(&store, &again, 5).await, Merged::Unchanged);
    assert_eq!(store.count_waiting().await.unwrap(), 0);
    assert_eq!(last_stamp(&store).await, clock, "nothing was written");
}

#[tokio::test]
async fn an_older_deletion_does_not_take_a_newer_edit_along() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    merge(&store, &incoming("Edited", |_| stamp(-50)), 0).await;
    let mut deleted = incoming("Old", |field| match field {
        ParticleField::Deleted => stamp(-40),
        _ => stamp(-100),
    });
    deleted.row.deleted = true;
    merge(&store, &deleted, 0).await;
    let list = |filter| store.list_particles(filter);
    assert!(list(&ParticleFilter::default()).await.unwrap().is_empty());
    let edit = incoming("Later", |_| stamp(-30));
    let mut edit = edit;
    edit.stamps.insert(ParticleField::Deleted, stamp(-40));
    merge(&store, &edit, 0).await;
    let back = store
        .list_particles(&ParticleFilter::default())
        .await
        .unwrap();
    assert_eq!(
        back[0].task.as_str(),
        "Later",
        "a later edit brings it back"
    );
    assert!(
        kept(&store).await.row.deleted,
        "though it was said to be deleted"
    );
}

#[tokio::test]
async fn the_clock_does_not_stay_behind_a_stamp_it_has_seen() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let ahead = incoming("Write", |_| stamp(200));
    merge(&store, &ahead, 0).await;
    assert_eq!(last_stamp(&store).await, stamp(200));
    let correction = crate::model::Correction {
        task: Some(Task::new("Later").unwrap()),
        ..Default::default()
    };
    store
        .correct_particle(ahead.row.id, &correction, at(1))
        .await
        .unwrap();
    assert!(kept(&store).await.stamps[&ParticleField::Task] > stamp(200));
}

#[tokio::test]
async fn a_file_from_a_clock_years_ahead_neither_wins_for_years_nor_moves_this_clock() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let wrong = incoming("Wrong", |field| match field {
        ParticleField::Kind => stamp(-100),
        ParticleField::Task => Stamp::last_at(DateTime::<Utc>::MAX_UTC),
        _ => stamp(400_000_000),
    });
    assert_eq!(merge(&store, &wrong, 0).await, Merged::New);
    assert!(last_stamp(&store).await.moment() <= at(0));
    let now = kept(&store).await;
    assert_eq!(now.row, wrong.row, "nothing of it is lost");
    assert_eq!(now.stamps[&ParticleField::Task].moment(), at(-100));
    assert!(now.stamps[&ParticleField::Task] > now.stamps[&ParticleField::Time]);
    acknowledge(&store).await;
    assert_eq!(merge(&store, &wrong, 60).await, Merged::Unchanged);
    let correction = crate::model::Correction {
        task: Some(Task::new("Right").unwrap()),
        ..Default::default()
    };
    store
        .correct_particle(wrong.row.id, &correction, at(61))
        .await
        .unwrap();
    merge(&store, &wrong, 62).await;
    assert_eq!(kept(&store).await.row.task.as_str(), "Right");
}
