-- The life of an account: a profile with the sign-up, everything gone with the deletion; and what an
-- operator does after the server itself was restored from a backup.

create or replace function private.begin_profile() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.profiles (user_id) values (new.id) on conflict (user_id) do nothing;
    return null;
end
$$;
comment on function private.begin_profile() is 'Particle: a profile for whoever signs up.';

create or replace trigger particle_begins_profile
    after insert on auth.users for each row
    execute function private.begin_profile();

insert into public.profiles (user_id)
select id from auth.users
    on conflict (user_id) do nothing;

create or replace function private.delete_account() returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    me uuid := auth.uid();
begin
    if me is null then
        raise insufficient_privilege using message = 'not_signed_in';
    end if;
    -- First what an exchange locks first, so that the two wait for each other and never cross.
    perform from public.profiles where user_id = me for update;
    delete from auth.users where id = me;
end
$$;
comment on function private.delete_account() is 'Particle: what public.delete_account does.';

create or replace function public.delete_account() returns void
    language sql volatile set search_path = pg_catalog, pg_temp set lock_timeout = '3s'
as $$
    select private.delete_account()
$$;
comment on function public.delete_account() is
    'Particle: deletes the account of the caller, and all that is kept for it here.';

create or replace function private.begin_new_epoch() returns void
    language sql volatile set search_path = pg_catalog, pg_temp
as $$
    update public.profiles set epoch = gen_random_uuid() where true
$$;
comment on function private.begin_new_epoch() is
    'Particle: to be called once after this database was restored from a backup; every device then sends what the backup lacks.';

revoke all on function private.begin_profile(), private.delete_account(), private.begin_new_epoch() from public;
grant execute on function private.delete_account() to authenticated;
revoke all on function public.delete_account() from public, anon, service_role;
grant execute on function public.delete_account() to authenticated;
