-- What a person set up. A row exists only for a value that was changed; going back to the default deletes
-- it, as any row is deleted. Keys and values that this version does not know are kept for the others.

create table settings (
    id         text    not null,
    value      text    not null, -- JSON
    deleted    integer not null,
    stamps     text    not null, -- field → stamp, for every field
    is_deleted integer generated always as (
        deleted = 1 and coalesce(stamps ->> 'deleted', '') >= coalesce(stamps ->> 'value', '')
    ) virtual,
    constraint settings_pk primary key (id),
    constraint settings_value_json check (json_valid(value)),
    constraint settings_value_length check (length(value) <= 4096),
    constraint settings_deleted_flag check (deleted in (0, 1)),
    constraint settings_stamps_object check (json_type(stamps) = 'object')
) strict;
