-- Push and pull in one request: the changes of a device in, a verdict on each and newer rows out.
--
-- The order of commits is the order of versions: with changes, the first statement locks the person's row
-- in `profiles`, and rows are read only by later statements, which see what the holder before committed.
-- Without changes nothing is locked; the counter is read first, and rows up to it are all committed.

-- Parsed where it is made, so its reader needs no access to the schema auth.
create or replace function private.user_id() returns uuid
    language sql stable set search_path = pg_catalog, pg_temp
    begin atomic
        return auth.uid();
    end;
comment on function private.user_id() is 'Particle: who asks.';

create or replace function private.server_time_ms() returns bigint
    language sql volatile set search_path = pg_catalog, pg_temp
as $$
    select (extract(epoch from clock_timestamp()) * 1000)::bigint
$$;
comment on function private.server_time_ms() is 'Particle: the server''s clock, Unix time in milliseconds.';

create or replace function private.last_stamp_at(moment_ms bigint) returns text
    language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select lpad(to_hex(moment_ms), 12, '0') || repeat('f', 12)
$$;
comment on function private.last_stamp_at(bigint) is 'Particle: the greatest stamp of a moment.';

create or replace function public.sync_about() returns jsonb
    language sql immutable set search_path = pg_catalog, pg_temp
as $$
    select jsonb '{"protocol": 1, "schema": 1}'
$$;
comment on function public.sync_about() is
    'Particle: of which version this is. Whoever tries a server before they sign in may know.';

create or replace function private.check_request(request jsonb) returns void
    language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
    changes_max       constant integer := 1000;
    -- A client sends 1 MiB at most; the database keeps the same in a little more.
    request_bytes_max constant integer := 2 * 1024 * 1024;
begin
    if jsonb_typeof(request) is distinct from 'object' then
        raise sqlstate 'PT400' using message = 'malformed_request', detail = 'The request is no object.';
    end if;
    -- Not 400: a client would look for the one change that is guilty.
    if request -> 'protocol' is distinct from '1' then
        raise sqlstate 'PT426' using message = 'protocol_unsupported', detail = 'This server speaks protocol 1.';
    end if;
    if (case when jsonb_typeof(request -> 'since') = 'string' then request ->> 'since' !~ '^[0-9]{1,18}$' else true end)
       or jsonb_typeof(request -> 'limit') <> 'number'
       or jsonb_typeof(request -> 'changes') <> 'array'
       or jsonb_typeof(request -> 'epoch') not in ('string', 'null') then
        raise sqlstate 'PT400' using message = 'malformed_request',
            detail = 'since is a string of digits, limit a number, changes a list, epoch a text or null.';
    end if;
    if jsonb_array_length(coalesce(request -> 'changes', '[]')) > changes_max
       or pg_column_size(request) > request_bytes_max then
        raise sqlstate 'PT413' using message = 'request_too_large',
            detail = format('A request has at most %s changes and %s bytes.', changes_max, request_bytes_max);
    end if;
end
$$;
comment on function private.check_request(jsonb) is 'Particle: refuses a whole request that has not the form of protocol 1.';

-- With `for update`, so that it is never null for an account that exists.
create or replace function private.lock_counter(the_user uuid) returns public.profiles
    language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
    counter public.profiles;
begin
    select user_id, tier, version, epoch, latest_stamp into counter
      from public.profiles where user_id = the_user for update;
    if not found then
        -- Rows may be there, if somebody removed the profile by hand: the new epoch tells the devices.
        insert into public.profiles (user_id, version)
        values (the_user, private.last_version(the_user))
            on conflict (user_id) do nothing;
        select user_id, tier, version, epoch, latest_stamp into counter
          from public.profiles where user_id = the_user for update;
    end if;
    return counter;
exception when foreign_key_violation then
    raise sqlstate 'PT401' using message = 'account_gone', detail = 'The account was deleted.';
end
$$;
comment on function private.lock_counter(uuid) is 'Particle: the person''s row in profiles, locked until the end of the transaction.';

create or replace function private.merge(
    the_user uuid, the_entity text, changes jsonb, since bigint, base bigint, clock_limit text
) returns private.merged
    language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
    merged       private.merged;
    broken_check text;
    reason       text;
begin
    execute format('select (result).* from private.%I($1, $2, $3, $4, $5) as result',
                   'merge_' || (select synced_table from private.entities where entity = the_entity))
       into merged
      using the_user, changes, since, base, clock_limit;
    return merged;
exception
    -- What the values of one row do wrong, and a row that stands in the request twice. Anything else,
    -- a deadlock above all, is no verdict: it ends the request, which is sent again.
    when data_exception or not_null_violation or check_violation or unique_violation then
        if jsonb_array_length(changes) > 1 then
            return private.merge_halves(the_user, the_entity, changes, since, base, clock_limit);
        end if;
        get stacked diagnostics broken_check = constraint_name, reason = message_text;
        merged.altered  := 0;
        merged.verdicts := jsonb_build_object(1, jsonb_build_object(
            'status', 'refused',
            -- PostgreSQL repeats what it could not read, however long it is.
            'message', left(reason, 200),
            'code', case when broken_check <> '' then broken_check
                         when sqlstate like '22%' then 'wrong_type'
                         else sqlstate
                    end));
        return merged;
