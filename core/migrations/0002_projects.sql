-- Projects, and what a row that was deleted means: its `deleted` is true and that edit is the newest of
-- the row. A later edit of any other field, made here or elsewhere, brings the row back, so every query
-- asks `is_deleted` and none asks `deleted`. Stamps are texts of one width and order bytewise.

create table projects (
    id         text    not null,
    name       text    not null, -- blank only where the text of an old tombstone was removed
    brightness real    not null,
    archived   integer not null,
    deleted    integer not null,
    stamps     text    not null, -- field → stamp, for every field
    is_deleted integer generated always as (
        deleted = 1 and coalesce(stamps ->> 'deleted', '') >= max(coalesce(stamps ->> 'name', ''),
                                                    coalesce(stamps ->> 'brightness', ''),
                                                    coalesce(stamps ->> 'archived', ''))
    ) virtual,
    constraint projects_pk primary key (id),
    constraint projects_name_length check (length(name) <= 50),
    constraint projects_brightness_range check (brightness between 0.3 and 1.0),
    constraint projects_archived_flag check (archived in (0, 1)),
    constraint projects_deleted_flag check (deleted in (0, 1)),
    constraint projects_stamps_object check (json_type(stamps) = 'object')
) strict;

create index projects_by_name on projects (name);

alter table particles add column is_deleted integer generated always as (
    deleted = 1 and coalesce(stamps ->> 'deleted', '') >= max(coalesce(stamps ->> 'kind', ''),
                                                coalesce(stamps ->> 'time', ''),
                                                coalesce(stamps ->> 'task', ''),
                                                coalesce(stamps ->> 'project_id', ''),
                                                coalesce(stamps ->> 'preset', ''))
) virtual;

-- Lists go newest first. The first index also holds what a search looks at, so that a search reads rows
-- only where it finds something.
create index particles_kept on particles (started_at desc, id desc, kind, task) where is_deleted = 0;
create index particles_kept_by_project on particles (project_id, started_at desc, id desc) where is_deleted = 0;
create index particles_deleted on particles (started_at desc, id desc) where is_deleted = 1;

-- Nothing reads deleted and kept particles together.
drop index particles_by_start;
