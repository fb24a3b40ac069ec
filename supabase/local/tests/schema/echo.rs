//! A device is not told what it has just said; and it is told all the rest.

use local_supabase::Database;
use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::declared::ENTITIES;
use crate::support::{Session, ask, database, sign_up, superuser};
use crate::wire::{Request, cursor, epoch, ids, particle, patch, setting, stamp, statuses, uuid};

/// One device that has pushed one particle, and the connections around it.
struct Pushed {
    admin: Client,
    session: Session,
    person: Uuid,
    answer: Value,
    _database: Database,
}

async fn pushed() -> Pushed {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    let request = Request::first(vec![particle(1, "Write", &stamp(5, 0))]);
    let answer = session.answer(person, &request.to_json()).await;
    Pushed {
        admin,
        session,
        person,
        answer,
        _database: database,
    }
}

impl Pushed {
    /// The next request of the device that has the answer.
    async fn next(&self, answer: &Value, changes: Vec<Value>) -> Value {
        let request = Request {
            epoch: epoch(answer),
            since: cursor(answer),
            limit: 1000,
            changes,
        };
        self.session.answer(self.person, &request.to_json()).await
    }

    /// A request of another device that knows everything.
    async fn elsewhere(&self, changes: Vec<Value>) {
        self.session
            .answer(self.person, &Request::first(changes).to_json())
            .await;
    }
}

fn edit(fields: &Value, moment_ms: i64) -> Value {
    patch("particle", &uuid(1), fields, &stamp(moment_ms, 0))
}

#[tokio::test]
async fn a_new_row_does_not_come_back() {
    let device = pushed().await;
    assert!(ids(&device.answer).is_empty());
    assert_eq!(cursor(&device.answer), 1);
    assert!(ids(&device.next(&device.answer, vec![]).await).is_empty());
}

#[tokio::test]
async fn an_edit_of_a_known_row_does_not_come_back() {
    let device = pushed().await;
    let answer = device
        .next(&device.answer, vec![edit(&json!({"task": "Read"}), 6)])
        .await;
    assert!(ids(&answer).is_empty());
    assert_eq!(cursor(&answer), 2);
}

#[tokio::test]
async fn a_row_that_another_device_edited_meanwhile_comes_back() {
    let device = pushed().await;
    device
        .elsewhere(vec![edit(&json!({"preset": "custom"}), 7)])
        .await;
    let answer = device
        .next(&device.answer, vec![edit(&json!({"task": "Read"}), 6)])
        .await;
    assert_eq!(
        ids(&answer),
        [uuid(1)],
        "the version before was beyond since"
    );
    assert_eq!(answer["rows"][0]["fields"]["preset"], "custom");
    assert_eq!(answer["rows"][0]["fields"]["task"], "Read");
}

#[tokio::test]
async fn a_row_whose_sender_does_not_know_its_version_comes_back() {
    let device = pushed().await;
    let request = Request::first(vec![edit(&json!({"task": "Read"}), 6)]);
    let answer = device
        .session
        .answer(device.person, &request.to_json())
        .await;
    assert_eq!(ids(&answer), [uuid(1)]);
}

#[tokio::test]
async fn a_row_of_which_a_field_was_not_stored_as_sent_comes_back() {
    let device = pushed().await;
    let mut change = edit(&json!({"task": "Read", "preset": "custom"}), 6);
    change["stamps"]["preset"] = json!(stamp(4, 0));
    let answer = device.next(&device.answer, vec![change]).await;
    assert_eq!(ids(&answer), [uuid(1)]);
    assert_eq!(answer["rows"][0]["fields"]["preset"], "classic");
}

#[tokio::test]
async fn other_rows_come_with_the_answer_to_a_push() {
    let device = pushed().await;
    device.elsewhere(vec![particle(2, "", &stamp(5, 0))]).await;
    let answer = device
        .next(&device.answer, vec![particle(3, "", &stamp(5, 0))])
        .await;
    assert_eq!(ids(&answer), [uuid(2)]);
    assert_eq!(cursor(&answer), 3, "the way over the own row was gone, too");
}

#[tokio::test]
async fn a_repeat_writes_nothing() {
    let device = pushed().await;
    let changes = vec![
        particle(1, "Write", &stamp(5, 0)),
        particle(2, "Write", &stamp(5, 0)),
        setting("theme", &json!("dark"), &stamp(5, 0)),
        crate::wire::project(1, "Book", &stamp(5, 0)),
    ];
    device.elsewhere(changes.clone()).await;
    let before = tuples(&device.admin).await;

    let request = Request::first(changes);
    let answer = device
        .session
        .answer(device.person, &request.to_json())
        .await;
    assert_eq!(statuses(&answer), ["applied"; 4]);
    assert_eq!(
        cursor(&answer),
        5,
        "the counter before the first push, and place 4 in it"
    );
    assert_eq!(
        tuples(&device.admin).await,
        before,
        "no tuple is written anew"
    );
}

/// Where each tuple lies and who wrote it; a write moves it.
async fn tuples(admin: &Client) -> String {
    let tables = ENTITIES.map(|entity| entity.table);
    let branches = tables.into_iter().chain(["profiles"]).map(|table| {
        format!("select concat_ws(' ', '{table}', ctid, xmin, version) as line from public.{table}")
    });
    let branches: Vec<_> = branches.collect();
    let all = format!(
        "select string_agg(line, ', ' order by line) from ({}) as lines",
        branches.join(" union all ")
    );
    ask(admin, &all).await
}
