//! What a database stands on before the first migration, as on a hosted project; and that each
//! test has one of its own.

use std::sync::Arc;

use local_supabase::{Cluster, ClusterOptions, Database};
use tokio_postgres::Client;

async fn database() -> (Arc<Cluster>, Database) {
    let cluster = Cluster::shared().expect("PostgreSQL starts");
    let database = cluster.create_database().await.expect("a database");
    (cluster, database)
}

async fn text(client: &Client, query: &str) -> String {
    let row = client.query_one(query, &[]).await.expect("one row");
    row.get(0)
}

#[tokio::test]
async fn the_migrations_run_as_a_role_that_is_no_superuser() {
    let (_cluster, database) = database().await;
    let client = database.connect().await.expect("a connection");
    let owners = "select string_agg(distinct tableowner, ' ') from pg_tables
                  where schemaname = 'public'";
    assert_eq!(text(&client, owners).await, "postgres");
    let rights = "select concat_ws(' ', rolsuper, rolcreaterole, rolbypassrls) from pg_roles
                  where rolname = 'postgres'";
    assert_eq!(text(&client, rights).await, "f t t");
}

#[tokio::test]
async fn a_forgotten_revoke_opens_what_the_owner_makes_in_public() {
    let (_cluster, database) = database().await;
    let owner = database.connect_as("postgres").await.expect("a connection");
    let made = "create table public.forgotten (id integer);
                create function public.forgotten() returns void language sql as 'select'";
    owner.batch_execute(made).await.expect("the owner may");

    let client = database
        .connect_as("authenticator")
        .await
        .expect("a connection");
    for role in ["anon", "authenticated", "service_role"] {
        let used = format!(
            "set role {role}; insert into public.forgotten values (1);
             select public.forgotten(); truncate public.forgotten; reset role"
        );
        let outcome = client.batch_execute(&used).await;
        assert!(
            outcome.is_ok(),
            "a hosted project grants all to {role}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn the_owner_of_a_project_does_not_own_the_tables_of_auth() {
    let (_cluster, database) = database().await;
    let owner = database.connect_as("postgres").await.expect("a connection");
    let trigger = "create function public.noticed() returns trigger language plpgsql
                       as 'begin return new; end';
                   create trigger noticed after insert on auth.users
                       for each row execute function public.noticed()";
    owner
        .batch_execute(trigger)
        .await
        .expect("a trigger may be put on auth.users");

    for forbidden in [
        "alter table auth.users add note text",
        "create table auth.notes (id text)",
    ] {
        let error = owner.batch_execute(forbidden).await.expect_err(forbidden);
        let code = error.code().map(|code| code.code().to_owned());
        assert_eq!(code.as_deref(), Some("42501"), "{forbidden}");
    }
}

#[tokio::test]
async fn the_roles_of_the_api_have_the_time_limits_of_a_hosted_project() {
    let (_cluster, database) = database().await;
    let client = database
        .connect_as("authenticator")
        .await
        .expect("a connection");
    let limits = "select concat_ws(' ', current_setting('statement_timeout'),
                                        current_setting('lock_timeout'))";
    assert_eq!(text(&client, limits).await, "8s 8s");
    let settings = "select string_agg(rolname || ' ' || array_to_string(rolconfig, ','), '; '
                                      order by rolname)
                    from pg_roles where rolname in ('anon', 'authenticated')";
    let expected = "anon statement_timeout=3s; authenticated statement_timeout=8s";
    assert_eq!(text(&client, settings).await, expected);
}

#[tokio::test]
async fn the_claims_of_a_token_are_read_by_the_functions_of_auth() {
    let (_cluster, database) = database().await;
    let client = database
        .connect_as("authenticator")
        .await
        .expect("a connection");
    let read = "select concat_ws(' ', auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'aal')";
    client
        .batch_execute("set role anon")
        .await
        .expect("authenticator becomes anon");
    assert_eq!(
        text(&client, read).await,
        "",
        "without a token there are no claims"
    );

    let claims = r#"{"sub":"7d2e4c1a-33f1-4c55-9f3b-0d6f3b1f0c11","role":"authenticated",
                     "email":"a@b.c","aal":"aal1"}"#;
    let set = format!("set role authenticated; set request.jwt.claims = '{claims}'");
    client.batch_execute(&set).await.expect("it is set");

    let expected = "7d2e4c1a-33f1-4c55-9f3b-0d6f3b1f0c11 authenticated a@b.c aal1";
    assert_eq!(text(&client, read).await, expected);
}

#[tokio::test]
async fn the_clock_of_the_functions_moves_with_the_offset() {
    let (_cluster, database) = database().await;
    let client = database.connect().await.expect("a connection");
    let ahead = "select ((private.server_time_ms() - extract(epoch from now()) * 1000) / 60000)
                        ::integer::text";
    assert_eq!(text(&client, ahead).await, "0");
    client
        .batch_execute("set local.clock_offset_ms = '-3600000'")
        .await
        .expect("it is set");
    assert_eq!(text(&client, ahead).await, "-60");
}

#[tokio::test]
async fn every_database_is_its_own_and_goes_when_it_is_dropped() {
    // Of its own: others make databases in the shared one at the same time.
    let cluster = Cluster::start(&ClusterOptions::default()).expect("PostgreSQL starts");
    let one = cluster.create_database().await.expect("a database");
    let another = cluster.create_database().await.expect("a database");
    let client = one.connect().await.expect("a connection");
    client
        .batch_execute("create table public.mine (id integer)")
        .await
        .expect("it is made");
    let client = another.connect().await.expect("a connection");
    let mine = "select coalesce(to_regclass('public.mine')::text, 'not here')";
    assert_eq!(text(&client, mine).await, "not here");

    let name = one.name().to_owned();
    drop(one);
    let next = cluster.create_database().await.expect("a database");

    let client = next.connect().await.expect("a connection");
    let known = format!("select count(*)::text from pg_database where datname = '{name}'");
    assert_eq!(
        text(&client, &known).await,
        "0",
        "even with a connection to it"
    );
}
