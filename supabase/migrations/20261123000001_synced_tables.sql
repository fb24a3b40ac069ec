-- What is kept for a person: one row of `profiles`, and the synced rows with a stamp for each field.
--
-- No check spans two fields and no synced table refers to another: rows and fields arrive in any order,
-- and a merge of two valid edits must always be valid. Ids are text, as on the wire.

create schema if not exists private;
comment on schema private is 'Particle: what the functions in public stand on. Not exposed over HTTP.';
revoke all on schema private from public;

-- Owns the one function that writes. It owns no table and cannot pass by row level security, so the
-- policies hold inside of that function, too.
do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'particle_sync') then
        create role particle_sync nologin noinherit nobypassrls;
    end if;
end
$$;
comment on role particle_sync is 'Particle: writes synced rows inside private.sync_exchange, under row level security.';
-- Who gives a function away has to belong to the role that gets it.
grant particle_sync to postgres;

create table if not exists public.profiles (
    user_id      uuid   not null,
    tier         text   not null default 'free',
    version      bigint not null default 0,
    epoch        uuid   not null default gen_random_uuid(),
    latest_stamp text   not null default '' collate "C",
    constraint profiles_pk primary key (user_id),
    constraint profiles_user_known foreign key (user_id) references auth.users (id) on delete cascade,
    constraint profiles_tier_known check (tier in ('free', 'flow'))
);
comment on table  public.profiles is 'Particle: one row for each account. Its lock orders the writers of one person.';
comment on column public.profiles.tier is 'What the person subscribed to. Shown, never asked by sync.';
comment on column public.profiles.version is 'The version given last. Each changed row takes the next.';
comment on column public.profiles.epoch is 'Changes when versions start over, as after a restored backup.';
comment on column public.profiles.latest_stamp is 'The greatest stamp of any row of this person.';

