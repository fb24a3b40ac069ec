-- What is synced, declared once: its entities, and of each the fields with their columns. The functions
-- that merge and that read a page are made from this declaration, so a new field is a row here, a column
-- with a default, a call of private.make_sync_functions(), and the next `schema` in public.sync_about,
-- by which a client tells what the server knows.

create table if not exists private.entities (
    entity       text not null,
    synced_table text not null,
    constraint entities_pk primary key (entity)
);
comment on table private.entities is 'Particle: the words of the wire and their tables.';

create table if not exists private.fields (
    entity  text    not null,
    field   text    not null,
    place   integer not null,
    shape   text    not null,
    columns text[]  not null,
    starred boolean not null,
    constraint fields_pk primary key (entity, field),
    constraint fields_entity_known foreign key (entity) references private.entities (entity),
    constraint fields_shape_known check (shape in ('text', 'text or null', 'boolean', 'number', 'integers', 'json'))
);
comment on table  private.fields is 'Particle: what is edited as one and carries one stamp.';
comment on column private.fields.shape is 'How the value looks on the wire; integers: an object with a whole number for each column.';
comment on column private.fields.starred is
    'Whether "*" in the stamps stands for it, too. True for the fields of the first release but deleted, and for no other.';

insert into private.entities (entity, synced_table)
values ('particle',  'particles'),
       ('project',   'projects'),
       ('intention', 'intentions'),
       ('setting',   'settings')
    on conflict (entity) do nothing;

insert into private.fields (entity, field, place, shape, columns, starred)
values ('particle',  'kind',       1, 'text',         '{kind}',       true),
       ('particle',  'time',       2, 'integers',     '{started_at, ended_at, planned_seconds, duration_seconds,
                                                        overflow_seconds, utc_offset_minutes}', true),
       ('particle',  'task',       3, 'text',         '{task}',       true),
       ('particle',  'project_id', 4, 'text or null', '{project_id}', true),
       ('particle',  'preset',     5, 'text',         '{preset}',     true),
       ('particle',  'deleted',    6, 'boolean',      '{deleted}',    false),
       ('project',   'name',       1, 'text',         '{name}',       true),
       ('project',   'brightness', 2, 'number',       '{brightness}', true),
       ('project',   'archived',   3, 'boolean',      '{archived}',   true),
       ('project',   'deleted',    4, 'boolean',      '{deleted}',    false),
       ('intention', 'text',       1, 'text',         '{text}',       true),
       ('intention', 'status',     2, 'text',         '{status}',     true),
       ('intention', 'project_id', 3, 'text or null', '{project_id}', true),
       ('intention', 'deleted',    4, 'boolean',      '{deleted}',    false),
       ('setting',   'value',      1, 'json',         '{value}',      true),
       ('setting',   'deleted',    2, 'boolean',      '{deleted}',    false)
    on conflict (entity, field) do nothing;

-- SQL for each column of each field: how it is read from `fields` of a change. Text is only taken from
-- what is a string: a number of ten bytes can have 131,072 digits as text.
create or replace view private.column_sql with (security_invoker = true) as
select fields.entity, fields.field, fields.place, part.ordinal, part.name as column_name,
       case fields.shape
           when 'text'         then format('case when jsonb_typeof(fields -> %1$L) = ''string'' then fields ->> %1$L end',
                                      fields.field)
           when 'text or null' then format('case when jsonb_typeof(fields -> %1$L) = ''string'' then fields ->> %1$L end',
                                      fields.field)
           when 'json'         then format('fields -> %L', fields.field)
           when 'integers'     then format('%I.%I', 'parts_of_' || fields.field, part.name)
           -- From jsonb these casts are strict: text is no number and no boolean.
           else                     format('(fields -> %L)::%s', fields.field, typed.sql_type)
       end as given,
       -- What a row gets from a client that is older than the field; the first release always sends all.
       case when not fields.starred and fields.field <> 'deleted' then coalesce(typed.sql_default, 'null')
       end as sql_default,
       typed.sql_type
  from private.fields
  join private.entities using (entity)
 cross join unnest(fields.columns) with ordinality as part (name, ordinal)
  join lateral (
       select format_type(attribute.atttypid, attribute.atttypmod) as sql_type,
              pg_get_expr(preset.adbin, preset.adrelid) as sql_default
         from pg_catalog.pg_attribute as attribute
         left join pg_catalog.pg_attrdef as preset
           on preset.adrelid = attribute.attrelid and preset.adnum = attribute.attnum
        where attribute.attrelid = format('public.%I', entities.synced_table)::regclass
          and attribute.attname  = part.name
       ) as typed on true;
comment on view private.column_sql is 'Particle: SQL for the columns of the declared fields.';

-- SQL for each field: its stamp; whether a change and its stamps name it alike; whether its value has
-- another shape than declared; and, for a field of several columns, how to take it apart.
create or replace view private.field_sql with (security_invoker = true) as
select fields.entity, fields.field, fields.place, fields.starred,
       -- A template: for the stamps of a change or of a row, and what "*" is among them.
       case when starred then format('coalesce(%%1$s ->> %1$L, %%2$s)', fields.field)
            else format('(%%1$s ->> %1$L)', fields.field)
       end as stamp,
       case when starred then format('fields ? %1$L <> stamps ?| array[%1$L, ''*'']', fields.field)
            else format('fields ? %1$L <> stamps ? %1$L', fields.field)
       end as mismatch,
       case fields.shape
           when 'text'         then format('jsonb_typeof(fields -> %L) <> ''string''', fields.field)
           when 'text or null' then format('jsonb_typeof(fields -> %L) not in (''string'', ''null'')', fields.field)
           -- A missing key, a key too many and a broken number all differ from what was read.
           when 'integers'     then format('fields ? %1$L and fields -> %1$L is distinct from to_jsonb(%2$I)',
                                           fields.field, 'parts_of_' || fields.field)
           when 'json'         then 'false'
           else                     format('jsonb_typeof(fields -> %L) <> %L', fields.field, fields.shape)
       end as wrong_type,
       case fields.shape
           when 'integers'
           then format('left join lateral jsonb_to_record(
                            case when not fields -> %1$L @? ''strict $.* ? (@.type() <> "number")'' then fields -> %1$L end
                        ) as %2$I (%3$s) on true',
                       fields.field, 'parts_of_' || fields.field,
                       (select string_agg(format('%I %s', column_name, sql_type), ', ' order by ordinal)
                          from private.column_sql as parts
                         where (parts.entity, parts.field) = (fields.entity, fields.field)))
           else ''
       end as parts
  from private.fields;
comment on view private.field_sql is 'Particle: SQL for the declared fields.';

create or replace function private.fill(template text, blanks jsonb) returns text
    language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
    blank record;
begin
    for blank in select key, value from jsonb_each_text(blanks) loop
        template := replace(template, '{' || blank.key || '}', blank.value);
    end loop;
    return template;
end
$$;
comment on function private.fill(text, jsonb) is 'Particle: a template with its {blanks} filled in.';
