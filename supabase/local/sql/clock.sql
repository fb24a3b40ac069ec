-- The server's clock, moved by what the REST door says for each transaction. The migrations read
-- the clock at this one place, and only this place is replaced.

select to_regprocedure('private.server_time_ms()') is not null as has_clock \gset
\if :has_clock
create or replace function private.server_time_ms() returns bigint
    language sql volatile set search_path = ''
as $$
    select (extract(epoch from clock_timestamp()) * 1000)::bigint
        + coalesce(nullif(current_setting('local.clock_offset_ms', true), ''), '0')::bigint;
$$;
\endif
