-- How far the first upload of a history is. A mark that is made later has a greater position, so what is left
-- of those up to the last one only becomes less.

alter table exchange add column upload_last  integer;
alter table exchange add column upload_total integer not null default 0;
