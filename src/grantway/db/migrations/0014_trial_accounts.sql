-- Throw-away accounts in which moderators try what they review, and what the desk lists.

create table trial_accounts (
    account_id bigint primary key references accounts (id),
    -- What is tried there although it is not published, and which version of it is reviewed.
    client_id text not null references integrations (client_id),
    number bigint not null,
    user_id bigint not null references users (id),
    begun_at bigint not null,
    ends_at bigint not null,
    ended_at bigint
) /* sqlite: without rowid */;

-- A moderator tries an integration in one account at a time.
create unique index trial_accounts_of_a_moderator on trial_accounts (client_id, user_id)
 where ended_at is null;

create index trial_accounts_due on trial_accounts (ends_at) where ended_at is null;

-- JSON: how often each rule fired when the version was handed in, so that the queue need not check
-- again. Null for what was handed in before this was kept.
alter table versions add column found text;

-- What the public sees or saw, as the desk lists it.
create index integrations_once_public on integrations (published_at, client_id)
 where published_at is not null;
