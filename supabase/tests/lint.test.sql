-- plpgsql_check reads every function, those that are made from the declared fields and those behind
-- triggers, too. A plain call of each would miss what stands in a branch that was not taken.

begin;
set local client_min_messages = warning;
create extension if not exists plpgsql_check with schema extensions;
select plan(2);
set local search_path = extensions;

create temporary table justified (signature text, message text) on commit drop;
insert into justified
values -- Its result has the type of the functions that private.make_merge makes; they are checked by themselves.
       ('private.merge(uuid,text,jsonb,bigint,bigint,text)', 'cannot determinate a result of dynamic SQL'),
       -- Put together by format() from private.entities and private.fields, which a migration fills.
       ('private.make_page()', 'text type variable is not sanitized');

create temporary table ours on commit drop as
select pg_proc.oid::regprocedure as signature, coalesce(tgrelid, 0) as relation
  from pg_proc
  join pg_language on pg_language.oid = prolang and lanname = 'plpgsql'
  left join (select distinct tgfoid, tgrelid from pg_trigger where not tgisinternal) as used on tgfoid = pg_proc.oid
 where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
   and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e');

select cmp_ok((select count(distinct signature) from ours), '>=', 20::bigint, 'the functions are there');
select is_empty($$
    select signature, lineno, level, message, detail
      from ours
     cross join plpgsql_check_function_tb(signature, relation, all_warnings => true) as found
     where not exists (select from justified
                        where justified.signature = ours.signature::text and justified.message = found.message)
$$, 'plpgsql_check finds nothing in them');

select * from finish();
rollback;