end
$$;
comment on function private.merge(uuid, text, jsonb, bigint, bigint, text) is
    'Particle: merges the changes of one entity, and finds those that no merge can be made of.';

create or replace function private.merge_halves(
    the_user uuid, the_entity text, changes jsonb, since bigint, base bigint, clock_limit text
) returns private.merged
    language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
    middle constant integer := jsonb_array_length(changes) / 2;
    half   private.merged;
    rest   private.merged;
begin
    half := private.merge(
        the_user, the_entity,
        (select jsonb_agg(value order by ordinality) from jsonb_array_elements(changes) with ordinality
          where ordinality <= middle),
        since, base, clock_limit);
    rest := private.merge(
        the_user, the_entity,
        (select jsonb_agg(value order by ordinality) from jsonb_array_elements(changes) with ordinality
          where ordinality > middle),
        since, base + middle, clock_limit);
    half.altered      := half.altered + rest.altered;
    half.last_ordinal := greatest(half.last_ordinal, middle + rest.last_ordinal);
    half.latest       := greatest(half.latest collate "C", rest.latest);
    half.known        := half.known || rest.known;
    half.verdicts     := coalesce(half.verdicts, '{}')
                         || (select coalesce(jsonb_object_agg(middle + key::integer, value), '{}')
                               from jsonb_each(coalesce(rest.verdicts, '{}')));
    return half;
end
$$;
comment on function private.merge_halves(uuid, text, jsonb, bigint, bigint, text) is
    'Particle: merges the changes of one entity in two parts, one after the other.';

create or replace function private.push(counter public.profiles, changes jsonb, since bigint) returns private.merged
    language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
    ahead_max_ms constant bigint := bigint '300000';
    clock_limit  text := greatest(private.last_stamp_at(private.server_time_ms() + ahead_max_ms) collate "C",
                                  counter.latest_stamp collate "C");
    the_entity   text;
    pushed       private.merged;
    merged       private.merged;
begin
    pushed.altered := 0;
    select coalesce(jsonb_object_agg(ordinality, jsonb_build_object('status', 'refused', 'code',
               case when jsonb_typeof(value -> 'entity') = 'string' then 'unknown_entity' else 'malformed' end)), '{}')
      into pushed.verdicts
      from jsonb_array_elements(changes) with ordinality
     where not exists (select from private.entities where to_jsonb(entity) = value -> 'entity');

    for the_entity in select entity from private.entities
                       where to_jsonb(entity) in (select value -> 'entity' from jsonb_array_elements(changes)) loop
        merged := private.merge(counter.user_id, the_entity, changes, since, counter.version, clock_limit);
        pushed.altered      := pushed.altered + merged.altered;
        pushed.last_ordinal := greatest(pushed.last_ordinal, merged.last_ordinal);
        pushed.latest       := greatest(pushed.latest collate "C", merged.latest);
        pushed.known        := pushed.known || merged.known;
        pushed.verdicts     := pushed.verdicts || coalesce(merged.verdicts, '{}');
    end loop;

    if pushed.altered > 0 then
        update public.profiles
           set version      = counter.version + pushed.last_ordinal,
               latest_stamp = greatest(counter.latest_stamp collate "C", pushed.latest)
         where user_id = counter.user_id;
    end if;
    return pushed;
end
$$;
comment on function private.push(public.profiles, jsonb, bigint) is
    'Particle: merges the changes of a request, under the lock on the counter that it is given.';

create or replace function private.verdicts(changes jsonb, exceptions jsonb) returns jsonb
    language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
    return (select coalesce(jsonb_agg(
                case when exceptions ? ordinality::text
                     then jsonb_build_object(
                              'entity', case when jsonb_typeof(value -> 'entity') = 'string' then value -> 'entity' end,
                              'id',     case when jsonb_typeof(value -> 'id')     = 'string' then value -> 'id'     end)
                          || jsonb_strip_nulls(exceptions -> ordinality::text)
                     else jsonb_build_object('entity', value -> 'entity', 'id', value -> 'id', 'status', 'applied')
                end order by ordinality), '[]')
              from jsonb_array_elements(changes) with ordinality);
end
$$;
comment on function private.verdicts(jsonb, jsonb) is
    'Particle: the verdicts of a response, in the order of the request.';

-- No echo: of the known rows the sender has every field, as it had the row before or sent all of it.
create or replace function private.pull(counter public.profiles, since bigint, known bigint[], page_rows integer)
    returns jsonb
    language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
    page_bytes_max constant integer := 4 * 1024 * 1024;
    shown   jsonb;
    reached bigint;
    is_last boolean;
