//! The migrations can run again: nothing fails, nothing changes, nothing is lost.

use std::fs;
use std::path::Path;

use serde_json::json;
use tokio_postgres::Client;

use crate::support::{Session, database, run, sign_up, superuser};
use crate::wire::{Request, epoch, ids, particle, setting, stamp};

/// Everything that the migrations define, a line for each thing.
const DEFINITIONS: &str = r"
    with ours as (select oid from pg_namespace where nspname in ('public', 'private'))
    select 'function ' || oid::regprocedure || ' ' || pg_get_userbyid(proowner) || ' ' || coalesce(array(select grant_of::text from unnest(proacl) as grant_of order by 1)::text, '')
           || ' ' || coalesce(obj_description(oid, 'pg_proc'), '') || ' '
           -- The clock is the one function that is replaced here.
           || case when proname = 'server_time_ms' then '' else pg_get_functiondef(oid) end
      from pg_proc where pronamespace in (select oid from ours)
    union all
    select 'relation ' || oid::regclass || ' ' || relkind::text || pg_get_userbyid(relowner) || coalesce(array(select grant_of::text from unnest(relacl) as grant_of order by 1)::text, '') || relrowsecurity
           || coalesce(obj_description(oid, 'pg_class'), '') || coalesce(reloptions::text, '')
      from pg_class where relnamespace in (select oid from ours)
    union all
    select 'column ' || attrelid::regclass || ' ' || attnum || attname || format_type(atttypid, atttypmod) || attnotnull
           || attcollation::regcollation || coalesce(array(select grant_of::text from unnest(attacl) as grant_of order by 1)::text, '') || coalesce(col_description(attrelid, attnum), '')
           || coalesce(pg_get_expr(adbin, adrelid), '')
      from pg_attribute
      left join pg_attrdef on (adrelid, adnum) = (attrelid, attnum)
     where attrelid in (select oid from pg_class where relnamespace in (select oid from ours)) and attnum > 0
    union all
    select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      from pg_constraint where connamespace in (select oid from ours)
    union all
    select 'index ' || indexrelid::regclass || ' ' || pg_get_indexdef(indexrelid)
      from pg_index where indexrelid in (select oid from pg_class where relnamespace in (select oid from ours))
    union all
    select 'trigger ' || tgrelid::regclass || ' ' || tgname || tgenabled::text || ' ' || pg_get_triggerdef(oid)
      from pg_trigger where not tgisinternal
    union all
    select 'policy ' || polrelid::regclass || ' ' || polname || ' ' || polcmd::text || polroles::text || polpermissive
           || coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), '')
      from pg_policy
    union all
    select 'schema ' || nspname || coalesce(array(select grant_of::text from unnest(nspacl) as grant_of order by 1)::text, '') || coalesce(obj_description(oid, 'pg_namespace'), '')
      from pg_namespace where oid in (select oid from ours)
    union all
    select 'view ' || viewname || definition from pg_views where schemaname in ('public', 'private')
    union all
    select 'declared ' || to_jsonb(fields)::text from private.fields
    union all
    select 'declared ' || to_jsonb(entities)::text from private.entities
    union all
    select 'member ' || pg_get_userbyid(member) || ' of ' || pg_get_userbyid(roleid) from pg_auth_members
    order by 1";

async fn definitions(client: &Client) -> Vec<String> {
    let rows = client
        .query(DEFINITIONS, &[])
        .await
        .expect("the catalog is read");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn migrate(client: &Client) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        run(client, &fs::read_to_string(&file).unwrap()).await;
    }
}

#[tokio::test]
async fn running_them_again_changes_nothing() {
    let database = database().await;
    let admin = superuser(&database).await;
    let person = sign_up(&admin).await;
    let session = Session::open(&database).await;
    let at = stamp(5, 0);
    let changes = vec![
        particle(1, "Write", &at),
        setting("theme", &json!("dark"), &at),
    ];
    let answer = session
        .answer(person, &Request::first(changes).to_json())
        .await;
    let before = definitions(&admin).await;
    assert!(before.len() > 100, "the catalog is seen");

    let owner = database.connect_as("postgres").await.unwrap();
    for _ in 0..2 {
        migrate(&owner).await;
        let after = definitions(&admin).await;
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after);
        }
        assert_eq!(before.len(), after.len());
    }
    let pulled = Request {
        epoch: epoch(&answer),
        ..Request::first(Vec::new())
    };
    let pulled = session.answer(person, &pulled.to_json()).await;
    assert_eq!(ids(&pulled).len(), 2);
    assert_eq!(
        (&pulled["reset"], &pulled["cursor"]),
        (&json!(false), &json!("2"))
    );
}
