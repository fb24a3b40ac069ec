-- Which schema the server had when it answered last: what it did not know is sent again when that grows.

alter table exchange add column server_schema integer not null default 0;

-- What the person subscribed to, as the server said last; only shown.
alter table account add column tier text;
