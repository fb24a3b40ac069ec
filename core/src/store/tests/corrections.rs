//! What is refused, and what an edit means to a row that was deleted.

use chrono::Duration;

use super::*;
use crate::change::{Field, ProjectField};
use crate::model::{Assignment, Brightness, Correction, Project, ProjectKey, ProjectName};

const DAY: i64 = 24 * 60 * 60;

fn named(task: &str) -> Correction {
    Correction {
        task: Some(Task::new(task).unwrap()),
        ..Correction::default()
    }
}

pub(super) fn project(seed: u64, name: &str) -> Project {
    Project {
        id: ProjectId::new(at(0), &Randomness::seeded(seed)),
        name: ProjectName::new(name).unwrap(),
        brightness: Brightness::FULL,
        archived: false,
        deleted: false,
    }
}

fn declined<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Declined {
    match result {
        Err(StoreError::Declined(declined)) => declined,
        other => panic!("it is declined: {other:?}"),
    }
}

/// A store with one particle.
async fn store() -> (Profile, Store, ParticleId) {
    let profile = Profile::with_a_particle().await;
    let store = profile.open().await.store;
    (profile, store, particle(1, "").id)
}

/// Everything that is kept, as text.
async fn everything(store: &Store) -> String {
    let mut all = String::new();
    for query in [
        "select json_group_array(json_array(id, task, deleted, stamps)) from particles",
        "select json_group_array(json_array(id, name, deleted, stamps)) from projects",
        "select json_group_array(json_array(entity, row_id, fields)) from outbox",
        "select last_stamp from logical_clock",
    ] {
        let text: String = sqlx::query_scalar(query)
            .fetch_one(&store.pool)
            .await
            .unwrap();
        all += &text;
    }
    all
}

