//! Profiles that an older version made.

use super::*;
use crate::model::{DayBoundary, Days, FocusLength, ProjectKey};
use crate::store::search::Group;
use crate::store::statistics::push_counted;
use crate::timer::Timer;

/// The schema of the first release, as it was shipped, and rows as it wrote them.
const FIRST: &str = include_str!("../../../migrations/0001_first_light.sql");
const ROWS: &str = r#"
insert into particles (id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds,
                       utc_offset_minutes, task, project_id, preset, deleted, stamps)
values ('0199a1b2-c3d4-7e5f-8a6b-000000000001', 'focus', 1800000000000, 1800001500000, 1500, 1500, 0, 60,
        'Kept', '0199a1b2-c3d4-7e5f-8a6b-00000000000a', 'classic', 0,
        '{"kind":"018e00000000000000000001","time":"018e00000000000000000001","task":"018e00000000000000000001","project_id":"018e00000000000000000001","preset":"018e00000000000000000001","deleted":"018e00000000000000000001"}'),
       ('0199a1b2-c3d4-7e5f-8a6b-000000000002', 'focus', 1800000000000, 1800001500000, 1500, 1500, 0, 60,
        'Deleted', null, 'classic', 1,
        '{"kind":"018e00000000000000000001","time":"018e00000000000000000001","task":"018e00000000000000000001","project_id":"018e00000000000000000001","preset":"018e00000000000000000001","deleted":"018e00000001000000000001"}'),
       ('0199a1b2-c3d4-7e5f-8a6b-000000000003', 'focus', 1800000000000, 1800001500000, 1500, 1500, 0, 60,
        'Back by a later edit', null, 'classic', 1,
        '{"kind":"018e00000000000000000001","time":"018e00000000000000000001","task":"018e00000002000000000001","project_id":"018e00000000000000000001","preset":"018e00000000000000000001","deleted":"018e00000001000000000001"}');
insert into outbox (entity, row_id, fields) values ('particle', '0199a1b2-c3d4-7e5f-8a6b-000000000001', '["task"]');
update timer set version = 7, length = 52;
update logical_clock set last_stamp = '018e00000002000000000001';
"#;

/// A profile of the first release.
async fn first_release() -> Profile {
    let profile = Profile::new();
    let mut sql = profile.sql().await;
    for statements in ["pragma application_id = 0x50415254", FIRST, ROWS] {
        sqlx::raw_sql(statements).execute(&mut sql).await.unwrap();
    }
    // What sqlx keeps of a migration that was done.
    sqlx::raw_sql(
        "create table _sqlx_migrations (
             version bigint primary key, description text not null,
             installed_on timestamp not null default current_timestamp,
             success boolean not null, checksum blob not null, execution_time bigint not null
         )",
    )
    .execute(&mut sql)
    .await
    .unwrap();
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (1, 'first light', true, ?, 0)",
    )
    .bind(profile::checksum(1))
    .execute(&mut sql)
    .await
    .unwrap();
    sql.close().await.unwrap();
    profile
}

/// SHA-384 of what was shipped. A file that differs would be refused by every profile that has it.
#[test]
fn a_migration_that_was_shipped_is_never_edited() {
    let shipped = [(
        1,
        "46ccc599e58e608f729e006069f1727c736067ddd14949d4\
         7a6de3dfc66f149d9440ef127dd580e0da8b5413f5d05d74",
    )];
    for (version, checksum) in shipped {
        let found = profile::checksum(version);
        let found: Vec<_> = found.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found.concat(), checksum, "migration {version}");
    }
}

async fn tasks(store: &Store, filter: ParticleFilter) -> Vec<String> {
    let found = store.list_particles(&filter).await.unwrap();
    found.iter().map(|p| p.task.to_string()).collect()
}

#[tokio::test]
async fn a_profile_of_the_first_release_is_brought_up_to_date_without_loss() {
    let profile = first_release().await;
    let mut sql = profile.sql().await;
    let columns = "id, kind, started_at, ended_at, planned_seconds, duration_seconds, overflow_seconds, \
                   utc_offset_minutes, task, project_id, preset, deleted, stamps";
    let dump = format!("select concat_ws('|', {columns}) from particles order by id");
    let rows = async |sql: &mut SqliteConnection| -> Vec<String> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(dump.clone()))
            .fetch_all(sql)
            .await
            .unwrap()
    };
    let before = rows(&mut sql).await;
    let opened = profile.open().await;
    assert_eq!(opened.moved_aside, None);
    let store = opened.store;

    assert_eq!((rows(&mut sql).await, before.len()), (before, 3));
    let timer = store.timer().await.unwrap();
    let length = timer.session.length.map(FocusLength::as_minutes);
    assert_eq!((timer.version, length), (7, Some(52)));
    assert_eq!(timer.session.timer, Timer::default());
    assert_eq!(store.count_waiting().await.unwrap(), 1);
    assert_eq!(
        tasks(&store, ParticleFilter::default()).await,
        ["Back by a later edit", "Kept"]
    );
    let searched = ParticleFilter {
        search: Some("KEPT".into()),
        ..ParticleFilter::default()
    };
    assert_eq!(tasks(&store, searched).await, ["Kept"]);
    let deleted = ParticleFilter {
        deleted_since: Some(DateTime::UNIX_EPOCH),
        ..ParticleFilter::default()
    };
    assert_eq!(tasks(&store, deleted).await, ["Deleted"]);

    let id: ParticleId = "0199a1b2-c3d4-7e5f-8a6b-000000000001".parse().unwrap();
    let task = Some(Task::new("Edited").unwrap());
    let correction = crate::model::Correction {
        task,
        ..Default::default()
    };
    let edited = store
        .correct_particle(id, &correction, at(0))
        .await
        .unwrap();
    assert!(edited.has_changed, "and it goes on being edited");
    let nobody: ProjectKey = "Book".parse().unwrap();
    assert!(store.find_project(&nobody, false).await.is_err());
}

