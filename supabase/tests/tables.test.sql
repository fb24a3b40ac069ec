-- What is kept, and that people can only read it, each his own.

begin;
select plan(39);
-- Names come out in full, whoever runs this.
set local search_path = extensions;

-- Columns.
select columns_are('public', 'profiles', array['user_id', 'tier', 'version', 'epoch', 'latest_stamp']);
select columns_are('public', 'particles', array['user_id', 'id', 'kind', 'started_at', 'ended_at', 'planned_seconds',
    'duration_seconds', 'overflow_seconds', 'utc_offset_minutes', 'task', 'project_id', 'preset', 'deleted', 'stamps', 'version']);
select columns_are('public', 'projects', array['user_id', 'id', 'name', 'brightness', 'archived', 'deleted', 'stamps', 'version']);
select columns_are('public', 'intentions', array['user_id', 'id', 'text', 'status', 'project_id', 'deleted', 'stamps', 'version']);
select columns_are('public', 'settings', array['user_id', 'id', 'value', 'deleted', 'stamps', 'version']);
select col_is_pk('public', 'profiles', 'user_id', 'one profile for each account');

-- What holds for every synced table.
create temporary table synced (name text) on commit drop;
insert into synced values ('particles'), ('projects'), ('intentions'), ('settings');

select col_is_pk('public', name::name, array['user_id', 'id']::name[], name || ' has one row for each id of an account') from synced;
select has_index('public', name, (name || '_by_version')::name, array['user_id', 'version']) from synced;
select col_type_is('public', name::name, 'version', 'bigint', name || ' counts in 64 bits') from synced;
select col_type_is('public', name::name, 'stamps', 'jsonb', name || ' keeps its stamps as JSON') from synced;
select is_empty(format($$ select conname from pg_constraint
                           where conrelid = 'public.%I'::regclass and contype = 'f' and confrelid <> 'auth.users'::regclass $$, name),
                name || ' refers to no other synced table')
  from synced;

-- Checks by name: a client shows them as reasons.
create function pg_temp.checks_of(name text) returns text[] language sql as $$
    select array_agg(substr(conname, length(name) + 2) order by conname)
      from pg_constraint
     where conrelid = format('public.%I', name)::regclass and contype = 'c'
$$;
select is(pg_temp.checks_of('profiles'), array['tier_known'], 'checks of profiles');
select is(pg_temp.checks_of('particles'),
          array['duration_range', 'end_after_start', 'ended_at_range', 'id_uuid', 'kind_known', 'offset_range',
                'overflow_within_duration', 'planned_range', 'preset_known', 'project_uuid', 'started_at_range', 'task_length'],
          'checks of particles');
select is(pg_temp.checks_of('projects'), array['brightness_range', 'id_uuid', 'name_length'], 'checks of projects');
select is(pg_temp.checks_of('intentions'), array['id_date', 'project_uuid', 'status_known', 'text_length'], 'checks of intentions');
select is(pg_temp.checks_of('settings'), array['id_key', 'value_depth', 'value_size'], 'checks of settings');

-- Who may do what.
select tables_are('public', array['profiles', 'particles', 'projects', 'intentions', 'settings']);
select is_empty($$ select relname from pg_class
                    where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity $$,
                'row level security is on everywhere');
select is_empty($$ select tablename from pg_tables where schemaname in ('public', 'private') and tableowner <> 'postgres' $$,
                'postgres owns every table');
select bag_eq(
    $$ select tablename::text, policyname::text, roles::text, cmd, qual, with_check from pg_policies where schemaname = 'public' $$,
    $$ select name, policy.*
         from (select name from synced union all select 'profiles') as every_table,
              (values ('people_read_their_own', '{authenticated}', 'SELECT',
                       '(user_id = ( SELECT auth.uid() AS uid))', null),
                      ('sync_is_within_one_account', '{particle_sync}', 'ALL',
                       '(user_id = ( SELECT auth.uid() AS uid))', '(user_id = ( SELECT auth.uid() AS uid))')
              ) as policy (policy_name, roles, command, using_, with_check) $$,
    'two policies on each table, both about the own account');
select bag_eq(
    $$ select distinct grantee::text, privilege_type::text from information_schema.role_table_grants
        where table_schema = 'public' and grantee in ('PUBLIC', 'anon', 'authenticated') $$,
    $$ values ('authenticated', 'SELECT') $$,
    'people may read, and nothing else');
select bag_eq(
    $$ select table_name::text, privilege_type::text from information_schema.role_table_grants
        where table_schema = 'public' and grantee = 'particle_sync' $$,
    $$ select name, privilege from synced, unnest(array['SELECT', 'INSERT', 'UPDATE']) as privilege
       union all values ('profiles', 'SELECT') $$,
    'the role that syncs deletes nothing');
select ok(not has_column_privilege('particle_sync', 'public.profiles', 'tier', 'insert, update'),
          'the role that syncs cannot give away a subscription');

-- Comments.
select is_empty($$ select relname from pg_class
                    where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'v')
                      and coalesce(obj_description(oid, 'pg_class'), '') not like 'Particle: %' $$,
                'every table and view says what it is for');

select * from finish();
rollback;
