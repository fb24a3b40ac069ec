//! Writes that do not come through the function: the dashboard, SQL, a program with the secret key.

use local_supabase::Database;
use rstest::rstest;
use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::{Session, ask, database, run, sign_up, sqlstate, stop_the_clock, superuser};
use crate::wire::{
    NOW_MS, Request, cursor, epoch, ids, particle, patch, project, rows, stamp, statuses, uuid,
};

/// Somebody with two projects and a particle, a device that knows all of it, and another writer.
struct Ground {
    admin: Client,
    writer: Client,
    session: Session,
    person: Uuid,
    answer: Value,
    _database: Database,
}

/// Stamps of the device; the server's clock is later.
const EARLIER_MS: i64 = NOW_MS - 60_000;

async fn ground(role: &str) -> Ground {
    let database = database().await;
    let admin = superuser(&database).await;
    stop_the_clock(&admin).await;
    let person = sign_up(&admin).await;
    let mut session = Session::open(&database).await;
    session.clock_ms = NOW_MS;
    let at = stamp(EARLIER_MS, 0);
    let changes = vec![
        project(1, "Book", &at),
        project(2, "Garden", &at),
        particle(1, "Write", &at),
    ];
    let answer = session
        .answer(person, &Request::first(changes).to_json())
        .await;
    let writer = database.connect_as("postgres").await.unwrap();
    run(
        &writer,
        &format!("set role {role}; set local.clock_ms = '{NOW_MS}'"),
    )
    .await;
    Ground {
        admin,
        writer,
        session,
        person,
        answer,
        _database: database,
    }
}

impl Ground {
    async fn send(&self, epoch: Option<String>, since: u64, changes: Vec<Value>) -> Value {
        let request = Request {
            epoch,
            since,
            limit: 1000,
            changes,
        };
        self.session.answer(self.person, &request.to_json()).await
    }

    /// What the device is told that knows all up to its answer.
    async fn news(&self) -> Value {
        self.send(epoch(&self.answer), cursor(&self.answer), Vec::new())
            .await
    }

    async fn latest_stamp(&self) -> String {
        ask(&self.admin, "select latest_stamp from public.profiles").await
    }

    async fn refused(&self, statement: &str) -> String {
        let error = self
            .writer
            .batch_execute(statement)
            .await
            .expect_err("it is refused");
        sqlstate(&error).to_owned()
    }
}

#[rstest]
#[tokio::test]
async fn an_update_is_stamped_where_it_changed_something(
    #[values("postgres", "service_role")] role: &str,
) {
    let ground = ground(role).await;
    run(
        &ground.writer,
        &format!(
            "update public.projects set name = 'Novel', archived = false where id = '{}'",
            uuid(1)
        ),
    )
    .await;

    let news = ground.news().await;
    assert_eq!(ids(&news), [uuid(1)]);
    let row = &rows(&news)[0];
    assert_eq!(
        (&row["fields"]["name"], &row["version"]),
        (&json!("Novel"), &json!("4"))
    );
    let name_stamp = row["stamps"]["name"]
        .as_str()
        .expect("the name has its own stamp");
    assert_eq!(
        &name_stamp[..12],
        format!("{NOW_MS:012x}"),
        "the server's clock"
    );
    assert_eq!(
        row["stamps"].as_object().unwrap().len(),
        3,
        "only the name: {row}"
    );
    assert_eq!(ground.latest_stamp().await, name_stamp);
}

#[rstest]
#[tokio::test]
async fn an_insert_has_stamps_for_all_and_the_next_version(
    #[values("postgres", "service_role")] role: &str,
) {
    let ground = ground(role).await;
    let person = ground.person;
    let insert = format!(
        "insert into public.projects (user_id, id, name, stamps, version)
         values ('{person}', '{}', 'From the dashboard', '{{\"*\": \"{}\"}}', 900)",
        uuid(3),
        "f".repeat(24),
    );
    run(&ground.writer, &insert).await;
    let news = ground.news().await;
    let row = &rows(&news)[0];
    assert_eq!(
        (&row["version"], cursor(&news)),
        (&json!("4"), 4),
        "whatever version was written"
    );
    let (_, shown) = crate::compare::shown_row(row);
    let latest = ground.latest_stamp().await;
    assert!(
        shown.fields.values().all(|field| field.stamp == latest),
        "{row}"
    );
    assert_eq!(
        &latest[..12],
        format!("{NOW_MS:012x}"),
        "whatever stamps were written"
    );
}

#[tokio::test]
async fn many_rows_in_one_statement_have_versions_and_stamps_in_order() {
    let ground = ground("postgres").await;
    run(&ground.writer, "update public.projects set archived = true").await;
    let news = ground.news().await;
    let versions: Vec<_> = rows(&news)
        .iter()
        .map(|row| row["version"].as_str().unwrap())
        .collect();
    assert_eq!(versions, ["4", "5"]);
    let stamps: Vec<_> = rows(&news)
        .iter()
        .map(|row| row["stamps"]["archived"].as_str().unwrap())
        .collect();
    assert!(
        stamps[0] < stamps[1],
        "one clock, one stamp for each: {stamps:?}"
    );
    assert_eq!(ground.latest_stamp().await, stamps[1]);
}

