-- How changes meet what is stored: per field the greater stamp wins, and an equal one changes nothing.
-- One function for each entity does it for many changes in one statement. They run inside of
-- private.sync_exchange, as its owner and under the lock on the person's row in `profiles`.

do $$
begin
    if to_regtype('private.merged') is null then
        create type private.merged as (
            altered      integer,  -- how many changes altered their rows
            last_ordinal integer,  -- the place of the last of those in the request
            latest       text,     -- the greatest stamp of those changes
            known        bigint[], -- versions of rows that the sender knows whole
            verdicts     jsonb     -- ordinal to verdict, where it is another than applied
        );
    end if;
end
$$;
comment on type private.merged is 'Particle: what became of the changes of one entity.';

create or replace function private.make_merge(the_entity text) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
as $make$
declare
    blanks jsonb;
begin
    select jsonb_build_object(
               'entity',   format('%L', entity),
               'table',    format('public.%I', synced_table),
               'function', format('private.%I', 'merge_' || synced_table))
      into strict blanks
      from private.entities where entity = the_entity;

    select blanks || jsonb_build_object(
               'fields',       string_agg(format('%L', field), ', '),
               'first fields', string_agg(format('%L', field), ', ') filter (where starred or field = 'deleted'),
               'own stamps',   string_agg(format('%L', field), ', ') filter (where not starred),
               'sent stamps',  string_agg(format('%s collate "C" as %I', format(stamp, 'stamps', 'star'), sent), ', '),
               'all sent',     string_agg(format('%I', sent), ', '),
               'mismatch',     string_agg(mismatch, ' or '),
               'stamps',       string_agg(format('stamps ->> %L', field), ', '),
               'other length', string_agg(format('length(stamps ->> %L) <> 24', field), ' or '),
               'wrong type',   string_agg(wrong_type, ' or '),
               'parts',        string_agg(parts, ' '),
               'wins',         string_agg(format('coalesce(%I > coalesce(%s, ''''), false) as %I',
                                                 sent, format(stamp, 'stored.stamps', 'stored.star'), wins), ', '),
               'any wins',     string_agg(format('%I', wins), ' or '),
               'all sent win', string_agg(format('(not fields ? %L or %I)', field, wins), ' and '),
               'new stamps',   string_agg(format('%L, case when %I then %I end', field, wins, sent), ', '))
      into strict blanks
      from (select field, starred, stamp, mismatch, wrong_type, parts, 'sent_' || field as sent, 'wins_' || field as wins
              from private.field_sql where entity = the_entity order by place) as declared;

    select blanks || jsonb_build_object(
               'columns',      string_agg(format('%I', column_name), ', '),
               'given values', string_agg(format('%s as %I', given, given_name), ', '),
               'given',        string_agg(case when sql_default is null then format('%I', given_name)
                                               else format('case when fields ? %L then %I else %s end',
                                                           field, given_name, sql_default)
                                          end, ', '),
               'overwrite',    string_agg(format('%1$I = case when %2$I then %3$I else kept.%1$I end',
                                                 column_name, 'wins_' || field, given_name), ', '))
      into strict blanks
      from (select field, column_name, given, sql_default, 'given_' || column_name as given_name
              from private.column_sql where entity = the_entity order by place, ordinal) as declared;

    execute private.fill($function$
        create or replace function {function}(
            the_user uuid, changes jsonb, since bigint, base bigint, clock_limit text
        ) returns private.merged
            language plpgsql volatile set search_path = pg_catalog, pg_temp
        as $body$
        declare
            result      private.merged;
            is_repeated boolean;
        begin
            with sent as materialized (
                select ordinal, id, fields, stamps, {sent stamps}, {given values},
                       case when id is null or fields is null or jsonb_typeof(given_stamps) is distinct from 'object'
                            then 'malformed'
                            when fields - array[{fields}]      <> '{}'
                              or given_stamps - array['*', {fields}] <> '{}' then 'unknown_field'
                            -- Cheaper than a pattern by half, and this runs for every row of every request.
                            when stamps is null or length(star) <> 24 or {other length}
                              or ltrim(concat(star, {stamps}), '0123456789abcdef') <> '' then 'invalid_stamp'
                            when not (fields ?& array[{fields}] and stamps ?& array['*', {own stamps}])
                                 and ({mismatch}) then 'stamps_mismatch'
                            when {wrong type} then 'wrong_type'
                       end as fault
                  -- Text is only taken from what is a string: see private.column_sql.
                  from (select ordinal, given_stamps, stamps, stamps ->> '*' as star,
                               case when jsonb_typeof(value -> 'id')     = 'string' then value ->> 'id'    end as id,
                               case when jsonb_typeof(value -> 'fields') = 'object' then value -> 'fields' end as fields
                          from (select ordinality::integer as ordinal, value, value -> 'stamps' as given_stamps,
                                       case when jsonb_typeof(value -> 'stamps') = 'object'
                                             and not value -> 'stamps' @? 'strict $.* ? (@.type() <> "string")'
                                            then value -> 'stamps'
                                       end as stamps
                                  from jsonb_array_elements(changes) with ordinality
                                 where value -> 'entity' = to_jsonb({entity}::text)
                                offset 0) as element
                        offset 0) as given
                       {parts}
            ), met as (
                select sent.*, stored.version is null as is_new, stored.version as version_before,
                       greatest({all sent}) as latest, {wins}
                  from sent
                  -- One probe of the primary key for each change, whatever the planner thinks of the table.
                  left join lateral (select kept.stamps, kept.stamps ->> '*' as star, kept.version
                                       from {table} as kept
                                      where kept.user_id = the_user and kept.id = sent.id
                                      limit 1) as stored on true
            ), judged as (
                select met.*,
                       case when fault is not null then 'refused'
                            when latest > clock_limit then 'clock'
                            when is_new and not fields ?& array[{first fields}] then 'incomplete'
                            when {any wins} then 'altered'
                            else 'as before'
                       end as outcome
                  from met
            ), inserted as (
                insert into {table} (user_id, id, {columns}, stamps, version)
                select the_user, id, {given}, stamps, base + ordinal
                  from judged
                 where outcome = 'altered' and is_new
            ), updated as (
                update {table} as kept
                   set {overwrite},
                       stamps  = kept.stamps || jsonb_strip_nulls(jsonb_build_object({new stamps})),
                       version = base + ordinal
                  from judged
                 where outcome = 'altered' and not is_new
                   and kept.user_id = the_user and kept.id = judged.id
            )
            select (count(*) filter (where outcome = 'altered'))::integer,
                   max(ordinal) filter (where outcome = 'altered'),
                   max(latest)  filter (where outcome = 'altered'),
                   array_agg(base + ordinal) filter (
                       where outcome = 'altered' and ({all sent win}) and coalesce(version_before, 0) <= since),
                   jsonb_object_agg(ordinal, jsonb_build_object('status', outcome, 'code', fault)) filter (
                       where outcome not in ('altered', 'as before')),
                   count(id) > count(distinct id collate "C")
              into result.altered, result.last_ordinal, result.latest, result.known, result.verdicts, is_repeated
              from judged;
            -- Each change was compared with the row before the request, so a second one of a row would not
            -- know of the first. Who catches this merges them one after the other.
            if is_repeated then
                raise unique_violation using message = 'A row stands in the request twice.';
            end if;
            return result;
        end
        $body$;
        comment on function {function}(uuid, jsonb, bigint, bigint, text) is 'Particle: made by private.make_merge(text).';
        revoke all on function {function}(uuid, jsonb, bigint, bigint, text) from public;
        grant execute on function {function}(uuid, jsonb, bigint, bigint, text) to particle_sync;
    $function$, blanks);
end
$make$;
comment on function private.make_merge(text) is 'Particle: makes the function that merges changes of one entity.';
