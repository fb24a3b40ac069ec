//! Holds what the server said, and what lies in its tables, against the model.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

use crate::declared::{ENTITIES, Entity};
use crate::model::{Answer, Key, Person, Row, Verdict, pair};
use crate::wire::Request;

/// Whether an answer is the model's.
pub(crate) fn check_answer(request: &Request, model: &Answer, answer: &Value) {
    assert_eq!(answer["protocol"], 1);
    assert_eq!(answer["schema"], 1);
    assert_eq!(answer["more"], model.more, "more");
    assert_eq!(answer["cursor"], model.cursor.to_string(), "cursor");

    let verdicts = answer["verdicts"].as_array().expect("verdicts are a list");
    assert_eq!(
        verdicts.len(),
        request.changes.len(),
        "one verdict per change"
    );
    for ((change, expected), verdict) in request.changes.iter().zip(&model.verdicts).zip(verdicts) {
        check_verdict(change, expected, verdict);
    }

    let rows: Vec<_> = crate::wire::rows(answer).iter().map(shown_row).collect();
    assert_eq!(rows, model.rows, "rows");
}

fn check_verdict(change: &Value, expected: &Verdict, verdict: &Value) {
    let echoed = |part: &str| change[part].as_str().map_or(Value::Null, Value::from);
    assert_eq!(verdict["entity"], echoed("entity"), "{change}");
    assert_eq!(verdict["id"], echoed("id"), "{change}");
    let (status, code) = match expected {
        Verdict::Applied => ("applied", None),
        Verdict::Clock => ("clock", None),
        Verdict::Incomplete => ("incomplete", None),
        Verdict::Refused(code) => ("refused", Some(*code)),
    };
    assert_eq!(verdict["status"], status, "{change} got {verdict}");
    assert_eq!(verdict["code"].as_str(), code, "{change} got {verdict}");
}

/// A row on the wire, by its effective stamps.
pub(crate) fn shown_row(shown: &Value) -> (Key, Row) {
    let text = |part: &str| shown[part].as_str().expect("a text").to_owned();
    let entity = Entity::named(&text("entity")).expect("a known entity");
    let fields = shown["fields"].as_object().expect("fields are an object");
    let stamps = shown["stamps"].as_object().expect("stamps are an object");
    let fields = pair(entity, fields, stamps).expect("a stamp for each field");
    let known = entity.fields.len();
    assert_eq!(
        fields.len(),
        known,
        "a row is shown with all of its fields: {shown}"
    );
    let version = text("version").parse().expect("a version is digits");
    ((text("entity"), text("id")), Row { fields, version })
}

/// Reads the tables themselves.
pub(crate) struct Tables {
    client: Client,
    rows: Statement,
    profile: Statement,
}

impl Tables {
    /// By a connection that sees everything.
    pub(crate) async fn new(superuser: Client) -> Self {
        let rows = ENTITIES.map(|Entity { name, table, .. }| {
            format!("select '{name}' as entity, to_jsonb(kept) from public.{table} as kept where user_id = $1")
        });
        let rows = superuser.prepare(&rows.join(" union all ")).await.unwrap();
        let profile =
            "select version, latest_stamp, epoch::text from public.profiles where user_id = $1";
        let profile = superuser.prepare(profile).await.unwrap();
        Self {
            client: superuser,
            rows,
            profile,
        }
    }

    /// Whether everything that is kept for a person is what the model keeps.
    pub(crate) async fn check(&self, person: Uuid, model: &Person, epoch: Option<&str>) {
        let kept = self.client.query(&self.rows, &[&person]).await.unwrap();
        let kept: BTreeMap<Key, Row> = kept
            .iter()
            .map(|row| kept_row(row.get(0), &row.get(1)))
            .collect();
        assert_eq!(kept, model.rows, "the tables");
        let profile = self
            .client
            .query_one(&self.profile, &[&person])
            .await
            .unwrap();
        let (version, latest): (i64, String) = (profile.get(0), profile.get(1));
        assert_eq!(
            u64::try_from(version).unwrap(),
            model.counter,
            "the counter"
        );
        assert_eq!(latest, model.latest_stamp(), "the greatest stamp");
        if let Some(epoch) = epoch {
            assert_eq!(profile.get::<_, String>(2), epoch, "the epoch");
        }
    }
}

fn kept_row(entity: &str, kept: &Value) -> (Key, Row) {
    let mut shown = json!({
        "entity": entity, "id": kept["id"], "version": kept["version"].to_string(), "fields": {}, "stamps": kept["stamps"],
    });
    for field in Entity::named(entity).expect("a known entity").fields {
        shown["fields"][field.name] = match field.name {
            "time" => {
                let parts = [
                    "started_at",
                    "ended_at",
                    "planned_seconds",
                    "duration_seconds",
                    "overflow_seconds",
                    "utc_offset_minutes",
                ];
                parts
                    .map(|part| (part.to_owned(), kept[part].clone()))
                    .into_iter()
                    .collect()
            }
            name => kept[name].clone(),
        };
    }
    shown_row(&shown)
}
