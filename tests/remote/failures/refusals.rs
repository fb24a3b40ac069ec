//! Rows that the server refuses, and those beside them.

use std::collections::BTreeMap;
use std::time::Duration;

use particle_core::change::{Entity, Incoming, SettingField, Stamp, Stamped};
use particle_core::model::{
    Assignment, Brightness, Correction, Project, ProjectId, ProjectName, Setting,
};
use particle_core::store::{ProjectEdit, Waiting};
use serde_json::json;

use super::{assert_equal, exchanges, particles_on_the_server, two_devices};
use crate::support::start;

const REFUSES_POISON: &str = "
    alter table public.particles add constraint particles_are_no_poison check (task <> 'Poison');
    alter table public.projects add constraint projects_are_no_poison check (name <> 'Poison');";

fn code(waiting: &Waiting) -> Option<&str> {
    waiting.refusal.as_ref()?.code.as_deref()
}

#[tokio::test]
async fn one_poison_row_among_a_thousand_stops_none_of_the_others() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    world.sql(REFUSES_POISON).await;
    one.syncing.pause().await;
    one.focus_often(500).await;
    let poison = one.focus("Poison").await;
    one.focus_often(499).await;
    let round = one.sync().await;
    assert_eq!((round.pushed, round.refused), (999, 1));
    assert_eq!(other.sync().await.pulled, 999);

    let queue = one.store.list_waiting().await.unwrap();
    assert_eq!(queue.len(), 1);
    let (row, refused) = (&queue[0], Some("particles_are_no_poison"));
    assert_eq!(
        (row.id.as_str(), row.title.as_str()),
        (&*poison.to_string(), "Poison")
    );
    assert_eq!((code(row), row.attempts), (refused, 1));
    let refusal = row.refusal.as_ref().and_then(|r| r.message.as_deref());
    assert!(refusal.is_some_and(|said| !said.is_empty()), "{row:?}");
    let counted = one.store.count_queue().await.unwrap();
    assert_eq!((counted.pending, counted.refused), (0, 1));

    // It waits for an edit, and not for another thousand requests.
    let before = exchanges(&world);
    one.focus("Beside").await;
    let round = one.sync().await;
    assert_eq!((round.pushed, round.refused), (1, 0));
    assert!(exchanges(&world) - before <= 2);
    one.write_task(poison, "Food").await;
    assert_equal(&[&one, &other]).await;
    assert_eq!(other.task(poison).await.as_deref(), Some("Food"));
    assert_eq!(particles_on_the_server(&world).await, 1001);
}

#[tokio::test]
async fn a_refused_row_that_another_device_changes_is_sent_again() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let id = one.focus("Write").await;
    assert_equal(&[&one, &other]).await;
    world.sql(REFUSES_POISON).await;
    one.write_task(id, "Poison").await;
    one.sync().await;
    assert_eq!(one.store.count_queue().await.unwrap().refused, 1);
    world.pass(Duration::from_secs(5));
    other.store.delete_particle(id, other.now()).await.unwrap();
    other.sync().await;
    world
        .sql("alter table public.particles drop constraint particles_are_no_poison")
        .await;
    one.sync().await;
    assert_eq!(one.store.list_waiting().await.unwrap(), []);
    assert_equal(&[&one, &other]).await;
}

#[tokio::test]
async fn a_particle_whose_project_is_refused_keeps_its_project() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    world.sql(REFUSES_POISON).await;
    one.syncing.pause().await;
    let project = Project {
        id: ProjectId::new(one.now(), &one.randomness),
        name: ProjectName::new("Poison").unwrap(),
        brightness: Brightness::FULL,
        archived: false,
        deleted: false,
    };
    one.store.add_project(&project, one.now()).await.unwrap();
    let id = one.focus("Write").await;
    let correction = Correction {
        project: Some(Assignment::Project(project.id)),
        ..Correction::default()
    };
    let corrected = one.store.correct_particle(id, &correction, one.now());
    corrected.await.unwrap();
    one.sync().await;
    other.sync().await;
    let arrived = other.store.particle(id).await.unwrap().expect("it is here");
    assert_eq!(arrived.project_id, Some(project.id), "before its project");
    assert_eq!(other.store.list_projects().await.unwrap(), []);

    other.write_task(id, "Rewrite").await;
    other.sync().await;
    let rename = ProjectEdit::Rename(ProjectName::new("Book").unwrap());
    one.store
        .edit_project(project.id, rename, one.now())
        .await
        .unwrap();
    assert_equal(&[&one, &other]).await;
    let arrived = other.store.particle(id).await.unwrap().expect("it is here");
    assert_eq!(arrived.project_id, Some(project.id));
    assert_eq!(other.store.list_projects().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_text_with_a_nul_in_it_is_found_among_the_others_and_refused_alone() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    one.syncing.pause().await;
    one.focus_often(20).await;
    // No text that a person can write has one; a setting of a later version may be of any form.
    let setting = Setting {
        id: "motto".parse().unwrap(),
        value: json!("a\0b"),
        deleted: false,
    };
    let stamps = [SettingField::Value, SettingField::Deleted];
    let stamp = Stamp::first_at(one.now());
    let stamped = Stamped {
        row: setting,
        stamps: BTreeMap::from(stamps.map(|field| (field, stamp))),
    };
    let (rows, limit) = ([Incoming::Setting(stamped)], Stamp::last_at(one.now()));
    one.store.merge_rows(&rows, limit, one.now()).await.unwrap();
    one.focus_often(20).await;

    let round = one.sync().await;
    assert_eq!((round.pushed, round.refused), (40, 1));
    let queue = one.store.list_waiting().await.unwrap();
    assert_eq!((queue.len(), queue[0].entity), (1, Entity::Setting));
    assert!(queue[0].refusal.is_some(), "{queue:?}");
    assert_eq!(other.sync().await.pulled, 40);
}

#[tokio::test]
async fn a_thousand_edits_of_one_row_are_one_change() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let id = one.focus("Write").await;
    one.has_sent_everything().await;
    one.syncing.pause().await;
    for number in 0..1000 {
        one.write_task(id, &format!("{number}")).await;
    }
    let round = one.sync().await;
    assert_eq!((round.pushed, round.refused), (1, 0));
    assert_equal(&[&one, &other]).await;
    assert_eq!(other.task(id).await.as_deref(), Some("999"));
}