create table if not exists public.particles (
    user_id            uuid    not null,
    id                 text    not null collate "C",
    kind               text    not null,
    started_at         bigint  not null,
    ended_at           bigint  not null,
    planned_seconds    integer not null,
    duration_seconds   integer not null,
    overflow_seconds   integer not null,
    utc_offset_minutes integer not null,
    task               text    not null default '',
    project_id         text    collate "C",
    preset             text    not null default 'classic',
    deleted            boolean not null default false,
    stamps             jsonb   not null default '{}',
    version            bigint  not null default 0,
    constraint particles_pk primary key (user_id, id),
    constraint particles_user_known foreign key (user_id) references auth.users (id) on delete cascade,
    constraint particles_id_uuid check (id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
    constraint particles_kind_known check (kind in ('focus', 'short_break', 'long_break')),
    constraint particles_started_at_range check (started_at >= 0),
    constraint particles_ended_at_range check (ended_at < 253402300800000),
    constraint particles_end_after_start check (ended_at >= started_at),
    constraint particles_planned_range check (planned_seconds between 0 and 86400),
    constraint particles_duration_range check (duration_seconds between 0 and 86400),
    constraint particles_overflow_within_duration check (overflow_seconds between 0 and duration_seconds),
    constraint particles_offset_range check (utc_offset_minutes between -1080 and 1080),
    constraint particles_task_length check (char_length(task) <= 200),
    constraint particles_project_uuid check (project_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
    constraint particles_preset_known check (preset in ('classic', 'deep_work', 'ultradian', 'custom'))
);
comment on table  public.particles is 'Particle: finished stretches of focus, and breaks that ran.';
comment on column public.particles.started_at is 'Unix time in milliseconds, as ended_at. The six columns of time are one field.';
comment on column public.particles.duration_seconds is 'Time spent, pauses excluded, overflow included.';
comment on column public.particles.overflow_seconds is 'The part of the duration beyond the plan.';
comment on column public.particles.utc_offset_minutes is 'Minutes east of UTC where the person was at the end.';
comment on column public.particles.project_id is 'May name a project that has not arrived yet; never nulled.';
comment on column public.particles.stamps is 'Field to stamp; "*" stands for all fields but deleted that have no stamp of their own.';
comment on column public.particles.version is 'The place of the row''s last change in the order of this person''s changes.';

create table if not exists public.projects (
    user_id    uuid             not null,
    id         text             not null collate "C",
    name       text             not null,
    brightness double precision not null default 1.0,
    archived   boolean          not null default false,
    deleted    boolean          not null default false,
    stamps     jsonb            not null default '{}',
    version    bigint           not null default 0,
    constraint projects_pk primary key (user_id, id),
    constraint projects_user_known foreign key (user_id) references auth.users (id) on delete cascade,
    constraint projects_id_uuid check (id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
    constraint projects_name_length check (char_length(name) <= 50),
    constraint projects_brightness_range check (brightness between 0.3 and 1.0)
);
comment on table  public.projects is 'Particle: what people focus on. Names need not be unique.';
comment on column public.projects.name is 'At most 50 characters; empty only where an old deletion was blanked.';
comment on column public.projects.brightness is 'The grey of its dots, 0.3 to 1.';

create table if not exists public.intentions (
    user_id    uuid    not null,
    id         text    not null collate "C",
    text       text    not null,
    status     text    not null default 'open',
    project_id text    collate "C",
    deleted    boolean not null default false,
    stamps     jsonb   not null default '{}',
    version    bigint  not null default 0,
    constraint intentions_pk primary key (user_id, id),
    constraint intentions_user_known foreign key (user_id) references auth.users (id) on delete cascade,
    constraint intentions_id_date check (
        case when id ~ '^[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}$' and id >= '0001'
             then right(id, 2)::integer between 1 and extract(
                      day from make_date(left(id, 4)::integer, substr(id, 6, 2)::integer, 1) + interval '1 month - 1 day')
             else false
        end),
    constraint intentions_text_length check (char_length(text) <= 200),
    constraint intentions_status_known check (status in ('open', 'done', 'partly', 'moved', 'let_go')),
    constraint intentions_project_uuid check (project_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
);
comment on table  public.intentions is 'Particle: one sentence for a day.';
comment on column public.intentions.id is 'The local date, so that two devices cannot make two for a day.';

create table if not exists public.settings (
    user_id uuid    not null,
    id      text    not null collate "C",
    value   jsonb   not null,
    deleted boolean not null default false,
    stamps  jsonb   not null default '{}',
    version bigint  not null default 0,
    constraint settings_pk primary key (user_id, id),
    constraint settings_user_known foreign key (user_id) references auth.users (id) on delete cascade,
    constraint settings_id_key check (id ~ '^[a-z][a-z0-9_.]{0,63}$'),
    -- A reader of JSON need not go deeper.
    constraint settings_value_depth check (not value @? 'strict $.**{64}'),
    -- A number of ten bytes can have 131,072 digits as text: the cheap questions first.
    constraint settings_value_size check (
        case when pg_column_size(value) > 4 * 4096 then false
             when value @? 'strict $.** ? (@.type() == "number" && (@ > 1e30 || @ < -1e30))' then false
             else octet_length(value::text) <= 4096
        end)
);
comment on table  public.settings is 'Particle: settings that follow a person. A row exists only for a value that was changed.';

create index if not exists particles_by_version  on public.particles  (user_id, version);
create index if not exists projects_by_version   on public.projects   (user_id, version);
create index if not exists intentions_by_version on public.intentions (user_id, version);
create index if not exists settings_by_version   on public.settings   (user_id, version);

-- A new Supabase project lets everybody do everything to new tables in public and leaves the rest to
-- the policies. Here the grants say no as well: people read their own rows, and only the function writes.
revoke all on public.profiles, public.particles, public.projects, public.intentions, public.settings
    from public, anon, authenticated;
grant select on public.profiles, public.particles, public.projects, public.intentions, public.settings
    to authenticated;
grant select, insert, update on public.profiles, public.particles, public.projects, public.intentions, public.settings
    to particle_sync;
-- The tier is not the function's business.
revoke insert, update on public.profiles from particle_sync;
grant insert (user_id, version, latest_stamp), update (version, epoch, latest_stamp) on public.profiles
    to particle_sync;

do $$
declare
    synced text;
begin
    foreach synced in array array['profiles', 'particles', 'projects', 'intentions', 'settings'] loop
        execute format('alter table public.%I enable row level security', synced);
        execute format('drop policy if exists people_read_their_own on public.%I', synced);
        execute format('create policy people_read_their_own on public.%I
                            for select to authenticated
                            using (user_id = (select auth.uid()))', synced);
        execute format('drop policy if exists sync_is_within_one_account on public.%I', synced);
        execute format('create policy sync_is_within_one_account on public.%I
                            for all to particle_sync
                            using (user_id = (select auth.uid()))
                            with check (user_id = (select auth.uid()))', synced);
    end loop;
end
$$;
