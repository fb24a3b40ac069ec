-- Writes that do not come through sync_exchange: the dashboard, SQL, a program with the secret key. They
-- get a version and stamps like any change, so every device hears of them.

create or replace function private.stamp_foreign_write() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    counter    public.profiles := private.lock_counter(new.user_id);
    before     jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
    after      jsonb := to_jsonb(new);
    tag        constant text := 'ffffffff';
    now_ms     bigint := private.server_time_ms();
    last_ms    bigint;
    last_count integer;
    latest     text;
    stamp      text;
    changed    text[];
begin
    if tg_op = 'UPDATE' and (old.user_id, old.id) is distinct from (new.user_id, new.id) then
        raise exception 'A row keeps its id and its person; delete it and make another.'
            using errcode = 'check_violation';
    end if;
    select array_agg(field) into changed
      from private.fields
      join private.entities using (entity)
     where synced_table = tg_table_name
       and exists (select from unnest(columns) as name where before -> name is distinct from after -> name);
    if changed is null then
        new.stamps := old.stamps;
        new.version := old.version;
        return new;
    end if;

    -- The next tick of a clock that has seen every stamp of this person.
    latest := greatest(counter.latest_stamp collate "C",
                       (select max(value collate "C") from jsonb_each_text(before -> 'stamps')));
    last_ms    := coalesce(('x' || lpad(nullif(left(latest, 12), ''), 16, '0'))::bit(64)::bigint, 0);
    last_count := coalesce(('x' || lpad(nullif(substr(latest, 13, 4), ''), 8, '0'))::bit(32)::integer, 0);
    stamp := case when now_ms > last_ms      then lpad(to_hex(now_ms), 12, '0') || '0000'
                  when last_count < 65535    then lpad(to_hex(last_ms), 12, '0') || lpad(to_hex(last_count + 1), 4, '0')
                  else lpad(to_hex(last_ms + 1), 12, '0') || '0000'
             end || tag;

    new.stamps  := coalesce(before -> 'stamps', '{}')
                   || (select jsonb_object_agg(field, stamp) from unnest(changed) as field);
    new.version := counter.version + 1;
    update public.profiles
       set version = new.version, latest_stamp = stamp
     where user_id = new.user_id;
    return new;
end
$$;
comment on function private.stamp_foreign_write() is
    'Particle: gives a write from elsewhere the next version, and its fields a stamp greater than all before.';

create or replace function private.keep_deleted_row() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- With the account everything goes, and nobody is left to be told.
    if not exists (select from auth.users where id = old.user_id) then
        return old;
    end if;
    -- A row that an edit brought back is marked as deleted still, with a stamp that no longer counts.
    if old.deleted then
        execute format('update public.%I set deleted = false where user_id = $1 and id = $2
                            and exists (select from jsonb_each_text(stamps) as field
                                         where field.value collate "C" > stamps ->> ''deleted'')', tg_table_name)
          using old.user_id, old.id;
    end if;
    execute format('update public.%I set deleted = true where user_id = $1 and id = $2', tg_table_name)
      using old.user_id, old.id;
    return null;
end
$$;
comment on function private.keep_deleted_row() is
    'Particle: turns a DELETE into a deletion that the devices hear of.';

create or replace function private.refuse_truncate() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'Rows of % are deleted by DELETE, so that the devices hear of it.', tg_table_name
        using errcode = 'feature_not_supported';
end
$$;
comment on function private.refuse_truncate() is 'Particle: a TRUNCATE would leave the devices behind.';

do $$
declare
    synced text;
begin
    for synced in select synced_table from private.entities loop
        execute format('create or replace trigger foreign_writes_are_stamped
                            before insert or update on public.%I for each row
                            when (current_user <> ''particle_sync'')
                            execute function private.stamp_foreign_write()', synced);
        execute format('create or replace trigger deleted_rows_are_kept
                            before delete on public.%I for each row
                            execute function private.keep_deleted_row()', synced);
        execute format('create or replace trigger truncate_is_refused
                            before truncate on public.%I
                            execute function private.refuse_truncate()', synced);
    end loop;
end
$$;

revoke all on function private.stamp_foreign_write(), private.keep_deleted_row(), private.refuse_truncate()
    from public;
