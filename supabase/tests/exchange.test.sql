-- What sync_exchange promises, in a few exchanges of two people. Every branch of the protocol is
-- tried elsewhere; this is what an operator can run against a project.

begin;
select plan(26);

insert into auth.users (id, email)
values ('aaaaaaaa-0000-4000-8000-000000000001', 'ada@example.org'),
       ('bbbbbbbb-0000-4000-8000-000000000002', 'bob@example.org');

create function pg_temp.sign_in(person uuid) returns void language sql as $$
    select set_config('request.jwt.claims', json_build_object('role', 'authenticated', 'sub', person)::text, true)
$$;
-- A stamp of the given second of an afternoon.
create function pg_temp.stamp(at_second integer) returns text language sql as $$
    select lpad(to_hex(1700000000000 + at_second * 1000), 12, '0') || '00000000000a'
$$;
-- A first contact knows no epoch.
create function pg_temp.exchange(since text, changes jsonb default '[]') returns jsonb
    language sql as $$
    select public.sync_exchange(jsonb_build_object(
               'protocol', 1, 'since', since, 'limit', 1000, 'changes', changes,
               'epoch', case when since <> '0'
                             then (select epoch from public.profiles where user_id = auth.uid()) end))
$$;
-- One project whose fields were all edited in the same second.
create function pg_temp.project(at_second integer, name text) returns jsonb language sql as $$
    select jsonb_build_object('entity', 'project', 'id', 'cccccccc-0000-4000-8000-000000000003',
        'fields', jsonb_build_object('name', name, 'brightness', 0.6, 'archived', false, 'deleted', false),
        'stamps', jsonb_build_object('*', pg_temp.stamp(at_second), 'deleted', pg_temp.stamp(at_second)))
$$;
create temporary table answers (said text, answer jsonb) on commit drop;
grant all on answers to authenticated;

select is((select tier from public.profiles where user_id = 'aaaaaaaa-0000-4000-8000-000000000001'), 'free',
          'whoever signs up has a profile');

-- A first exchange.
set local role authenticated;
select throws_ok($$ select pg_temp.exchange('0') $$, '42501', 'not_signed_in', 'nobody syncs without having signed in');
reset role;
select pg_temp.sign_in('aaaaaaaa-0000-4000-8000-000000000001');
set local role authenticated;

insert into answers select 'first', pg_temp.exchange('0', jsonb_build_array(pg_temp.project(10, 'Thesis')));
select is(answer -> 'verdicts',
          '[{"entity": "project", "id": "cccccccc-0000-4000-8000-000000000003", "status": "applied"}]',
          'a whole row is applied')
  from answers where said = 'first';
select is(answer - array['epoch', 'server_time', 'verdicts'],
          '{"protocol": 1, "schema": 1, "tier": "free", "reset": false, "more": false, "cursor": "1", "rows": []}',
          'and not sent back to its sender')
  from answers where said = 'first';
select ok((answer ->> 'server_time')::bigint between 1600000000000 and 9999999999999, 'the server says its time')
  from answers where said = 'first';

-- Another device hears of it.
insert into answers select 'other', pg_temp.exchange('0');
select is(answer #> '{rows,0,fields}', '{"name": "Thesis", "brightness": 0.6, "archived": false, "deleted": false}',
          'another device gets the row')
  from answers where said = 'other';
