//! A session in PostgreSQL itself, as the role and with the claims that a token gives. It is more
//! than HTTP offers; the grants and policies hold all the same.

use tokio_postgres::{Client, Error};

use super::ground::{Ground, SECRET, TABLES};
use crate::support::{ask, reason, run, sqlstate};
use crate::wire::uuid;

/// The SQLSTATE of a missing right.
const NO_RIGHT: &str = "42501";

/// What would get round grants and policies.
const WAYS_ROUND: [&str; 30] = [
    "create table public.mine (id text)",
    "create table private.mine (id text)",
    "create view public.mine as select 1",
    "create function public.mine() returns integer language sql return 1",
    "create function private.mine() returns integer language sql return 1",
    "create or replace function private.user_id() returns uuid language sql return null::uuid",
    "create or replace function auth.uid() returns uuid language sql return null::uuid",
    "create schema mine",
    "create extension dblink",
    "create role mine",
    "create policy mine on public.particles for all to public using (true)",
    "drop policy people_read_their_own on public.particles",
    "alter table public.particles disable row level security",
    "alter table public.particles disable trigger all",
    "alter role authenticated bypassrls",
    "alter function private.sync_exchange(jsonb) owner to authenticated",
    "grant particle_sync to authenticated",
    "set local role postgres",
    "set local role supabase_admin",
    "set local role supabase_auth_admin",
    "set local role particle_sync",
    "set local session authorization postgres",
    "set local session_replication_role = replica",
    "copy public.particles to program 'true'",
    "copy public.particles to '/tmp/particles'",
    "copy public.profiles (user_id, tier) from '/etc/passwd'",
    "select pg_catalog.pg_read_file('/etc/passwd')",
    "select pg_catalog.lo_import('/etc/passwd')",
    "select count(*) from pg_catalog.pg_authid",
    "select pg_catalog.pg_reload_conf()",
];

impl Ground {
    async fn session(&self) -> Client {
        self.database
            .connect_as("authenticator")
            .await
            .expect("the database answers")
    }

    /// Runs statements as the other person and rolls them back.
    async fn tried(&self, session: &Client, statements: &str) -> Result<(), Error> {
        let claims = format!(r#"{{"sub": "{}", "role": "authenticated"}}"#, self.other.id);
        run(
            session,
            &format!("begin; set local request.jwt.claims = '{claims}'"),
        )
        .await;
        run(session, "set local role authenticated").await;
        let outcome = session.batch_execute(statements).await;
        run(session, "rollback").await;
        outcome
    }

    async fn assert_no_right(&self, session: &Client, statement: &str) {
        match self.tried(session, statement).await {
            Ok(()) => panic!("{statement}: went through"),
            Err(error) => assert_eq!(
                sqlstate(&error),
                NO_RIGHT,
                "{statement}: {}",
                reason(&error)
            ),
        }
    }
}

/// Tables and views outside of PostgreSQL's own schemas, each with one of its columns and with
/// whether it is a view.
async fn relations(superuser: &Client) -> Vec<(String, String, bool)> {
    let query = "
        select format('%I.%I', space.nspname, relation.relname), quote_ident(min(attname)),
               relation.relkind = 'v'
          from pg_catalog.pg_class as relation
          join pg_catalog.pg_namespace as space on space.oid = relation.relnamespace
          join pg_catalog.pg_attribute on attrelid = relation.oid and attnum > 0
         where relation.relkind in ('r', 'p', 'v', 'm', 'f')
           and space.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
         group by 1, 3";
    let rows = superuser
        .query(query, &[])
        .await
        .expect("the catalogue answers");
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect()
}

#[tokio::test]
async fn every_right_on_every_table_is_refused_but_reading_the_five() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let session = ground.session().await;
    let relations = relations(&ground.superuser).await;
    assert!(
        relations.len() > 12,
        "the five, and those of private and auth: {relations:?}"
    );
    for (table, column, is_view) in relations {
        let is_readable = TABLES.iter().any(|name| table == format!("public.{name}"));
        let reading = ground
            .tried(&session, &format!("select * from {table}"))
            .await;
        assert_eq!(reading.is_ok(), is_readable, "{table}");
        for statement in changes_of(&table, &column) {
            let outcome = ground.tried(&session, &statement).await;
            let error = outcome.expect_err(&statement);
            // What a view is not for is refused for that, before anybody's rights are looked at.
            let is_not_for_views = is_view && matches!(sqlstate(&error), "42809" | "55000");
            let is_refused = sqlstate(&error) == NO_RIGHT;
            assert!(
                is_refused || is_not_for_views,
                "{statement}: {}",
                reason(&error)
            );
        }
        let references =
            format!("select has_table_privilege('authenticated', '{table}', 'references')");
        assert!(
            !ask::<bool>(&ground.superuser, &references).await,
            "{table}"
        );
    }
    assert_eq!(ground.dump(None).await, before);
}

