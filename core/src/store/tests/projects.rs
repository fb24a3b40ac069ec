//! What a project is called and how its dots look, and lists of projects.

use super::corrections::project;
use super::*;
use crate::model::{Brightness, Project, ProjectName};

/// Half of it could be refused and the other half kept, if it were two.
#[tokio::test]
async fn a_project_that_gets_a_name_and_a_grey_at_once_changes_once() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let book = store.add_project(&project(7, "Book"), at(1)).await.unwrap();
    store.execute("delete from outbox").await;
    let novel = ProjectName::new("Novel").unwrap();
    let grey = Brightness::new(0.5).unwrap();
    let dress = ProjectEdit::Dress(Some(novel.clone()), Some(grey));
    let edited = store.edit_project(book.id, dress, at(9)).await.unwrap();
    assert_eq!((&edited.row.name, edited.row.brightness), (&novel, grey));
    let marks: Vec<String> = sqlx::query_scalar("select fields from outbox")
        .fetch_all(&store.pool)
        .await
        .unwrap();
    let mut fields: Vec<String> = serde_json::from_str(&marks[0]).unwrap();
    fields.sort();
    assert_eq!(
        (marks.len(), fields),
        (1, vec!["brightness".into(), "name".into()])
    );
    let is_one = "select stamps ->> 'name' = stamps ->> 'brightness' from projects";
    let is_one: bool = sqlx::query_scalar(is_one)
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert!(is_one, "it is one moment of one device");
    let nothing = ProjectEdit::Dress(None, None);
    let same = store.edit_project(book.id, nothing, at(10)).await.unwrap();
    assert!(!same.has_changed);
}

#[tokio::test]
async fn projects_are_listed_by_name_whatever_case_and_accents_it_has() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let names = [
        "Zebra", "Übung", "apple", "École", "urlaub", "zoo", "Apple", "Eis",
    ];
    for (seed, name) in (1..).zip(names) {
        let project = project(seed, name);
        store.add_project(&project, at(1)).await.unwrap();
        if name == "Eis" {
            let archive = ProjectEdit::SetArchived(true);
            store
                .edit_project(project.id, archive, at(2))
                .await
                .unwrap();
        }
    }
    let names = |projects: Vec<Project>| {
        let names = projects.into_iter().map(|project| project.name.to_string());
        names.collect::<Vec<_>>()
    };
    let listed = store.list_projects().await.unwrap();
    let ids: Vec<_> = listed.iter().map(|project| project.id).collect();
    let by_name = [
        "Apple", "apple", "École", "Übung", "urlaub", "Zebra", "zoo", "Eis",
    ];
    assert_eq!(names(listed), by_name, "archived ones last");
    for id in ids {
        store
            .edit_project(id, ProjectEdit::Delete, at(3))
            .await
            .unwrap();
    }
    let deleted = store.list_restorable_projects(at(4)).await.unwrap();
    let by_name = [
        "Apple", "apple", "École", "Eis", "Übung", "urlaub", "Zebra", "zoo",
    ];
    assert_eq!(names(deleted), by_name);
}
