-- Whose rows these are, and how far the exchange with that account's server has come. A profile of nobody
-- has no account and never asks. What was refused waits until its row is edited, here or elsewhere.

create table account (
    only_row   integer not null,
    server_url text    not null,
    user_id    text    not null,
    email      text    not null, -- as it was at the sign-in; only shown
    constraint account_pk primary key (only_row),
    constraint account_one_row check (only_row = 1)
) strict;

create table exchange (
    only_row       integer not null,
    epoch          text,                       -- which life of the server the cursor is of
    cursor         integer not null default 0, -- versions up to here are known
    known_schema   integer not null default 0, -- the schema with which the cursor was reached
    received_stamp text    not null default '000000000000000000000000', -- the greatest that the server has
    last_at        integer,                    -- when something was last exchanged
    waits          text    not null default '{}', -- what keeps the next exchange back
    constraint exchange_pk primary key (only_row),
    constraint exchange_one_row check (only_row = 1),
    constraint exchange_cursor_positive check (cursor >= 0),
    constraint exchange_waits_object check (json_type(waits) = 'object')
) strict;

insert into exchange (only_row) values (1);

-- How far the server's clock was ahead of this machine's when it answered last.
alter table logical_clock add column server_ahead_ms integer not null default 0;
