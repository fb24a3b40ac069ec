-- The sentence of a day, and what every process of this machine has to know of the machine. An
-- intention's id is the local date, so that two devices cannot make two for a day. `is_deleted` means
-- what it means for particles and projects. The device is never synced and never exported.

create table intentions (
    id         text    not null, -- yyyy-mm-dd
    text       text    not null, -- blank only where the text of an old tombstone was removed
    status     text    not null,
    project_id text,
    deleted    integer not null,
    stamps     text    not null, -- field → stamp, for every field
    is_deleted integer generated always as (
        deleted = 1 and coalesce(stamps ->> 'deleted', '') >= max(coalesce(stamps ->> 'text', ''),
                                                    coalesce(stamps ->> 'status', ''),
                                                    coalesce(stamps ->> 'project_id', ''))
    ) virtual,
    constraint intentions_pk primary key (id),
    constraint intentions_id_date check (date(id) is id),
    constraint intentions_text_length check (length(text) <= 200),
    constraint intentions_status_known check (status in ('open', 'done', 'partly', 'moved', 'let_go')),
    constraint intentions_deleted_flag check (deleted in (0, 1)),
    constraint intentions_stamps_object check (json_type(stamps) = 'object')
) strict;

create table device (
    only_row   integer not null,
    id         text    not null, -- made once, at random
    server_url text,
    server_key text,             -- the public key of the server, no secret
    constraint device_pk primary key (only_row),
    constraint device_one_row check (only_row = 1)
) strict;
