-- The owner of a project may read the tables of `auth`, refer to them and put triggers on them,
-- but cannot change what they are. Runs after they are made.

grant all on all tables in schema auth to postgres;
grant all on all sequences in schema auth to postgres;
grant all on all routines in schema auth to postgres;
