-- What the first release keeps: particles, what of them no server has answered for yet, the running
-- timer, and the logical clock that stamps every change. No foreign keys: rows of different entities
-- arrive in any order.

create table particles (
    id                 text    not null,
    kind               text    not null,
    started_at         integer not null, -- Unix time in milliseconds, as every moment here
    ended_at           integer not null,
    planned_seconds    integer not null,
    duration_seconds   integer not null,
    overflow_seconds   integer not null,
    utc_offset_minutes integer not null,
    task               text    not null,
    project_id         text,
    preset             text    not null,
    deleted            integer not null,
    stamps             text    not null, -- field → stamp, for every field
    constraint particles_pk primary key (id),
    constraint particles_kind_known check (kind in ('focus', 'short_break', 'long_break')),
    constraint particles_preset_known check (preset in ('classic', 'deep_work', 'ultradian', 'custom')),
    constraint particles_end_after_start check (ended_at >= started_at),
    constraint particles_planned_range check (planned_seconds between 0 and 86400),
    constraint particles_duration_range check (duration_seconds between 0 and 86400),
    constraint particles_overflow_within_duration check (overflow_seconds between 0 and duration_seconds),
    constraint particles_offset_range check (utc_offset_minutes between -1080 and 1080),
    constraint particles_task_length check (length(task) <= 200),
    constraint particles_deleted_flag check (deleted in (0, 1)),
    constraint particles_stamps_object check (json_type(stamps) = 'object')
) strict;

create index particles_by_start on particles (started_at desc, id desc);

create table outbox (
    position integer not null, -- the order of first change
    entity   text    not null,
    row_id   text    not null,
    fields   text    not null, -- the names of the dirty fields; values and stamps are the row's
    attempts integer not null default 0,
    refusal  text,             -- {code, message} of the last refusal
    constraint outbox_pk primary key (position),
    constraint outbox_one_per_row unique (entity, row_id),
    constraint outbox_fields_array check (json_type(fields) = 'array')
) strict;

create table timer (
    only_row integer not null,
    version  integer not null, -- grows when the timer moves to another state
    state    text    not null,
    length   integer not null, -- minutes of the next focus
    constraint timer_pk primary key (only_row),
    constraint timer_one_row check (only_row = 1),
    constraint timer_state_object check (json_type(state) = 'object')
) strict;

insert into timer (only_row, version, state, length)
values (1, 0, '{"state":"idle"}', 25);

create table logical_clock (
    only_row   integer not null,
    last_stamp text    not null, -- the greatest stamp ever given or seen here
    constraint logical_clock_pk primary key (only_row),
    constraint logical_clock_one_row check (only_row = 1)
) strict;

insert into logical_clock (only_row, last_stamp)
values (1, '000000000000000000000000');
