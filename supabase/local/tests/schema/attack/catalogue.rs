//! Who may do what, read from the catalogue and compared with the whole list.

use super::ground::TABLES;
use crate::support::{ask, database, superuser};
use tokio_postgres::Client;

/// Roles that own or serve the project, and are not asked about here.
const OPERATORS: &str = "('postgres', 'supabase_admin', 'supabase_auth_admin', 'service_role')";

async fn lines(client: &Client, query: &str) -> Vec<String> {
    let query = query.replace("OPERATORS", OPERATORS);
    let rows = client
        .query(&query, &[])
        .await
        .unwrap_or_else(|error| panic!("{query}: {error:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn rights_on_tables_are_these_and_no_others() {
    let database = database().await;
    let client = superuser(&database).await;
    let granted = lines(
        &client,
        "select format('%s %s %s', coalesce(role.rolname, 'PUBLIC'), lower(granted.privilege_type),
                       relation.oid::regclass)
           from pg_catalog.pg_class as relation
          cross join aclexplode(relation.relacl) as granted
           left join pg_catalog.pg_roles as role on role.oid = granted.grantee
          where relation.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            and coalesce(role.rolname, 'PUBLIC') not in OPERATORS
          order by format('%s %s %s', coalesce(role.rolname, 'PUBLIC'), lower(granted.privilege_type),
                          relation.oid::regclass) collate \"C\"",
    )
    .await;
    let mut expected = vec!["particle_sync select private.entities".to_owned()];
    for table in TABLES {
        expected.push(format!("authenticated select {table}"));
        expected.push(format!("particle_sync select {table}"));
        if table != "profiles" {
            expected.push(format!("particle_sync insert {table}"));
            expected.push(format!("particle_sync update {table}"));
        }
    }
    expected.sort();
    assert_eq!(granted, expected);
    let passed_on =
        "select count(*) from pg_catalog.pg_class cross join aclexplode(relacl) as granted
                      where is_grantable and granted.grantee <> relowner
                        and relnamespace in ('public'::regnamespace, 'private'::regnamespace)";
    assert_eq!(
        ask::<i64>(&client, passed_on).await,
        0,
        "and nobody may grant them on"
    );

    let of_columns = lines(
        &client,
        "select format('%s %s %s.%s', granted.grantee::regrole, lower(granted.privilege_type),
                       attrelid::regclass, attname)
           from pg_catalog.pg_attribute
          cross join aclexplode(attacl) as granted
          where attrelid in (select oid from pg_catalog.pg_class
                              where relnamespace in ('public'::regnamespace, 'private'::regnamespace))
          order by granted.privilege_type, attname",
    )
    .await;
    let expected = [
        "particle_sync insert profiles.latest_stamp",
        "particle_sync insert profiles.user_id",
        "particle_sync insert profiles.version",
        "particle_sync update profiles.epoch",
        "particle_sync update profiles.latest_stamp",
        "particle_sync update profiles.version",
    ];
    assert_eq!(of_columns, expected, "the tier is nobody's to set");
}

#[tokio::test]
async fn those_who_are_signed_in_may_call_two_functions_and_what_is_behind_them_and_all_may_ask_for_the_version()
 {
    let database = database().await;
    let client = superuser(&database).await;
    let callable = lines(
        &client,
        "select format('%s %s', role.rolname, routine.oid::regprocedure)
           from pg_catalog.pg_proc as routine
          cross join pg_catalog.pg_roles as role
          where routine.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and role.rolname in ('anon', 'authenticated', 'authenticator', 'service_role')
            and has_function_privilege(role.oid, routine.oid, 'execute')
          order by 1",
    )
    .await;
    let expected = [
        "anon sync_about()",
        "authenticated delete_account()",
        "authenticated private.delete_account()",
        "authenticated private.sync_exchange(jsonb)",
        "authenticated sync_about()",
        "authenticated sync_exchange(jsonb)",
    ];
    assert_eq!(callable, expected);

    let to_all = lines(
        &client,
        "select routine.oid::regprocedure::text
           from pg_catalog.pg_proc as routine
          cross join aclexplode(coalesce(routine.proacl, acldefault('f', routine.proowner))) as granted
          where routine.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and granted.grantee = 0",
    )
    .await;
    assert!(
        to_all.is_empty(),
        "what is for everybody is for whoever is added later: {to_all:?}"
    );
}

