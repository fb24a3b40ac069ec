//! A server that knows less than the device, or more.

use particle_core::model::{Brightness, Project, ProjectId, ProjectName, SettingChange};
use particle_core::store::ProjectEdit;
use rstest::rstest;

use super::machine::Device;
use super::{assert_equal, number, two_devices};
use crate::support::{World, start};

/// As the one who pushes migrations.
async fn migrate(world: &World, statements: &str) {
    let owner = world.database.connect_as("postgres").await.unwrap();
    owner.batch_execute(statements).await.expect("good SQL");
}

fn project(device: &Device, name: &str) -> Project {
    Project {
        id: ProjectId::new(device.now(), &device.randomness),
        name: ProjectName::new(name).unwrap(),
        brightness: Brightness::FULL,
        archived: false,
        deleted: false,
    }
}

#[rstest]
#[case::an_entity(
    "create table public.later as select * from private.entities where entity = 'setting';
     create table public.later_fields as select * from private.fields where entity = 'setting';
     delete from private.fields where entity = 'setting';
     delete from private.entities where entity = 'setting';",
    "setting",
    "unknown_entity"
)]
#[case::a_field(
    "create table public.later as select * from private.entities where false;
     create table public.later_fields as
         select * from private.fields where (entity, field) = ('project', 'archived');
     delete from private.fields where (entity, field) = ('project', 'archived');",
    "project",
    "unknown_field"
)]
#[tokio::test]
async fn what_an_older_server_does_not_know_waits_here_until_it_does_and_stops_nothing_else(
    #[case] older: &str,
    #[case] entity: &str,
    #[case] code: &str,
) {
    const REMAKE: &str = "select private.make_sync_functions()";
    // As every migration does that adds something.
    const NEXT_SCHEMA: &str = r#"create or replace function public.sync_about() returns jsonb
        language sql immutable set search_path = pg_catalog, pg_temp
        as $$ select jsonb '{"protocol": 1, "schema": 2}' $$"#;
    let world = start().await;
    migrate(&world, &format!("{older} {REMAKE}")).await;
    let (one, other) = two_devices(&world).await;
    one.syncing.pause().await;
    let setting = SettingChange::Overflow(false).row();
    one.store.set_setting(setting, one.now()).await.unwrap();
    let book = project(&one, "Book");
    one.store.add_project(&book, one.now()).await.unwrap();
    one.focus("Write").await;
    let round = one.sync().await;
    assert_eq!((round.pushed, round.refused), (2, 1));
    other.sync().await;
    assert_eq!(other.tasks().await, ["Write"]);
    let queue = one.store.list_waiting().await.unwrap();
    assert_eq!((queue.len(), queue[0].entity.as_str()), (1, entity));
    let refusal = queue[0].refusal.as_ref().expect("it is refused");
    assert_eq!(refusal.code.as_deref(), Some(code));
    assert!(!one.store.settings().await.unwrap().overflow);
    assert_eq!(one.store.list_projects().await.unwrap(), [book]);

    let newer = "insert into private.entities select * from public.later;
                 insert into private.fields select * from public.later_fields;";
    migrate(&world, &format!("{newer} {REMAKE}")).await;
    assert_eq!(one.sync().await.pushed, 0, "it has not said so");
    migrate(&world, NEXT_SCHEMA).await;
    let round = one.sync().await;
    assert_eq!((round.pushed, round.refused), (1, 0));
    assert_equal(&[&one, &other]).await;
    assert!(!other.store.settings().await.unwrap().overflow);
    assert_eq!(other.store.list_projects().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_newer_server_knows_besides_is_not_wiped_by_a_device_that_does_not() {
    let world = start().await;
    migrate(
        &world,
        "alter table public.projects add column symbol text not null default 'dot';
         insert into private.fields (entity, field, place, shape, columns, starred)
         values ('project', 'symbol', 5, 'text', '{symbol}', false);
         select private.make_sync_functions();",
    )
    .await;
    let (one, other) = two_devices(&world).await;
    let project = project(&one, "Book");
    one.store.add_project(&project, one.now()).await.unwrap();
    assert_equal(&[&one, &other]).await;
    world
        .sql("set role service_role; update public.projects set symbol = 'ring'")
        .await;
    let rename = ProjectEdit::Rename(ProjectName::new("Novel").unwrap());
    let edited = other
        .store
        .edit_project(project.id, rename, other.now())
        .await;
    edited.unwrap();
    let archive = ProjectEdit::SetArchived(true);
    let edited = one.store.edit_project(project.id, archive, one.now()).await;
    edited.unwrap();
    assert_equal(&[&one, &other]).await;
    let whole = "select count(*) from public.projects
                  where symbol = 'ring' and name = 'Novel' and archived";
    assert_eq!(number(&world, whole).await, 1);
}
