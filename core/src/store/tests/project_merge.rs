//! Two projects become one, and two again.

use super::corrections::project;
use super::*;
use crate::model::{Assignment, Correction, IntentionId, IntentionText, Project, ProjectId};
use crate::store::{Declined, IntentionEdit};

struct Merging {
    /// Removed with the test.
    _profile: Profile,
    store: Store,
    book: Project,
    novel: Project,
    /// Two of Book, one of Book that is deleted, one of Novel, and one of none.
    particles: [ParticleId; 5],
}

impl Merging {
    async fn new() -> Self {
        let profile = Profile::new();
        let store = profile.open().await.store;
        let book = store.add_project(&project(7, "Book"), at(1)).await.unwrap();
        let novel = store
            .add_project(&project(8, "Novel"), at(1))
            .await
            .unwrap();
        let of = [Some(&book), Some(&book), Some(&book), Some(&novel), None];
        let mut particles = Vec::new();
        for (seed, project) in (10..).zip(of) {
            let particle = Particle {
                project_id: project.map(|project| project.id),
                ..particle(seed, "Write")
            };
            particles.push(particle.id);
            store.record_particle(particle, at(2)).await.unwrap();
        }
        store.delete_particle(particles[2], at(3)).await.unwrap();
        let edit = IntentionEdit {
            text: Some(IntentionText::new("Draft").unwrap()),
            project: Some(Assignment::Project(book.id)),
            ..IntentionEdit::default()
        };
        store.edit_intention(day(), &edit, at(3)).await.unwrap();
        store.execute("delete from outbox").await;
        Self {
            _profile: profile,
            store,
            book,
            novel,
            particles: particles.try_into().unwrap(),
        }
    }

    async fn projects(&self) -> Vec<Option<ProjectId>> {
        let mut projects = Vec::new();
        for id in self.particles {
            let particle = self.store.particle(id).await.unwrap().unwrap();
            projects.push(particle.project_id);
        }
        projects
    }

    async fn text(&self, statement: &'static str) -> Vec<String> {
        let found = sqlx::query_scalar(statement);
        found.fetch_all(&self.store.pool).await.unwrap()
    }
}

fn day() -> IntentionId {
    "2027-01-15".parse().unwrap()
}

#[tokio::test]
async fn what_was_of_the_one_is_of_the_other_with_one_stamp() {
    let merging = Merging::new().await;
    let (book, novel) = (merging.book.id, merging.novel.id);
    let store = &merging.store;
    let merged = store.merge_projects(book, novel, at(4)).await.unwrap();
    assert_eq!(merged, merging.novel);
    assert_eq!(
        merging.projects().await,
        [Some(novel), Some(novel), Some(book), Some(novel), None],
        "an edit would bring back what is deleted"
    );
    let waiting = merging
        .text("select entity || ' ' || fields from outbox order by 1")
        .await;
    assert_eq!(
        waiting,
        [
            r#"intention ["project_id"]"#,
            r#"particle ["project_id"]"#,
            r#"particle ["project_id"]"#,
            r#"project ["deleted"]"#,
        ]
    );
    let stamps = merging
        .text(
            "select stamps ->> 'deleted' from projects where name = 'Book'
             union select stamps ->> 'project_id' from intentions
             union select stamps ->> 'project_id' from particles p, outbox o where o.row_id = p.id",
        )
        .await;
    assert_eq!(stamps.len(), 1, "it is one moment of one device");
}

#[tokio::test]
async fn whoever_restores_it_has_back_what_has_not_moved_on() {
    let merging = Merging::new().await;
    let (book, novel) = (merging.book.id, merging.novel.id);
    let store = &merging.store;
    store.merge_projects(book, novel, at(4)).await.unwrap();
    let nowhere = Correction {
        project: Some(Assignment::Nothing),
        ..Correction::default()
    };
    let [first, second, ..] = merging.particles;
    for (id, correction) in [(first, &nowhere), (second, &Correction::default())] {
        let corrected = store.correct_particle(id, correction, at(5)).await;
        corrected.unwrap();
    }
    let restored = store.edit_project(book, ProjectEdit::Restore, at(6)).await;
    assert!(!restored.unwrap().row.deleted);
    assert_eq!(
        merging.projects().await,
        [None, Some(book), Some(book), Some(novel), None]
    );
    let intentions = merging.text("select project_id from intentions").await;
    assert_eq!(intentions, [book.to_string()]);
    assert_eq!(store.list_projects().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_project_is_not_merged_with_itself_nor_with_what_is_deleted() {
    let merging = Merging::new().await;
    let (book, novel) = (merging.book.id, merging.novel.id);
    let store = &merging.store;
    let declined = async |from, into| match store.merge_projects(from, into, at(5)).await {
        Err(StoreError::Declined(declined)) => declined,
        other => panic!("it is declined: {other:?}"),
    };
    assert_eq!(declined(book, book).await, Declined::SameProject);
    let deletion = store.edit_project(novel, ProjectEdit::Delete, at(4));
    deletion.await.unwrap();
    let deleted = Declined::Deleted { what: "project" };
    assert_eq!(declined(book, novel).await, deleted);
    assert_eq!(declined(novel, book).await, deleted);
    assert_eq!(merging.projects().await[..2], [Some(book), Some(book)]);
}

/// As somebody may have written it by hand.
#[tokio::test]
async fn a_row_that_bears_the_stamp_of_a_deletion_and_has_not_moved_holds_nothing_up() {
    let merging = Merging::new().await;
    let (book, store) = (merging.book.id, &merging.store);
    let deletion = store.edit_project(book, ProjectEdit::Delete, at(4));
    deletion.await.unwrap();
    store
        .execute(
            "update particles set stamps = json_set(stamps, '$.project_id',
                 (select stamps ->> 'deleted' from projects where name = 'Book'))",
        )
        .await;
    let restored = store.edit_project(book, ProjectEdit::Restore, at(5)).await;
    assert!(restored.unwrap().has_changed);
}
