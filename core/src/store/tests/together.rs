//! Particles that are changed together.

use super::corrections::project;
use super::*;
use crate::model::Assignment;
use crate::store::Together;

async fn store_of(count: u64) -> (Profile, Store, Vec<Particle>) {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let rows: Vec<_> = (1..=count).map(|seed| particle(seed, "Any")).collect();
    for row in &rows {
        store.record_particle(row.clone(), at(9000)).await.unwrap();
    }
    (profile, store, rows)
}

fn ids(rows: &[Particle]) -> Vec<ParticleId> {
    rows.iter().map(|row| row.id).collect()
}

async fn kept(store: &Store, rows: &[Particle]) -> Vec<Particle> {
    let mut found = Vec::new();
    for row in rows {
        found.push(store.particle(row.id).await.unwrap().unwrap());
    }
    found
}

#[tokio::test]
async fn all_are_deleted_and_all_come_back() {
    let (_profile, store, rows) = store_of(3).await;
    store.delete_particle(rows[0].id, at(9001)).await.unwrap();
    let changed = store
        .change_together(&ids(&rows), Together::Delete, at(9002))
        .await
        .unwrap();
    assert_eq!(
        changed,
        ids(&rows[1..]),
        "the first one was deleted already"
    );
    assert!(kept(&store, &rows).await.iter().all(|row| row.deleted));
    store
        .change_together(&ids(&rows), Together::Restore, at(9003))
        .await
        .unwrap();
    assert_eq!(kept(&store, &rows).await, rows);
}

#[tokio::test]
async fn all_move_to_a_project_and_are_put_back() {
    let (_profile, store, rows) = store_of(3).await;
    let project = project(1, "Thesis");
    store.add_project(&project, at(9001)).await.unwrap();
    let to = Assignment::Project(project.id);
    let changed = store
        .change_together(&ids(&rows), Together::Assign(to), at(9002))
        .await
        .unwrap();
    assert_eq!(changed, ids(&rows));
    let moved = kept(&store, &rows).await;
    assert!(moved.iter().all(|row| row.project_id == Some(project.id)));
    store.put_back_together(&rows, at(9003)).await.unwrap();
    assert_eq!(kept(&store, &rows).await, rows);
}

#[tokio::test]
async fn one_that_is_refused_or_missing_leaves_all_as_they_were() {
    let (_profile, store, rows) = store_of(3).await;
    let (here, missing) = (ids(&rows), particle(9, "Elsewhere").id);
    let beside = [here[0], here[1], missing];
    let refused = store.change_together(&beside, Together::Delete, at(9001));
    assert!(refused.await.is_err());
    assert_eq!(kept(&store, &rows).await, rows);

    store.delete_particle(here[2], at(9002)).await.unwrap();
    let before = kept(&store, &rows).await;
    let nothing = Together::Assign(Assignment::Nothing);
    assert!(
        store
            .change_together(&here, nothing, at(9003))
            .await
            .is_err()
    );
    assert!(store.put_back_together(&rows, at(9003)).await.is_err());
    assert_eq!(kept(&store, &rows).await, before);
}