#[tokio::test]
async fn lists_are_read_from_an_index_of_their_own() {
    let profile = Profile::new();
    let _store = profile.open().await;
    let mut sql = profile.sql().await;
    let checks = [
        (
            "is_deleted = 0 and kind = 'focus' and started_at >= 1",
            "particles_kept",
        ),
        (
            "is_deleted = 0 and kind = 'focus' and project_id = 'a'",
            "particles_kept_by_project",
        ),
        ("is_deleted = 1 and kind = 'focus'", "particles_deleted"),
    ];
    for (condition, index) in checks {
        let query = format!(
            "explain query plan select preset from particles where {condition}
              order by started_at desc, id desc limit 9"
        );
        let plan: Vec<String> = sqlx::query(sqlx::AssertSqlSafe(query))
            .fetch_all(&mut sql)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get("detail"))
            .collect();
        let is_used = plan[0].split(' ').any(|word| word == index);
        assert!(is_used && plan.len() == 1, "{condition}: {plan:?}");
    }
}

async fn plan(
    store: &Store,
    push: impl FnOnce(&mut sqlx::QueryBuilder<sqlx::Sqlite>),
) -> Vec<String> {
    let mut query = sqlx::QueryBuilder::new("explain query plan ");
    push(&mut query);
    let rows = query.build().fetch_all(&store.pool).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

fn names(step: &str, index: &str) -> bool {
    step.split(' ').any(|word| word == index)
}

#[tokio::test]
async fn a_search_looks_at_the_times_that_have_it_or_at_few_and_sorts_nothing() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    let search = |project| ParticleFilter {
        search: Some("a".into()),
        project,
        ..ParticleFilter::default()
    };
    let id = ProjectId::new(at(0), &Randomness::seeded(1));
    let book = search(Some(crate::model::Assignment::Project(id)));
    let breaks = ParticleFilter {
        kinds: Kinds::Break,
        ..search(None)
    };
    let deleted = search(None).restorable(at(0));
    for (filter, index) in [
        (&search(None), "particles_kept"),
        (&breaks, "particles_kept"),
        (&book, "particles_kept_by_project"),
        (&deleted, "particles_deleted"),
    ] {
        let plan = plan(&store, |query| filter.push_to(query, None, 9)).await;
        assert_eq!(plan.len(), 2, "nothing is sorted: {plan:?}");
        assert!(plan[0].contains("searched_times"), "{plan:?}");
        assert!(names(&plan[1], index), "{plan:?}");
    }
    for (filter, group, index) in [
        (&book, Group::Project(id), "particles_kept_by_project"),
        (&breaks, Group::Breaks, "particles_breaks"),
        (&deleted, Group::Deleted, "particles_deleted"),
    ] {
        let plan = plan(&store, |query| filter.push_to(query, Some(group), 9)).await;
        assert_eq!(plan.len(), 1, "nothing is sorted: {plan:?}");
        assert!(names(&plan[0], index), "{plan:?}");
    }
    let loose = search(Some(crate::model::Assignment::Nothing));
    let plan = plan(&store, |query| {
        loose.push_to(query, Some(Group::NoProject), 9);
    })
    .await;
    let is_too_long = |step: &String| {
        step.starts_with("SCAN particles") && !names(step, "particles_without_project")
    };
    assert!(!plan.iter().any(is_too_long), "{plan:?}");
}

/// A sort would show as a step of its own.
#[tokio::test]
async fn statistics_read_an_index_in_its_order() {
    let profile = Profile::new();
    let store = profile.open().await.store;
    for days in [Days::default(), Days::year(2027).unwrap()] {
        let plan = plan(&store, |query| {
            push_counted(query, days, DayBoundary::DEFAULT);
        })
        .await;
        assert!(
            plan.iter().any(|step| names(step, "particles_kept")),
            "{plan:?}"
        );
        assert!(!plan.iter().any(|step| step.contains("TEMP")), "{plan:?}");
    }
}