#[tokio::test]
async fn functions_that_run_with_the_rights_of_their_owner_are_these_five() {
    let database = database().await;
    let client = superuser(&database).await;
    let lent = lines(
        &client,
        "select format('%s as %s', oid::regproc, proowner::regrole)
           from pg_catalog.pg_proc
          where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and prosecdef
          order by proname",
    )
    .await;
    let expected = [
        "private.begin_profile as postgres",
        "private.delete_account as postgres",
        "private.keep_deleted_row as postgres",
        "private.stamp_foreign_write as postgres",
        "private.sync_exchange as particle_sync",
    ];
    assert_eq!(lent, expected);
    let loose = lines(
        &client,
        "select oid::regprocedure::text
           from pg_catalog.pg_proc
          where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and not coalesce(proconfig::text ~ 'search_path=', false)",
    )
    .await;
    assert!(
        loose.is_empty(),
        "a search path of the caller's counts in {loose:?}"
    );
}

#[tokio::test]
async fn the_role_that_writes_has_nothing_but_what_it_was_granted() {
    let database = database().await;
    let client = superuser(&database).await;
    let is_plain =
        "select not (rolsuper or rolinherit or rolcreaterole or rolcreatedb or rolcanlogin
                                or rolreplication or rolbypassrls)
                      from pg_catalog.pg_roles where rolname = 'particle_sync'";
    assert!(ask::<bool>(&client, is_plain).await);
    let owned = "select format('%s %s', classid::regclass, objid)
                   from pg_catalog.pg_shdepend
                  where refobjid = 'particle_sync'::regrole
                    and deptype = 'o'
                    and dbid = (select oid from pg_catalog.pg_database where datname = current_database())
                    and objid <> 'private.sync_exchange'::regproc";
    assert_eq!(
        lines(&client, owned).await,
        Vec::<String>::new(),
        "it owns its function only"
    );
    let memberships = "select format('%s in %s', member::regrole, roleid::regrole)
                         from pg_catalog.pg_auth_members
                        where 'particle_sync'::regrole in (member, roleid)";
    assert_eq!(
        lines(&client, memberships).await,
        ["postgres in particle_sync"]
    );
    let creates = "select nspname::text from pg_catalog.pg_namespace
                    where has_schema_privilege('particle_sync', oid, 'create')";
    assert_eq!(lines(&client, creates).await, Vec::<String>::new());
    let reaches = "select nspname::text from pg_catalog.pg_namespace
                    where has_schema_privilege('authenticated', oid, 'create')";
    assert_eq!(lines(&client, reaches).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_table_in_public_is_under_row_level_security_with_policies_for_two_roles_only() {
    let database = database().await;
    let client = superuser(&database).await;
    let open = "select oid::regclass::text from pg_catalog.pg_class
                 where relnamespace = 'public'::regnamespace
                   and relkind in ('r', 'p', 'v', 'm', 'f') and not relrowsecurity";
    assert_eq!(lines(&client, open).await, Vec::<String>::new());
    let mut policies = lines(
        &client,
        "select format('%s %s to %s', tablename, lower(cmd), array_to_string(roles, ','))
           from pg_catalog.pg_policies
          where schemaname = 'public' and qual ~ 'user_id' and qual ~ 'uid\\(\\)'
            and (with_check is null or with_check = qual)",
    )
    .await;
    let mut expected = Vec::new();
    for table in TABLES {
        expected.push(format!("{table} all to particle_sync"));
        expected.push(format!("{table} select to authenticated"));
    }
    expected.sort();
    policies.sort();
    assert_eq!(policies, expected);
    let all: i64 = ask(&client, "select count(*) from pg_catalog.pg_policies").await;
    assert_eq!(all, 10, "and no others");
}