#[tokio::test]
async fn an_edit_that_changes_nothing_writes_nothing() {
    let (_profile, store, id) = store().await;
    let book = store.add_project(&project(7, "Book"), at(1)).await.unwrap();
    let before = everything(&store).await;
    let same = Correction {
        task: Some(Task::new(" Write ").unwrap()),
        started_at: Some(at(0)),
        length: Some(crate::model::ParticleLength::minutes(25).unwrap()),
        project: Some(Assignment::Nothing),
    };
    assert!(
        !store
            .correct_particle(id, &same, at(9))
            .await
            .unwrap()
            .has_changed
    );
    let rename = ProjectEdit::Rename(book.name.clone());
    for edit in [
        rename,
        ProjectEdit::SetArchived(false),
        ProjectEdit::SetBrightness(Brightness::FULL),
    ] {
        assert!(
            !store
                .edit_project(book.id, edit, at(9))
                .await
                .unwrap()
                .has_changed
        );
    }
    store
        .add_project(&project(7, "Other"), at(9))
        .await
        .unwrap();
    store
        .record_particle(particle(1, "Other"), at(9))
        .await
        .unwrap();
    assert_eq!(everything(&store).await, before);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_changed() {
    let (_profile, store, _) = store().await;
    let nobody = particle(99, "").id;
    let before = everything(&store).await;
    let not_found = Declined::NotFound {
        what: "particle",
        key: nobody.to_string(),
    };
    assert_eq!(
        declined(store.correct_particle(nobody, &named("a"), at(1)).await),
        not_found
    );
    assert_eq!(
        declined(store.delete_particle(nobody, at(1)).await),
        not_found
    );
    assert_eq!(
        declined(store.restore_particle(nobody, at(1)).await),
        not_found
    );
    assert_eq!(everything(&store).await, before);
}

#[tokio::test]
async fn what_is_deleted_can_only_be_restored() {
    let (_profile, store, id) = store().await;
    let what = "particle";
    assert_eq!(
        declined(store.restore_particle(id, at(1)).await),
        Declined::NotDeleted { what }
    );
    assert!(store.delete_particle(id, at(1)).await.unwrap().row.deleted);
    let before = everything(&store).await;
    assert!(
        !store.delete_particle(id, at(2)).await.unwrap().has_changed,
        "it is deleted already"
    );
    let edit = store.correct_particle(id, &named("a"), at(2)).await;
    assert_eq!(declined(edit), Declined::Deleted { what });
    assert_eq!(everything(&store).await, before);
    let restored = store.restore_particle(id, at(3)).await.unwrap();
    assert_eq!(restored.row, particle(1, "Write"));
    let boundary = crate::model::DayBoundary::DEFAULT;
    let day = restored.row.time.day(boundary);
    assert_eq!(store.total(day, boundary).await.unwrap().particles, 1);
}

#[rstest]
#[case::on_the_last_day(30 * DAY, true)]
#[case::a_second_later(30 * DAY + 1, false)]
#[case::with_a_clock_set_back(-DAY, true)]
#[tokio::test]
async fn a_deletion_can_be_undone_for_30_days(#[case] later: i64, #[case] can_be: bool) {
    let (_profile, store, id) = store().await;
    store.delete_particle(id, at(10)).await.unwrap();
    let book = store
        .add_project(&project(7, "Book"), at(10))
        .await
        .unwrap();
    store
        .edit_project(book.id, ProjectEdit::Delete, at(10))
        .await
        .unwrap();
    // The stamp of a later transaction of the same millisecond is that of the same moment.
    let now = at(10) + Duration::seconds(later);
    let listed = ParticleFilter::default().restorable(now);
    assert_eq!(
        store.list_particles(&listed).await.unwrap().len(),
        usize::from(can_be)
    );
    assert_eq!(
        store.list_restorable_projects(now).await.unwrap().len(),
        usize::from(can_be)
    );
    let restored = store.restore_particle(id, now).await;
    let project = store.edit_project(book.id, ProjectEdit::Restore, now).await;
    if can_be {
        assert!(!restored.unwrap().row.deleted && !project.unwrap().row.deleted);
    } else {
        assert_eq!(
            declined(restored),
            Declined::DeletedTooLongAgo { what: "particle" }
        );
        assert_eq!(
            declined(project),
            Declined::DeletedTooLongAgo { what: "project" }
        );
    }
}

/// An edit of another device that was made after the deletion here, as a merge would leave it.
#[tokio::test]
async fn a_later_edit_of_any_field_brings_a_row_back() {
    for field in other_fields::<ParticleField>() {
        let (profile, store, id) = store().await;
        store.delete_particle(id, at(1)).await.unwrap();
        let later = Stamp::first_at(at(2)).to_string();
        let mut sql = profile.sql().await;
        sqlx::query("update particles set stamps = json_set(stamps, '$.' || ?, ?)")
            .bind(&field)
            .bind(&later)
            .execute(&mut sql)
            .await
            .unwrap();
        let back = store
            .list_particles(&ParticleFilter::default())
            .await
            .unwrap();
        assert_eq!(back, [particle(1, "Write")], "{field}");
        let edited = store
            .correct_particle(id, &named("Edited"), at(3))
            .await
            .unwrap();
        assert!(!edited.row.deleted, "{field}");
        let kept: bool = sqlx::query_scalar("select deleted from particles")
            .fetch_one(&mut sql)
            .await
            .unwrap();
        assert!(
            kept,
            "{field}: a value whose stamp did not move is not rewritten"
        );
        let deleted = store.delete_particle(id, at(4)).await.unwrap();
        assert!(
            deleted.has_changed && deleted.row.deleted,
            "{field}: it can be deleted again"
        );
        let left = store
            .list_particles(&ParticleFilter::default())
            .await
            .unwrap();
        assert_eq!(left, [], "{field}");
    }
}

/// The names of all fields but the one that says whether the row is deleted.
fn other_fields<F: Field>() -> impl Iterator<Item = String> {
    let name = |field: &F| match serde_json::to_value(field) {
        Ok(serde_json::Value::String(name)) => name,
        other => panic!("a field is a word: {other:?}"),
    };
    F::ALL.iter().filter(|f| **f != F::DELETED).map(name)
}

#[tokio::test]
async fn a_later_edit_of_any_field_brings_a_project_back() {
    for field in other_fields::<ProjectField>() {
        let (profile, store, _) = store().await;
        let book = project(7, "Book");
        store.add_project(&book, at(0)).await.unwrap();
        let deletion = store.edit_project(book.id, ProjectEdit::Delete, at(1));
        assert!(deletion.await.unwrap().row.deleted);
        let mut sql = profile.sql().await;
        sqlx::query("update projects set stamps = json_set(stamps, '$.' || ?, ?)")
            .bind(&field)
            .bind(Stamp::first_at(at(2)).to_string())
            .execute(&mut sql)
            .await
            .unwrap();
        assert_eq!(store.list_projects().await.unwrap(), [book], "{field}");
    }
}

#[tokio::test]
async fn a_name_that_two_projects_have_is_refused_with_their_ids() {
    let (_profile, store, _) = store().await;
    let key = |text: &str| text.parse::<ProjectKey>().unwrap();
    for seed in [7, 8] {
        store
            .add_project(&project(seed, "Book"), at(1))
            .await
            .unwrap();
    }
    let found = declined(store.find_project(&key("Book"), false).await);
    let Declined::AmbiguousName { ids, .. } = &found else {
        panic!("{found:?}")
    };
    assert_eq!(ids.len(), 2);
    assert!(
        ids.iter()
            .all(|id| found.to_string().contains(&id.to_string()))
    );
    assert_eq!(
        store.find_project(&ids[1].into(), false).await.unwrap().id,
        ids[1]
    );
    store
        .edit_project(ids[0], ProjectEdit::Delete, at(2))
        .await
        .unwrap();
    assert_eq!(
        store.find_project(&key(" Book "), false).await.unwrap().id,
        ids[1]
    );
    assert_eq!(
        store.find_project(&key("Book"), true).await.unwrap().id,
        ids[0]
    );
    for nobody in ["book", "Boo", "Book%", "", &"x".repeat(10_000)] {
        let found = declined(store.find_project(&key(nobody), false).await);
        assert!(matches!(found, Declined::NotFound { .. }), "{nobody}");
    }
}

#[tokio::test]
async fn a_deleted_project_leaves_its_particles_and_their_link() {
    let (_profile, store, id) = store().await;
    let book = store.add_project(&project(7, "Book"), at(1)).await.unwrap();
    let project = Some(Assignment::Project(book.id));
    let correction = Correction {
        project,
        ..Correction::default()
    };
    store
        .correct_particle(id, &correction, at(2))
        .await
        .unwrap();
    let count = async |project| {
        let filter = ParticleFilter {
            project: Some(project),
            ..ParticleFilter::default()
        };
        store.list_particles(&filter).await.unwrap().len()
    };
    let of_book = Assignment::Project(book.id);
    assert_eq!(
        (count(of_book).await, count(Assignment::Nothing).await),
        (1, 0)
    );
    store
        .edit_project(book.id, ProjectEdit::Delete, at(3))
        .await
        .unwrap();
    assert_eq!(
        (count(of_book).await, count(Assignment::Nothing).await),
        (1, 1)
    );
    assert_eq!(store.list_projects().await.unwrap(), []);
    store
        .edit_project(book.id, ProjectEdit::Restore, at(4))
        .await
        .unwrap();
    assert_eq!(
        (count(of_book).await, count(Assignment::Nothing).await),
        (1, 0)
    );
}

#[tokio::test]
async fn pages_hold_every_particle_once_and_newest_first() {
    let (_profile, store, _) = store().await;
    for seed in 2..24 {
        store
            .record_particle(particle(seed, "Same moment"), at(0))
            .await
            .unwrap();
    }
    let all = store
        .list_particles(&ParticleFilter::default())
        .await
        .unwrap();
    let mut paged = Vec::new();
    let mut next = Some(ParticleFilter {
        limit: Some(5),
        ..ParticleFilter::default()
    });
    while let Some(filter) = next {
        let (page, end) = store.list_page(&filter).await.unwrap();
        next = end.map(|end| ParticleFilter {
            below: Some(end),
            ..filter
        });
        paged.extend(page);
    }
    assert_eq!((paged.len(), &paged), (23, &all));
}