/// All that changes a table or what is in it.
fn changes_of(table: &str, column: &str) -> Vec<String> {
    vec![
        format!("insert into {table} default values"),
        format!("insert into {table} ({column}) select null"),
        format!("update {table} set {column} = default"),
        format!("update {table} set {column} = {column} where false"),
        format!("delete from {table}"),
        format!("delete from {table} where false"),
        format!("truncate {table} cascade"),
        format!("select 1 from {table} for update"),
        format!("lock table {table} in access exclusive mode"),
        format!("drop table {table}"),
        format!("alter table {table} owner to authenticated"),
        format!("comment on table {table} is ''"),
        format!(
            "create trigger mine before insert on {table} for each row
                 execute function private.refuse_truncate()"
        ),
    ]
}

#[tokio::test]
async fn no_way_round_the_grants_is_open() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let session = ground.session().await;
    for statement in WAYS_ROUND {
        ground.assert_no_right(&session, statement).await;
    }
    let hidden = "set local row_security = off; select * from public.particles";
    ground.assert_no_right(&session, hidden).await;
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn no_function_in_private_can_be_called_but_the_two_behind_the_offered_ones() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let session = ground.session().await;
    let query = "
        select format('select %s(%s)', oid::regproc,
                      (select string_agg('null::' || format_type(type, null), ', ' order by place)
                         from unnest(proargtypes) with ordinality as argument (type, place)))
          from pg_catalog.pg_proc
         where pronamespace = 'private'::regnamespace
           and proname not in ('sync_exchange', 'delete_account')";
    let calls = ground
        .superuser
        .query(query, &[])
        .await
        .expect("the catalogue answers");
    assert!(calls.len() > 20, "the functions of private");
    for call in calls {
        ground.assert_no_right(&session, call.get(0)).await;
    }
    assert_eq!(ground.dump(None).await, before);
}

#[tokio::test]
async fn even_the_role_that_writes_is_held_to_one_person() {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let (owner, other) = (&ground.owner.id, &ground.other.id);
    let session = &ground.superuser;
    let held =
        format!(r#"set request.jwt.claims = '{{"sub": "{other}"}}'; set role particle_sync"#);
    run(session, &held).await;
    for table in TABLES {
        let theirs = format!("select count(*) from public.{table} where user_id <> '{other}'");
        assert_eq!(ask::<i64>(session, &theirs).await, 0, "{table}");
        let column = if table == "profiles" {
            "latest_stamp = ''"
        } else {
            "version = 0"
        };
        let update = format!("update public.{table} set {column} where user_id <> '{other}'");
        assert_eq!(
            session.execute(&update, &[]).await.expect(table),
            0,
            "{table}"
        );
    }
    let given = format!("update public.settings set user_id = '{owner}'");
    let given_own =
        format!("update public.particles set user_id = '{owner}' where user_id = '{other}'");
    let made =
        format!("insert into public.settings (user_id, id, value) values ('{owner}', 'a', '1')");
    let over = format!(
        "insert into public.projects (user_id, id, name) values ('{owner}', '{}', 'theirs')
             on conflict (user_id, id) do update set name = excluded.name",
        uuid(1)
    );
    let tier = format!("update public.profiles set tier = 'flow' where user_id = '{other}'");
    let profile = format!("insert into public.profiles (user_id, tier) values ('{other}', 'flow')");
    for statement in [&given_own, &made, &over, &tier, &profile] {
        let error = session.batch_execute(statement).await.expect_err(statement);
        assert_eq!(
            sqlstate(&error),
            NO_RIGHT,
            "{statement}: {}",
            reason(&error)
        );
    }
    run(session, &given).await;
    for statement in [
        "delete from public.particles",
        "truncate public.particles",
        "select id from auth.users",
        "create table private.mine (id text)",
    ] {
        let error = session.batch_execute(statement).await.expect_err(statement);
        assert_eq!(
            sqlstate(&error),
            NO_RIGHT,
            "{statement}: {}",
            reason(&error)
        );
    }
    run(session, "reset request.jwt.claims").await;
    for table in TABLES {
        let all = format!("select count(*) from public.{table}");
        assert_eq!(
            ask::<i64>(session, &all).await,
            0,
            "without claims there is nobody: {table}"
        );
    }
    run(session, "reset role").await;
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
}

/// A temporary table or type is found before one of the same name in any schema, unless a function
/// says otherwise.
#[tokio::test]
async fn nothing_temporary_takes_the_place_of_what_a_function_means() {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let session = ground.session().await;
    let shadows = "
        create temporary table profiles (user_id uuid, version bigint);
        create temporary table entities (entity text, synced_table text);
        create temporary table fields (entity text);
        create temporary table users (id uuid);
        create function pg_temp.spy(given anyelement) returns boolean language plpgsql as
            $$ begin raise exception 'spied as %', current_user; end $$;
        create domain pg_temp.uuid as pg_catalog.uuid check (pg_temp.spy(value));
        create domain pg_temp.jsonb as pg_catalog.jsonb check (pg_temp.spy(value));
        create domain pg_temp.text as pg_catalog.text check (pg_temp.spy(value));";
    let exchange = "select public.sync_exchange(pg_catalog.jsonb_build_object(
                        'protocol', 1, 'since', '0', 'changes', pg_catalog.jsonb_build_array()))";
    for call in [exchange, "select public.delete_account()"] {
        let outcome = ground.tried(&session, &format!("{shadows} {call}")).await;
        if let Err(error) = outcome {
            panic!("{call}: {}", reason(&error));
        }
    }
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
    assert!(before.contains(SECRET), "there was something to be found");
}
