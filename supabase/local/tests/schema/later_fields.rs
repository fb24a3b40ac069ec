//! A field that a later release adds: apps that do not know it go on, and never wipe it.

use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::{Session, database, run, sign_up, superuser};
use crate::wire::{Request, cursor, epoch, patch, project, rows, stamp, uuid};

/// What a migration of a later release would do.
const MIGRATION: &str = "
    alter table public.projects add column symbol text not null default 'dot';
    insert into private.fields (entity, field, place, shape, columns, starred)
    values ('project', 'symbol', 5, 'text', '{symbol}', false);
    select private.make_sync_functions();";

struct Ground {
    session: Session,
    person: Uuid,
    _admin: Client,
    _database: local_supabase::Database,
}

/// Somebody with a project from before the field was added.
async fn ground() -> Ground {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    let before = Request::first(vec![project(1, "Book", &stamp(1, 0))]);
    session.answer(person, &before.to_json()).await;
    run(&database.connect_as("postgres").await.unwrap(), MIGRATION).await;
    // A session plans anew after the migration, as a server's pool does.
    let session = Session::open(&database).await;
    Ground {
        session,
        person,
        _admin: admin,
        _database: database,
    }
}

impl Ground {
    async fn send(&self, change: Value) -> Value {
        let request = Request::first(vec![change]).to_json();
        self.session.answer(self.person, &request).await["verdicts"][0].clone()
    }

    /// The fields of a project as a device that knows nothing pulls them.
    async fn fields(&self, id: &str) -> Value {
        let answer = self
            .session
            .answer(self.person, &Request::first(Vec::new()).to_json())
            .await;
        assert!(cursor(&answer) > 0 && epoch(&answer).is_some());
        let row = rows(&answer).iter().find(|row| row["id"] == id);
        row.expect("the project is there")["fields"].clone()
    }
}

#[tokio::test]
async fn a_row_of_an_older_app_is_made_with_the_default() {
    let ground = ground().await;
    let verdict = ground.send(project(2, "Garden", &stamp(2, 0))).await;
    assert_eq!(verdict["status"], "applied", "{verdict}");
    assert_eq!(ground.fields(&uuid(2)).await["symbol"], "dot");
    assert_eq!(ground.fields(&uuid(1)).await["symbol"], "dot");
}

#[tokio::test]
async fn an_older_app_does_not_wipe_what_it_does_not_know() {
    let ground = ground().await;
    let verdict = ground
        .send(patch(
            "project",
            &uuid(1),
            &json!({"symbol": "ring"}),
            &stamp(2, 0),
        ))
        .await;
    assert_eq!(verdict["status"], "applied", "{verdict}");
    ground.send(project(1, "Thesis", &stamp(3, 0))).await;
    let fields = ground.fields(&uuid(1)).await;
    assert_eq!(
        (&fields["name"], &fields["symbol"]),
        (&json!("Thesis"), &json!("ring"))
    );
}

#[tokio::test]
async fn a_newer_app_makes_a_row_with_the_field() {
    let ground = ground().await;
    let mut whole = project(2, "Garden", &stamp(2, 0));
    whole["fields"]["symbol"] = json!("ring");
    whole["stamps"]["symbol"] = json!(stamp(2, 0));
    let verdict = ground.send(whole).await;
    assert_eq!(verdict["status"], "applied", "{verdict}");
    assert_eq!(ground.fields(&uuid(2)).await["symbol"], "ring");
}

#[tokio::test]
async fn a_later_field_needs_a_stamp_of_its_own() {
    let ground = ground().await;
    let mut whole = project(1, "Book", &stamp(2, 0));
    whole["fields"]["symbol"] = json!("ring");
    let verdict = ground.send(whole).await;
    assert_eq!(verdict["code"], "stamps_mismatch", "{verdict}");
}
