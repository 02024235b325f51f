-- Installing widgets: questions to administrators, and telling integrations.

-- Which call tells the integration, and what it was given when somebody installed it. Null where
-- it hears otherwise: by consent, or because no address is registered.
alter table installations add column hook_id bigint;
alter table installations add column agreed_scopes text;

-- JSON: how something came about that a person confirmed. Empty for what has no such story.
alter table audit_entries add column details text not null default '';

-- The wish to install or uninstall, until somebody confirms it on the control origin: bound to a
-- person, to the session in which they are signed in there, to an account and to an archive.
create table install_intents (
    id text primary key,
    account_id bigint not null references accounts (id),
    client_id text not null references integrations (client_id),
    user_id bigint not null references users (id),
    -- Of the control origin.
    session_id text not null,
    action text not null check (action in ('install', 'uninstall')),
    -- The archive that it is about; 0: none.
    number bigint not null,
    state text not null check (state in ('open', 'done', 'cancelled')),
    -- What the page that was shown last carries and says; null before the first.
    nonce_hash text,
    shown_hash text,
    -- In milliseconds, because an answer may come too soon.
    shown_at_ms bigint,
    created_at bigint not null,
    expires_at bigint not null,
    decided_at bigint,
    check ((state = 'open') = (decided_at is null))
) /* sqlite: without rowid */;
create index install_intents_of_a_user on install_intents (user_id, expires_at)
    where state = 'open';
create index install_intents_by_age on install_intents (expires_at);

-- Who may install by the API; no row: tokens of an integration install that one alone.
create table install_rules (
    account_id bigint primary key references accounts (id),
    api_may_install_others boolean not null,
    updated_at bigint not null
) /* sqlite: without rowid */;