select is(answer #>> '{rows,0,version}', '1', 'with its version as text') from answers where said = 'other';
select is(answer ->> 'cursor', '1', 'and where to go on') from answers where said = 'other';

-- Two fields edited on two devices, and an edit that came too late.
insert into answers select 'name', pg_temp.exchange('1', jsonb_build_array(jsonb_build_object(
    'entity', 'project', 'id', 'cccccccc-0000-4000-8000-000000000003',
    'fields', jsonb_build_object('name', 'Book'), 'stamps', jsonb_build_object('name', pg_temp.stamp(30)))));
insert into answers select 'light', pg_temp.exchange('1', jsonb_build_array(jsonb_build_object(
    'entity', 'project', 'id', 'cccccccc-0000-4000-8000-000000000003',
    'fields', jsonb_build_object('brightness', 0.9), 'stamps', jsonb_build_object('brightness', pg_temp.stamp(20)))));
insert into answers select 'late', pg_temp.exchange('3', jsonb_build_array(jsonb_build_object(
    'entity', 'project', 'id', 'cccccccc-0000-4000-8000-000000000003',
    'fields', jsonb_build_object('name', 'Paper'), 'stamps', jsonb_build_object('name', pg_temp.stamp(25)))));
select results_eq($$ select name, brightness, version from public.projects $$,
                  $$ values ('Book', 0.9::double precision, 3::bigint) $$,
                  'both edits stay, and the earlier one of a field loses');
select is(answer #>> '{verdicts,0,status}', 'applied', 'who comes too late has done nothing wrong')
  from answers where said = 'late';
select is(answer ->> 'cursor', '3', 'and no version was used up') from answers where said = 'late';
select is(answer #>> '{rows,0,fields,name}', 'Book', 'the second device hears of the first''s edit')
  from answers where said = 'light';

-- Refusals.
insert into answers select 'refusals', pg_temp.exchange('3', jsonb_build_array(
    jsonb_build_object('entity', 'project', 'id', 'cccccccc-0000-4000-8000-000000000003',
        'fields', jsonb_build_object('brightness', 7), 'stamps', jsonb_build_object('brightness', pg_temp.stamp(40))),
    jsonb_build_object('entity', 'garden', 'id', 'x', 'fields', '{}'::jsonb, 'stamps', '{}'::jsonb),
    jsonb_build_object('entity', 'intention', 'id', '2026-11-23',
        'fields', jsonb_build_object('status', 'done'), 'stamps', jsonb_build_object('status', pg_temp.stamp(41))),
    jsonb_build_object('entity', 'project', 'id', 'cccccccc-0000-4000-8000-000000000003',
        'fields', jsonb_build_object('name', 'Soon'), 'stamps', jsonb_build_object('name', 'ffffffffffff0000000000aa'))));
select is(answer #>> array['verdicts', place, key], wanted, label)
  from answers, (values ('0', 'code', 'projects_brightness_range', 'a value out of range has the check''s name'),
                        ('1', 'code', 'unknown_entity', 'a word that the server does not know'),
                        ('2', 'status', 'incomplete', 'a part of a row that is not there'),
                        ('3', 'status', 'clock', 'an edit from the future')) as expected (place, key, wanted, label)
 where said = 'refusals';
select throws_ok($$ select public.sync_exchange('{"protocol": 9}') $$, 'PT426', 'protocol_unsupported',
                 'another protocol is refused as a whole');

-- What else people may do: read.
select is((select count(*) from public.projects), 1::bigint, 'people read their own rows');
select throws_ok($$ update public.profiles set tier = 'flow' $$, '42501', null, 'nobody gives himself a subscription');
select throws_ok($$ insert into public.settings (user_id, id, value) values (auth.uid(), 'theme', '"dark"') $$, '42501', null,
                 'nobody writes past the function');

-- Somebody else.
select pg_temp.sign_in('bbbbbbbb-0000-4000-8000-000000000002');
select is_empty('select id from public.projects', 'nobody reads the rows of another');
select is_empty($$ select user_id from public.profiles where user_id <> auth.uid() $$, 'nor the profile');
insert into answers select 'bob', pg_temp.exchange('0', jsonb_build_array(pg_temp.project(50, 'Mine')));
select is(answer #>> '{verdicts,0,status}', 'applied', 'the same id is another row for another person')
  from answers where said = 'bob';
reset role;
select is((select name from public.projects where user_id = 'aaaaaaaa-0000-4000-8000-000000000001'), 'Book',
          'and nobody writes over the rows of another');

-- A server that was restored.
select pg_temp.sign_in('aaaaaaaa-0000-4000-8000-000000000001');
insert into answers select 'restored', pg_temp.exchange('900');
select is(answer -> 'reset', 'true', 'a device that knows more than the server starts over') from answers where said = 'restored';
select isnt(answer ->> 'epoch', (select answer ->> 'epoch' from answers where said = 'first'), 'in a new epoch')
  from answers where said = 'restored';

select * from finish();
rollback;