#[tokio::test]
async fn a_stamp_from_elsewhere_is_greater_than_every_stamp_before() {
    let ground = ground("postgres").await;
    // A device whose clock is ahead.
    for ahead in [
        stamp(NOW_MS + 200_000, 0),
        format!("{:012x}ffff00000001", NOW_MS + 200_000),
    ] {
        let edit = patch("project", &uuid(2), &json!({"brightness": 0.7}), &ahead);
        assert_eq!(
            statuses(&ground.send(None, 0, vec![edit]).await),
            ["applied"]
        );
        let name = format!("after {ahead}");
        run(
            &ground.writer,
            &format!(
                "update public.projects set name = '{name}' where id = '{}'",
                uuid(1)
            ),
        )
        .await;
        let latest = ground.latest_stamp().await;
        assert!(latest > ahead, "{latest} is after {ahead}");
        assert!(latest.bytes().all(|byte| byte.is_ascii_hexdigit()) && latest.len() == 24);
    }
}

#[tokio::test]
async fn a_write_that_changes_nothing_is_no_change() {
    let ground = ground("postgres").await;
    run(
        &ground.writer,
        "update public.projects set name = name, version = 77, stamps = '{}'",
    )
    .await;
    assert!(ids(&ground.news().await).is_empty());
    assert_eq!(
        ask::<i64>(&ground.admin, "select max(version) from public.projects").await,
        2
    );
    let stamps: Value = ask(
        &ground.admin,
        "select stamps from public.projects where version = 1",
    )
    .await;
    assert_eq!(stamps["*"], stamp(EARLIER_MS, 0));
}

#[tokio::test]
async fn a_part_of_the_time_stamps_the_time() {
    let ground = ground("postgres").await;
    run(
        &ground.writer,
        "update public.particles set planned_seconds = 60",
    )
    .await;
    let news = ground.news().await;
    assert_eq!(rows(&news)[0]["fields"]["time"]["planned_seconds"], 60);
    assert_eq!(
        rows(&news)[0]["stamps"]["time"],
        ground.latest_stamp().await
    );
}

#[tokio::test]
async fn a_device_that_knew_less_does_not_undo_it() {
    let ground = ground("postgres").await;
    run(&ground.writer, "update public.projects set name = 'Novel'").await;
    let stale = patch(
        "project",
        &uuid(1),
        &json!({"name": "Stale"}),
        &stamp(EARLIER_MS + 1, 0),
    );
    let answer = ground
        .send(epoch(&ground.answer), cursor(&ground.answer), vec![stale])
        .await;
    assert!(
        rows(&answer)
            .iter()
            .all(|row| row["fields"]["name"] == "Novel")
    );
}

#[rstest]
#[tokio::test]
async fn a_delete_becomes_a_deletion_that_devices_hear_of(
    #[values("postgres", "service_role")] role: &str,
) {
    let ground = ground(role).await;
    run(&ground.writer, "delete from public.projects").await;
    let news = ground.news().await;
    assert_eq!(ids(&news), [uuid(1), uuid(2)]);
    for row in rows(&news) {
        assert_eq!(row["fields"]["deleted"], true);
        let (_, shown) = crate::compare::shown_row(row);
        let deleted = shown.fields["deleted"].stamp.clone();
        assert!(
            shown.fields.values().all(|field| field.stamp <= deleted),
            "deleted wins: {row}"
        );
    }
    run(&ground.writer, "delete from public.projects").await;
    assert_eq!(
        cursor(&ground.news().await),
        cursor(&news),
        "deleted once is deleted"
    );
}

#[tokio::test]
async fn a_row_that_an_edit_brought_back_is_deleted_again() {
    let ground = ground("postgres").await;
    let delete = format!("delete from public.projects where id = '{}'", uuid(1));
    run(&ground.writer, &delete).await;
    let back = format!(
        "update public.projects set name = 'Back' where id = '{}'",
        uuid(1)
    );
    run(&ground.writer, &back).await;
    run(&ground.writer, &delete).await;
    let news = ground.news().await;
    let (_, shown) = crate::compare::shown_row(&rows(&news)[0]);
    let deleted = &shown.fields["deleted"];
    assert_eq!(deleted.value, true);
    assert!(
        shown
            .fields
            .values()
            .all(|field| field.stamp <= deleted.stamp),
        "deleted wins again: {news}"
    );
}

#[tokio::test]
async fn an_id_stays_and_a_table_is_not_emptied() {
    let ground = ground("postgres").await;
    let other = sign_up(&ground.admin).await;
    let rename = format!(
        "update public.projects set id = '{}' where id = '{}'",
        uuid(8),
        uuid(1)
    );
    let give_away = format!("update public.projects set user_id = '{other}'");
    assert_eq!(ground.refused(&rename).await, "23514");
    assert_eq!(ground.refused(&give_away).await, "23514");
    assert_eq!(ground.refused("truncate public.projects").await, "0A000");
    assert_eq!(ground.refused("truncate auth.users cascade").await, "0A000");
    assert!(ids(&ground.news().await).is_empty());
}

#[tokio::test]
async fn checks_hold_for_everybody() {
    let ground = ground("postgres").await;
    assert_eq!(
        ground
            .refused("update public.projects set brightness = 3")
            .await,
        "23514"
    );
    assert_eq!(
        ground
            .refused("update public.particles set ended_at = -1")
            .await,
        "23514"
    );
}
