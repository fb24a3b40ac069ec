-- What happens to rows outside of sync_exchange: the dashboard, the end of an account, a restored backup.

begin;
select plan(15);

insert into auth.users (id, email)
values ('aaaaaaaa-0000-4000-8000-000000000001', 'ada@example.org'),
       ('bbbbbbbb-0000-4000-8000-000000000002', 'bob@example.org');

-- An operator writes.
set local role postgres;
insert into public.intentions (user_id, id, text) values ('aaaaaaaa-0000-4000-8000-000000000001', '2026-11-23', 'Write');
create temporary table before on commit drop as
select version, stamps from public.intentions where id = '2026-11-23';
select is((select version from before), 1::bigint, 'a row from elsewhere has a version');
select bag_eq('select jsonb_object_keys(stamps) from before', $$ values ('text'), ('status'), ('project_id'), ('deleted') $$,
              'and a stamp for each field');

update public.intentions set status = 'done' where id = '2026-11-23';
select is((select version from public.intentions where id = '2026-11-23'), 2::bigint, 'an edit has the next version');
select cmp_ok((select stamps ->> 'status' from public.intentions where id = '2026-11-23') collate "C", '>',
              (select max(value collate "C") from before, jsonb_each_text(stamps)),
              'and a stamp greater than every stamp before');
select is((select stamps -> 'text' from public.intentions where id = '2026-11-23'), (select stamps -> 'text' from before),
          'but only for what was edited');

update public.intentions set status = 'done' where id = '2026-11-23';
select is((select version from public.profiles where user_id = 'aaaaaaaa-0000-4000-8000-000000000001'), 2::bigint,
          'an edit that changes nothing is none');

delete from public.intentions where id = '2026-11-23';
select results_eq($$ select deleted, version from public.intentions where id = '2026-11-23' $$,
                  $$ values (true, 3::bigint) $$,
                  'a deleted row stays as a deletion, for the devices to hear of');
select throws_ok('truncate public.intentions', '0A000', null, 'rows do not vanish at once');
select throws_ok($$ update public.intentions set id = '2026-11-24' where id = '2026-11-23' $$, '23514', null,
                 'a row keeps its id');

-- A restored backup.
create temporary table epochs on commit drop as select user_id, epoch from public.profiles;
select private.begin_new_epoch();
select is_empty($$ select user_id from public.profiles join epochs using (user_id, epoch) $$,
                'after a restored backup everybody is in a new epoch');

-- The end of an account.
select set_config('request.jwt.claims', '', true);
set local role authenticated;
select throws_ok('select public.delete_account()', '42501', 'not_signed_in', 'nobody deletes an account without having signed in');
select set_config('request.jwt.claims', '{"role": "authenticated", "sub": "aaaaaaaa-0000-4000-8000-000000000001"}', true);
select lives_ok('select public.delete_account()', 'people may delete their accounts');
reset role;
select is_empty($$ select id from auth.users where id = 'aaaaaaaa-0000-4000-8000-000000000001' $$, 'the account is gone');
select is_empty($$ select user_id from public.profiles where user_id = 'aaaaaaaa-0000-4000-8000-000000000001'
                   union all
                   select user_id from public.intentions where user_id = 'aaaaaaaa-0000-4000-8000-000000000001' $$,
                'with all that was kept for it');
select isnt_empty($$ select user_id from public.profiles where user_id = 'bbbbbbbb-0000-4000-8000-000000000002' $$,
                  'and nobody else''s');

select * from finish();
rollback;
