-- The tables of the auth door, with the names that Supabase gives them, as far as the door needs
-- them: what references auth.users, and what reads it, loads here as it does there. The door sets
-- every time itself, because its clock can be moved; the defaults serve rows made by hand.
-- Run by supabase_auth_admin, who thereby owns everything here.

create table auth.users (
    id                   uuid        primary key,
    aud                  text        not null default 'authenticated',
    role                 text        not null default 'authenticated',
    email                text,
    encrypted_password   text,
    email_confirmed_at   timestamptz,
    invited_at           timestamptz,
    confirmation_sent_at timestamptz,
    recovery_sent_at     timestamptz,
    email_change         text        not null default '',
    email_change_sent_at timestamptz,
    last_sign_in_at      timestamptz,
    raw_app_meta_data    jsonb       not null default '{}',
    raw_user_meta_data   jsonb       not null default '{}',
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now(),
    phone                text,
    confirmed_at         timestamptz generated always as (email_confirmed_at) stored,
    banned_until         timestamptz,
    deleted_at           timestamptz,
    is_sso_user          boolean     not null default false,
    is_anonymous         boolean     not null default false,
    constraint users_email_lower_case check (email = lower(email)),
    constraint users_email_unique     unique (email)
);

comment on table auth.users is
    'People who can sign in. encrypted_password is a bcrypt hash; email_change is the address that '
    'waits for its code.';

create table auth.identities (
    id              uuid        primary key default gen_random_uuid(),
    provider_id     text        not null,
    user_id         uuid        not null references auth.users (id) on delete cascade,
    identity_data   jsonb       not null,
    provider        text        not null,
    last_sign_in_at timestamptz,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    email           text        generated always as (lower(identity_data ->> 'email')) stored,
    constraint identities_provider_id_provider_unique unique (provider_id, provider)
);

create index identities_user_id_index on auth.identities (user_id);

comment on table auth.identities is
    'By which provider a user proves who he is. Here it is always one row of the provider email.';

create table auth.sessions (
    id                    uuid        primary key,
    user_id               uuid        not null references auth.users (id) on delete cascade,
    created_at            timestamptz not null default now(),
    updated_at            timestamptz not null default now(),
    refreshed_at          timestamptz,
    not_after             timestamptz,
    authentication_method text        not null default 'password'
);

create index sessions_user_id_index on auth.sessions (user_id);

comment on table auth.sessions is
    'One row per sign-in. Its row lock orders the refreshes of a session; not_after, if set, ends '
    'it. authentication_method stands in for the table mfa_amr_claims that Supabase has.';

create table auth.refresh_tokens (
    id         bigserial   primary key,
    token      text        not null,
    user_id    uuid        not null,
    session_id uuid        references auth.sessions (id) on delete cascade,
    parent     text,
    revoked    boolean     not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint refresh_tokens_token_unique unique (token)
);

create index refresh_tokens_session_id_revoked_index on auth.refresh_tokens (session_id, revoked);

-- Two tokens in force would be two heirs of one family; whatever the door does, this cannot be.
create unique index refresh_tokens_one_active_per_session
    on auth.refresh_tokens (session_id)
    where not revoked;

comment on table auth.refresh_tokens is
    'Each token with the token that it replaced. A session has at most one that is not revoked; '
    'updated_at of a revoked one is when it was used.';

create type auth.one_time_token_type as enum (
    'confirmation_token',
    'recovery_token',
    'email_change_token_new'
);

create table auth.one_time_tokens (
    id         uuid                     primary key default gen_random_uuid(),
    user_id    uuid                     not null references auth.users (id) on delete cascade,
    token_type auth.one_time_token_type not null,
    token_hash text                     not null,
    relates_to text                     not null,
    created_at timestamptz              not null default now(),
    updated_at timestamptz              not null default now(),
    constraint one_time_tokens_token_hash_not_empty check (token_hash <> ''),
    constraint one_time_tokens_user_id_token_type_unique unique (user_id, token_type)
);

create index one_time_tokens_relates_to_index on auth.one_time_tokens (relates_to, token_type);

comment on table auth.one_time_tokens is
    'Codes that wait for their mail to be read: the hash of address and code, the address in '
    'relates_to, sent at created_at. Used codes are gone.';