begin
    if since < counter.version then
        select jsonb_agg(page.shown order by page.version), max(page.version), bool_or(page.is_last)
          into shown, reached, is_last
          from private.page(counter.user_id, since, counter.version, known, page_rows, page_bytes_max) as page;
    end if;
    -- After the last row the whole way was gone, over the rows that were left out, too.
    return jsonb_build_object(
        'rows',   coalesce(shown, '[]'),
        'more',   not coalesce(is_last, true),
        'cursor', (case when coalesce(is_last, true) then counter.version else reached end)::text);
end
$$;
comment on function private.pull(public.profiles, bigint, bigint[], integer) is
    'Particle: rows, cursor and more of a response.';

create or replace function private.sync_exchange(request jsonb) returns jsonb
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    page_rows_max constant integer := 1000;
    me       uuid := private.user_id();
    changes  jsonb;
    since    bigint;
    counter  public.profiles;
    pushed   private.merged;
    is_reset boolean;
    pulled   jsonb := jsonb '{"rows": [], "more": false, "cursor": "0"}';
begin
    if me is null then
        raise insufficient_privilege using message = 'not_signed_in';
    end if;
    perform private.check_request(request);
    changes := coalesce(request -> 'changes', '[]');
    since   := (request ->> 'since')::bigint;

    if changes = '[]' then
        select user_id, tier, version, epoch, latest_stamp into counter from public.profiles where user_id = me;
    end if;
    if counter.user_id is null then
        counter := private.lock_counter(me);
    end if;

    -- A device that knows more than the server ever said: a backup was restored. Only the first one that
    -- notices begins a new epoch; the others come with the old one.
    if since > counter.version and request ->> 'epoch' = counter.epoch::text then
        update public.profiles set epoch = gen_random_uuid()
         where user_id = me and epoch = counter.epoch;
        select epoch into counter.epoch from public.profiles where user_id = me;
    end if;
    is_reset := request ->> 'epoch' is distinct from counter.epoch::text
                and (since > 0 or request ->> 'epoch' is not null);

    if changes <> '[]' then
        pushed := private.push(counter, changes, since);
        -- Who knew all there was and knows all that came now has nothing to pull.
        if since = counter.version and pushed.altered = coalesce(cardinality(pushed.known), 0) then
            since := since + coalesce(pushed.last_ordinal, 0);
        end if;
        counter.version := counter.version + coalesce(pushed.last_ordinal, 0);
    end if;
    if not is_reset then
        pulled := private.pull(counter, since, coalesce(pushed.known, '{}'),
                               greatest(1, least(page_rows_max, (request -> 'limit')::numeric))::integer);
    end if;
    return public.sync_about()
           || jsonb_build_object(
                  'epoch', counter.epoch, 'server_time', private.server_time_ms(), 'tier', counter.tier,
                  'reset', is_reset, 'verdicts', private.verdicts(changes, coalesce(pushed.verdicts, '{}')))
           || pulled;
end
$$;
comment on function private.sync_exchange(jsonb) is
    'Particle: what public.sync_exchange does, as a role that may write but is held by the policies.';

-- lock_timeout and statement_timeout apart: who waits for another request of the same person gives up
-- first. PostgREST sets statement_timeout before the call; inside of a running call it would be too late.
create or replace function public.sync_exchange(request jsonb) returns jsonb
    language sql volatile set search_path = pg_catalog, pg_temp set lock_timeout = '3s' set statement_timeout = '5s'
as $$
    select private.sync_exchange(request)
$$;
comment on function public.sync_exchange(jsonb) is
    'Particle: push and pull in one call. Takes the changes of a device, returns a verdict on each and the rows it does not know.';

grant usage  on schema private to authenticated, particle_sync;
grant select on private.entities to particle_sync;
revoke all on function
    private.user_id(), private.server_time_ms(), private.last_stamp_at(bigint), private.check_request(jsonb),
    private.lock_counter(uuid), private.merge(uuid, text, jsonb, bigint, bigint, text),
    private.merge_halves(uuid, text, jsonb, bigint, bigint, text),
    private.push(public.profiles, jsonb, bigint), private.verdicts(jsonb, jsonb),
    private.pull(public.profiles, bigint, bigint[], integer), private.sync_exchange(jsonb)
    from public;
grant execute on function
    private.user_id(), private.server_time_ms(), private.last_stamp_at(bigint), private.check_request(jsonb),
    private.lock_counter(uuid), private.merge(uuid, text, jsonb, bigint, bigint, text),
    private.merge_halves(uuid, text, jsonb, bigint, bigint, text),
    private.push(public.profiles, jsonb, bigint), private.verdicts(jsonb, jsonb),
    private.pull(public.profiles, bigint, bigint[], integer)
    to particle_sync;
grant execute on function private.sync_exchange(jsonb) to authenticated;
revoke all on function public.sync_exchange(jsonb), public.sync_about() from public, anon, service_role;
grant execute on function public.sync_exchange(jsonb) to authenticated;
grant execute on function public.sync_about() to anon, authenticated, particle_sync;

-- Who gives a function away needs the new owner to have the right to make one there, for that moment.
grant create on schema private to particle_sync;
alter function private.sync_exchange(jsonb) owner to particle_sync;
revoke create on schema private from particle_sync;
