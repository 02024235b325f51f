-- Accounts, people, integrations, grants and the audit. Moments are Unix seconds, UTC.

-- only sqlite
create table id_series (
    name text primary key,
    last_id bigint not null
);

-- only postgresql
create sequence account_ids;

-- only postgresql
create sequence user_ids;

-- only postgresql
create sequence installation_ids;

-- only postgresql
create sequence grant_ids;

-- only postgresql
create sequence audit_ids;

create table accounts (
    id bigint primary key,
    uuid text not null unique,
    subdomain text not null unique,
    name text not null,
    status text not null check (status in ('active', 'suspended', 'deleted')),
    is_technical boolean not null,
    country text not null,
    currency text not null,
    language text not null,
    timezone text not null,
    created_at bigint not null,
    created_by bigint not null,
    updated_at bigint not null,
    updated_by bigint not null
);

-- A person. Who may do what in which account stands in account_users.
create table users (
    id bigint primary key,
    uuid text not null unique,
    email text not null unique,
    name text not null,
    language text not null,
    password_hash text,
    platform_role text check (platform_role in ('moderator', 'operator')),
    is_active boolean not null,
    created_at bigint not null,
    updated_at bigint not null
);

create table account_users (
    account_id bigint not null references accounts (id),
    user_id bigint not null references users (id),
    role text not null check (role in ('administrator', 'user')),
    group_id bigint not null,
    rights text not null,
    is_active boolean not null,
    is_free boolean not null,
    created_at bigint not null,
    primary key (account_id, user_id)
) /* sqlite: without rowid */;
create index account_users_of_a_user on account_users (user_id, account_id);

-- account_id is null for a session of the control origin.
create table sessions (
    session_hash text primary key,
    id text not null unique,
    user_id bigint not null references users (id),
    account_id bigint references accounts (id),
    parent_id text references sessions (id),
    created_at bigint not null,
    proved_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    source text not null,
    user_agent text not null
) /* sqlite: without rowid */;
create index sessions_of_a_user on sessions (user_id, ended_at);
create index sessions_below on sessions (parent_id);

-- How a browser that is signed in on the control origin enters an account's workspace.
create table workspace_tickets (
    ticket_hash text primary key,
    nonce_hash text not null,
    session_id text not null references sessions (id),
    user_id bigint not null references users (id),
    account_id bigint not null references accounts (id),
    expires_at bigint not null,
    used_at bigint
) /* sqlite: without rowid */;

create table sign_in_failures (
    subject text primary key,
    failures bigint not null,
    first_at bigint not null,
    last_at bigint not null
) /* sqlite: without rowid */;

create table integrations (
    client_id text primary key,
    account_id bigint not null references accounts (id),
    kind text not null check (kind in ('private', 'public', 'external')),
    status text not null check (status in ('private', 'draft', 'published', 'disabled', 'deleted')),
    name text not null,
    description text not null,
    redirect_uri text,
    revoke_hook_uri text,
    scopes text not null,
    fidelity text not null check (fidelity in ('kommo', 'strict')),
    secret_hash text,
    secret_sealed text,
    secret_issued_at bigint,
    created_at bigint not null,
    created_by bigint not null,
    updated_at bigint not null,
    updated_by bigint not null,
    check ((kind = 'private') = (status = 'private') or status in ('disabled', 'deleted')),
    check ((secret_hash is null) = (secret_sealed is null))
) /* sqlite: without rowid */;
create index integrations_of_an_account on integrations (account_id, created_at);

-- One row per installing: installing again makes a new row, and ending a row ends all below it.
create table installations (
    account_id bigint not null references accounts (id),
    id bigint not null,
    client_id text not null references integrations (client_id),
    installed_at bigint not null,
    installed_by bigint not null,
    ended_at bigint,
    ended_by bigint,
    primary key (account_id, id)
) /* sqlite: without rowid */;
create unique index one_live_installation on installations (account_id, client_id)
    where ended_at is null;
create index installations_of_an_integration on installations (client_id, account_id);

create table signing_keys (
    kid text primary key,
    public_pem text not null,
    private_sealed text not null,
    state text not null check (state in ('next', 'active', 'retired', 'compromised')),
    created_at bigint not null,
    ended_at bigint
) /* sqlite: without rowid */;
create unique index one_active_signing_key on signing_keys (state) where state = 'active';

-- A grant names itself in its tokens by its uuid. A long-lived token is a grant with a token of its own.
create table grants (
    account_id bigint not null,
    id bigint not null,
    uuid text not null,
    installation_id bigint not null,
    client_id text not null references integrations (client_id),
    user_id bigint not null references users (id),
    kind text not null check (kind in ('code', 'long_lived')),
    scopes text not null,
    by_administrator boolean not null,
    created_at bigint not null,
    last_used_at bigint,
    last_used_from text,
    ended_at bigint,
    ended_by bigint,
    token_id_hash text,
    expires_at bigint,
    primary key (account_id, uuid),
    foreign key (account_id, installation_id) references installations (account_id, id),
    check ((kind = 'long_lived') = (token_id_hash is not null)),
    check ((kind = 'long_lived') = (expires_at is not null))
) /* sqlite: without rowid */;
create unique index grants_by_id on grants (account_id, id);
create index grants_of_an_integration on grants (account_id, client_id, created_at);

create table authorization_codes (
    code_hash text primary key,
    account_id bigint not null references accounts (id),
    installation_id bigint not null,
    client_id text not null references integrations (client_id),
    user_id bigint not null references users (id),
    redirect_uri text,
    scopes text not null,
    by_administrator boolean not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    foreign key (account_id, installation_id) references installations (account_id, id)
) /* sqlite: without rowid */;

-- account_id 0 is the platform itself.
create table audit_entries (
    account_id bigint not null,
    id bigint not null,
    at bigint not null,
    event text not null,
    actor text not null,
    user_id bigint,
    client_id text,
    grant_id bigint,
    source text not null,
    subject text not null,
    outcome text not null,
    primary key (account_id, id)
);
