-- Takes the work of the migrations back, for a test only: the database is then as that of a new
-- project, and the Supabase CLI has something to push.

drop schema private cascade;
drop table public.profiles, public.particles, public.projects, public.intentions, public.settings;
drop function public.sync_exchange(jsonb), public.sync_about(), public.delete_account();
delete from supabase_migrations.schema_migrations;

do $$
declare
    left_over text;
begin
    select string_agg(description, ' ') into left_over from pg_description where description like 'Particle: %';
    if left_over is not null then
        raise exception 'This file does not know of: %', left_over;
    end if;
end
$$;

create extension if not exists pgtap         with schema extensions;
create extension if not exists plpgsql_check with schema extensions;
