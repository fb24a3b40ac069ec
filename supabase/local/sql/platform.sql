-- What a new Supabase project has in its database before the first migration: extensions, the
-- schema `auth` with the functions that read a token's claims, and the default privileges that
-- open everything in `public` to the roles of the API, so that a forgotten revoke shows in a test.

create schema extensions;
create extension "uuid-ossp" with schema extensions;
create extension pgcrypto with schema extensions;

-- A hosted project lets its owner create this one, which `supabase db lint` does; without that
-- privilege here it has to be there already, where it is installed at all.
do $$
begin
    if exists (select from pg_available_extensions where name = 'plpgsql_check') then
        create extension plpgsql_check with schema extensions;
    end if;
end
$$;

grant all on schema extensions to postgres;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on all routines in schema extensions to postgres;

grant usage on schema public to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
    grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
    grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
    grant all on sequences to postgres, anon, authenticated, service_role;

create schema auth;
grant all on schema auth to supabase_auth_admin;
grant usage on schema auth to postgres, anon, authenticated, service_role;

-- PostgREST hands all claims over as one JSON object, its versions before 9 each as a setting.
create function auth.jwt() returns jsonb
    language sql stable
as $$
    select coalesce(
        nullif(current_setting('request.jwt.claims', true), ''),
        nullif(current_setting('request.jwt.claim', true), '')
    )::jsonb;
$$;

create function auth.uid() returns uuid
    language sql stable
as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    )::uuid;
$$;

create function auth.role() returns text
    language sql stable
as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    );
$$;

create function auth.email() returns text
    language sql stable
as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.email', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
    );
$$;

alter function auth.jwt() owner to supabase_auth_admin;
alter function auth.uid() owner to supabase_auth_admin;
alter function auth.role() owner to supabase_auth_admin;
alter function auth.email() owner to supabase_auth_admin;

-- Where the Supabase CLI notes which migrations a database has; so does this program.
create schema supabase_migrations authorization postgres;
create table supabase_migrations.schema_migrations (
    version    text primary key,
    statements text[],
    name       text
);
alter table supabase_migrations.schema_migrations owner to postgres;
