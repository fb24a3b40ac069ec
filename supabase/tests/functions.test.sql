-- Who owns each function, whose rights it runs with, and who may call it.

begin;
select plan(21);
-- Names come out in full, whoever runs this.
set local search_path = extensions;

create temporary table ours on commit drop as
select oid, proname::text as name, pronamespace::regnamespace::text as schema, proowner::regrole::text as owner,
       prosecdef as is_definer, provolatile as volatility, coalesce(proconfig, '{}') as config,
       oid::regprocedure::text as signature
  from pg_proc
 where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
   and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e');

select bag_eq($$ select signature from ours where schema = 'public' $$,
              $$ values ('public.sync_exchange(jsonb)'), ('public.delete_account()'), ('public.sync_about()') $$,
              'three functions can be reached over HTTP');
select function_returns('public', 'sync_exchange', array['jsonb'], 'jsonb');
select function_returns('public', 'delete_account', array[]::text[], 'void');
select volatility_is('public', 'sync_exchange', array['jsonb'], 'volatile');
select volatility_is('public', 'delete_account', array[]::text[], 'volatile');

-- Written out, pg_temp comes last; else a table or a type of the caller's could be taken for one of ours.
select is_empty($$ select signature from ours where not config @> array['search_path=pg_catalog, pg_temp'] $$,
                'no function looks for names where a caller can put some');
select is((select config from ours where name = 'sync_exchange' and schema = 'public'),
          array['search_path=pg_catalog, pg_temp', 'lock_timeout=3s', 'statement_timeout=5s'],
          'an exchange waits and runs for so long');
select is((select config from ours where name = 'delete_account' and schema = 'public'),
          array['search_path=pg_catalog, pg_temp', 'lock_timeout=3s'],
          'a deletion waits for so long');

select bag_eq($$ select signature from ours where is_definer $$,
              $$ values ('private.sync_exchange(jsonb)'), ('private.delete_account()'), ('private.begin_profile()'),
                        ('private.stamp_foreign_write()'), ('private.keep_deleted_row()') $$,
              'few functions run with the rights of their owners');
select bag_eq($$ select signature from ours where owner <> 'postgres' $$,
              $$ values ('private.sync_exchange(jsonb)') $$,
              'one function belongs to somebody else than postgres');
select is((select owner from ours where signature = 'private.sync_exchange(jsonb)'), 'particle_sync',
          'the one that writes belongs to a role of its own');
select results_eq($$ select rolcanlogin, rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb
                       from pg_roles where rolname = 'particle_sync' $$,
                  $$ values (false, false, false, false, false, false) $$,
                  'that role can neither sign in nor pass by a policy');
select is_empty($$ select relname from pg_class where relowner = 'particle_sync'::regrole $$,
                'that role owns no table, so the policies hold for it');
select ok(not has_schema_privilege('particle_sync', 'private', 'create'), 'that role can make no function');

select bag_eq($$ select signature from ours
                  where has_function_privilege('anon', oid, 'execute') $$,
              $$ values ('public.sync_about()') $$,
              'who is not signed in hears of which version this is, and nothing else');
select bag_eq($$ select signature from ours where has_function_privilege('authenticated', oid, 'execute') $$,
              $$ values ('public.sync_exchange(jsonb)'), ('public.delete_account()'), ('public.sync_about()'),
                        ('private.sync_exchange(jsonb)'), ('private.delete_account()') $$,
              'people call these');
select is_empty($$ select signature from ours
                    where schema = 'public' and has_function_privilege('service_role', oid, 'execute') $$,
                'a secret key is nobody to sync for');
select ok(not has_schema_privilege('anon', 'private', 'usage'), 'the private schema is closed to those not signed in');

select bag_eq(
    $$ select tgrelid::regclass::text, tgname::text, tgfoid::regprocedure::text from pg_trigger
        where not tgisinternal and tgfoid in (select oid from ours) $$,
    $$ select 'public.' || synced, made.*
         from unnest(array['particles', 'projects', 'intentions', 'settings']) as synced,
              (values ('foreign_writes_are_stamped', 'private.stamp_foreign_write()'),
                      ('deleted_rows_are_kept', 'private.keep_deleted_row()'),
                      ('truncate_is_refused', 'private.refuse_truncate()')) as made
       union all
       values ('auth.users', 'particle_begins_profile', 'private.begin_profile()') $$,
    'writes from elsewhere are seen on every synced table, and sign-ups');
select is_empty($$ select tgname from pg_trigger
                    where tgfoid in (select oid from ours) and tgenabled <> 'O' $$,
                'no trigger is switched off');

select is_empty($$ select signature from ours
                    where coalesce(obj_description(oid, 'pg_proc'), '') not like 'Particle: %' $$,
                'every function says what it is for');

select * from finish();
rollback;
