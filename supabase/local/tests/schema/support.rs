//! A database with the migrations, people in it, and sessions that call as PostgREST does:
//! the role and the claims are set inside of each transaction.

use std::time::{Duration, Instant};

use local_supabase::{Cluster, Database};
use serde_json::Value;
use tokio_postgres::{Client, Error, Statement};
use uuid::Uuid;

/// A session that does not come to wait in this time never will.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// A database of one test.
pub(crate) async fn database() -> Database {
    let cluster = Cluster::shared().expect("PostgreSQL starts");
    cluster.create_database().await.expect("a database is made")
}

/// A connection as superuser.
pub(crate) async fn superuser(database: &Database) -> Client {
    database.connect().await.expect("the database answers")
}

/// Somebody who signed up just now.
pub(crate) async fn sign_up(superuser: &Client) -> Uuid {
    let person = Uuid::new_v4();
    let email = format!("{person}@example.org");
    superuser
        .execute(
            "insert into auth.users (id, email) values ($1, $2)",
            &[&person, &email],
        )
        .await
        .expect("a user is made");
    person
}

/// Lets tests say what time it is, by `Session::clock_ms`.
pub(crate) async fn stop_the_clock(superuser: &Client) {
    run(
        superuser,
        "create or replace function private.server_time_ms() returns bigint
             language sql volatile set search_path = ''
         as $$ select current_setting('local.clock_ms')::bigint $$",
    )
    .await;
}

/// Lets sessions wait for each other for as long as a busy machine takes.
pub(crate) async fn be_patient(superuser: &Client) {
    run(
        superuser,
        "alter function public.sync_exchange(jsonb) set lock_timeout = '1min'",
    )
    .await;
}

/// Statements that have to succeed.
pub(crate) async fn run(client: &Client, statements: &str) {
    if let Err(error) = client.batch_execute(statements).await {
        panic!("{statements}: {}", reason(&error));
    }
}

/// The first column of the one row of a query without parameters.
pub(crate) async fn ask<T>(client: &Client, query: &str) -> T
where
    T: for<'a> tokio_postgres::types::FromSql<'a>,
{
    match client.query_one(query, &[]).await {
        Ok(row) => row.get(0),
        Err(error) => panic!("{query}: {}", reason(&error)),
    }
}

/// What PostgreSQL had against it.
pub(crate) fn reason(error: &Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

/// Its SQLSTATE.
pub(crate) fn sqlstate(error: &Error) -> &str {
    error
        .code()
        .expect("PostgreSQL refused, not the connection")
        .code()
}

/// The process that serves a session.
pub(crate) async fn backend(client: &Client) -> i32 {
    ask(client, "select pg_backend_pid()").await
}

/// Returns when `waiter` waits for a lock that `holder` has.
pub(crate) async fn until_blocked(admin: &Client, waiter: i32, holder: i32) {
    let deadline = Instant::now() + WAIT_MAX;
    let question = format!(
        "select exists (select from pg_locks where pid = {waiter} and not granted)
            and {holder} = any (pg_blocking_pids({waiter}))"
    );
    while !ask::<bool>(admin, &question).await {
        assert!(Instant::now() < deadline, "nobody waits");
    }
}

/// A connection of the REST door.
pub(crate) struct Session {
    client: Client,
    exchange: Statement,
    /// What the stopped clock shows.
    pub(crate) clock_ms: i64,
}

impl Session {
    /// Opens one; it belongs to nobody until a transaction begins.
    pub(crate) async fn open(database: &Database) -> Self {
        let client = database
            .connect_as("authenticator")
            .await
            .expect("the database answers");
        run(&client, "set statement_timeout = '1min'").await;
        let exchange = client
            .prepare_typed(
                "select public.sync_exchange($1)",
                &[tokio_postgres::types::Type::JSONB],
            )
            .await
            .expect("the function is there");
        Self {
            client,
            exchange,
            clock_ms: 0,
        }
    }

    /// One request in a transaction of its own.
    pub(crate) async fn exchange(&self, person: Uuid, request: &Value) -> Result<Value, Error> {
        self.begin(person).await;
        let answer = self.call(request).await;
        // After an error this rolls back.
        self.commit().await;
        answer
    }

    /// One request that has to succeed.
    pub(crate) async fn answer(&self, person: Uuid, request: &Value) -> Value {
        match self.exchange(person, request).await {
            Ok(answer) => answer,
            Err(error) => panic!("the request was refused: {}", reason(&error)),
        }
    }

    /// Begins a transaction of a person.
    pub(crate) async fn begin(&self, person: Uuid) {
        let clock_ms = self.clock_ms;
        let claims = format!(r#"{{"sub": "{person}", "role": "authenticated"}}"#);
        run(
            &self.client,
            &format!(
                "begin; set local role authenticated; set local local.clock_ms = '{clock_ms}';
                 select set_config('request.jwt.claims', '{claims}', true)"
            ),
        )
        .await;
    }

    /// One request inside of the transaction that was begun.
    pub(crate) async fn call(&self, request: &Value) -> Result<Value, Error> {
        let row = self.client.query_one(&self.exchange, &[request]).await?;
        Ok(row.get(0))
    }

    /// Ends the transaction.
    pub(crate) async fn commit(&self) {
        run(&self.client, "commit").await;
    }

    /// The connection itself.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

/// reqwest is the product's, and wants its TLS chosen, also where nothing is encrypted.
pub(crate) fn choose_tls() {
    // An error means that it was chosen before.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
}
