//! A server with two people on it: one who has rows, and another who wants them.

use std::time::Duration;

use chrono::Utc;
use local_supabase::{Claims, Database, Server, ServerOptions, Settings};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support;
use crate::wire::{particle, patch, setting, stamp, uuid, whole};

/// In every text that the owner wrote: no answer to anybody else may hold it.
pub(crate) const SECRET: &str = "hushhush";
/// A moment long ago, when the owner wrote.
pub(crate) const WRITTEN_MS: i64 = 1_700_000_000_000;
/// Where rows are exchanged.
pub(crate) const EXCHANGE: &str = "/rest/v1/rpc/sync_exchange";
/// The tables that a person's rows are in.
pub(crate) const TABLES: [&str; 5] = [
    "profiles",
    "particles",
    "projects",
    "intentions",
    "settings",
];

/// Beyond this a test hangs.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// Everything of everybody, as it lies in the tables: the place of each row, who wrote and who
/// locked it, and all its columns.
const DUMP: &str = "
    select coalesce(string_agg(line, E'\\n' order by line), '')
      from (select user_id, format('profiles %s %s %s %s', ctid, xmin, xmax, kept) from public.profiles as kept
            union all
            select user_id, format('particles %s %s %s %s', ctid, xmin, xmax, kept) from public.particles as kept
            union all
            select user_id, format('projects %s %s %s %s', ctid, xmin, xmax, kept) from public.projects as kept
            union all
            select user_id, format('intentions %s %s %s %s', ctid, xmin, xmax, kept) from public.intentions as kept
            union all
            select user_id, format('settings %s %s %s %s', ctid, xmin, xmax, kept) from public.settings as kept
            union all
            select id, format('users %s %s %s %s', ctid, xmin, xmax, kept) from auth.users as kept
           ) as everything (user_id, line)
     where $1::text is null or user_id::text = $1";

/// Somebody with an account.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Who sends a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sender<'a> {
    /// With the publishable key and nothing else.
    Anonymous,
    /// With a token.
    Bearer(&'a str),
}

/// One server of one test.
pub(crate) struct Ground {
    pub(crate) server: Server,
    pub(crate) http: reqwest::Client,
    pub(crate) superuser: Client,
    pub(crate) owner: Person,
    pub(crate) other: Person,
    /// In the owner's row of `profiles`, which is nobody else's to see.
    pub(crate) owner_epoch: String,
    // Last: the server has to be gone before its database is.
    pub(crate) database: Database,
}

/// An answer read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The `code` of an error; empty when there is none.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Ground {
    /// The owner has rows of every entity, the other person one particle with an id of the owner's.
    pub(crate) async fn start() -> Self {
        let database = support::database().await;
        let superuser = support::superuser(&database).await;
        let options = ServerOptions::default();
        let server = Server::start(&database, Settings::default(), options).await;
        let server = server.expect("the doors open");
        support::choose_tls();
        let http = reqwest::Client::builder()
            .timeout(ANSWER_TIMEOUT)
            .build()
            .expect("a client");
        let owner = sign_up(&superuser, &server).await;
        let other = sign_up(&superuser, &server).await;
        let mut ground = Self {
            server,
            http,
            superuser,
            owner,
            other,
            owner_epoch: String::new(),
            database,
        };
        let rows = rows_of_the_owner();
        let answer = ground.exchange_well(&ground.owner, rows).await;
        answer["epoch"]
            .as_str()
            .expect("an epoch")
            .clone_into(&mut ground.owner_epoch);
        let own = vec![particle(1, "my own", &stamp(WRITTEN_MS, 0))];
        ground.exchange_well(&ground.other, own).await;
        ground
    }

    /// Everything in the tables, or all that belongs to one person.
    pub(crate) async fn dump(&self, person: Option<&Person>) -> String {
        let id = person.map(|person| person.id.as_str());
        let row = self.superuser.query_one(DUMP, &[&id]).await;
        row.unwrap_or_else(|error| panic!("{}", support::reason(&error)))
            .get(0)
    }

    /// A request with the publishable key.
    pub(crate) fn request(&self, sender: Sender<'_>, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.server.url());
        let request = self
            .http
            .request(method, url)
            .header("apikey", self.server.publishable_key());
        match sender {
            Sender::Anonymous => request,
            Sender::Bearer(token) => request.bearer_auth(token),
        }
    }

    /// A POST of JSON, or of what only pretends to be.
    pub(crate) async fn post(
        &self,
        sender: Sender<'_>,
        path: &str,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let request = self.request(sender, Method::POST, path);
        answer(
            request
                .header("Content-Type", "application/json")
                .body(body),
        )
        .await
    }

    /// An exchange from the beginning.
    pub(crate) async fn exchange(&self, sender: Sender<'_>, changes: &[Value]) -> Answer {
        self.post(sender, EXCHANGE, exchange_body(changes)).await
    }

    /// An exchange of which every change is applied.
    pub(crate) async fn exchange_well(&self, person: &Person, changes: Vec<Value>) -> Value {
        let answer = self.exchange(Sender::Bearer(&person.token), &changes).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let answer = answer.json();
        let verdicts = answer["verdicts"].as_array().expect("verdicts");
        assert_eq!(verdicts.len(), changes.len(), "{answer}");
        assert!(
            verdicts
                .iter()
                .all(|verdict| verdict["status"] == "applied"),
            "{answer}"
        );
        answer
    }

    /// A token that this server signed, with other claims than those of a user.
    pub(crate) fn token(&self, change: impl FnOnce(&mut Claims)) -> String {
        let mut claims = Claims::of_user(&self.other.id, Utc::now());
        change(&mut claims);
        self.server.token_for(&claims)
    }
}

/// The body of an exchange from the beginning.
pub(crate) fn exchange_body(changes: &[Value]) -> String {
    let request =
        json!({"protocol": 1, "epoch": null, "since": "0", "limit": 1000, "changes": changes});
    json!({"request": request}).to_string()
}

/// Sends, and reads the whole answer.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("a whole body");
    Answer {
        status,
        headers,
        text,
    }
}

async fn sign_up(superuser: &Client, server: &Server) -> Person {
    let id = support::sign_up(superuser).await.to_string();
    let token = server.token_for(&Claims::of_user(&id, Utc::now()));
    Person { id, token }
}

/// One row of each entity, and a particle that was edited since.
fn rows_of_the_owner() -> Vec<Value> {
    let born = stamp(WRITTEN_MS, 0);
    let project = json!({"name": SECRET, "brightness": 0.5, "archived": false, "deleted": false});
    let intention =
        json!({"text": SECRET, "status": "open", "project_id": uuid(1), "deleted": false});
    vec![
        particle(1, SECRET, &born),
        particle(2, SECRET, &born),
        whole("project", &uuid(1), &project, &born),
        whole("intention", "2026-11-23", &intention, &born),
        setting("appearance.theme", &json!(SECRET), &born),
        patch(
            "particle",
            &uuid(2),
            &json!({"task": SECRET}),
            &stamp(WRITTEN_MS, 1),
        ),
    ]
}
