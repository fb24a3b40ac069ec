-- What a device is told: rows of every entity in the order of their versions, a page at a time.

create or replace function private.make_page() returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $make$
declare
    branches text;
    versions text;
begin
    select string_agg(format($branch$
                (select kept.version,
                        jsonb_build_object('entity', %1$L, 'id', kept.id, 'version', kept.version::text,
                                           'fields', jsonb_build_object(%3$s), 'stamps', kept.stamps) as shown
                   from public.%2$I as kept
                  where kept.user_id = the_user
                    and kept.version > since
                    and kept.version <= until
                    and kept.version <> all (known)
                  order by kept.version
                  limit size + 1)$branch$,
               declared.entity, declared.synced_table, declared.shown), ' union all ' order by declared.entity)
      into strict branches
      from (
           select entities.entity, entities.synced_table,
                  string_agg(format('%L, %s', fields.field,
                      case when fields.shape = 'integers'
                           then format('jsonb_build_object(%s)',
                                       (select string_agg(format('%1$L, kept.%1$I', name), ', ')
                                          from unnest(fields.columns) as name))
                           else format('kept.%I', fields.columns[1])
                      end), ', ' order by fields.place) as shown
             from private.entities
             join private.fields using (entity)
            group by entities.entity, entities.synced_table
           ) as declared;

    select string_agg(format('select version from public.%I where user_id = the_user', synced_table), ' union all ')
      into strict versions
      from private.entities;

    execute format($function$
        create or replace function private.last_version(the_user uuid) returns bigint
            language plpgsql stable set search_path = pg_catalog, pg_temp
        as $body$
        begin
            return (select coalesce(max(version), 0) from (%s) as kept);
        end
        $body$
    $function$, versions);

    -- All tables in one statement: two would see two moments.
    execute format($function$
        create or replace function private.page(
            the_user uuid, since bigint, until bigint, known bigint[], size integer, bytes integer
        ) returns table (version bigint, shown jsonb, is_last boolean)
            language plpgsql stable set search_path = pg_catalog, pg_temp
        as $body$
        #variable_conflict use_column
        begin
            return query
            with candidate as (
                select unioned.version, unioned.shown,
                       row_number() over (order by unioned.version) as place,
                       sum(pg_column_size(unioned.shown)) over (order by unioned.version) as weight,
                       lead(unioned.version) over (order by unioned.version) is null as is_last
                  from (%s) as unioned
            )
            select candidate.version, candidate.shown, candidate.is_last
              from candidate
             where candidate.place = 1
                or candidate.place <= size and candidate.weight <= bytes
             order by candidate.version;
        end
        $body$
    $function$, branches);
end
$make$;
comment on function private.make_page() is 'Particle: makes the functions that read the rows of all entities.';

create or replace function private.make_sync_functions() returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.make_merge(entity) from private.entities;
    perform private.make_page();
end
$$;
comment on function private.make_sync_functions() is
    'Particle: to be called after a change of private.entities or private.fields.';

select private.make_sync_functions();
comment on function private.page(uuid, bigint, bigint, bigint[], integer, integer) is
    'Particle: made by private.make_page(). Rows with since < version <= until but for the known ones, until a limit of rows or of bytes.';
comment on function private.last_version(uuid) is
    'Particle: made by private.make_page(). The greatest version of any row of a person.';
revoke all on function private.page(uuid, bigint, bigint, bigint[], integer, integer), private.last_version(uuid)
    from public;
grant execute on function private.page(uuid, bigint, bigint, bigint[], integer, integer), private.last_version(uuid)
    to particle_sync;
revoke all on function private.fill(text, jsonb), private.make_merge(text), private.make_page(),
    private.make_sync_functions() from public;
