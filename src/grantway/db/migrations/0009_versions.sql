-- Versions of public integrations, and what is said about them while they are reviewed.

create table versions (
    account_id bigint not null references accounts (id),
    client_id text not null references integrations (client_id),
    number bigint not null,
    state text not null check (state in ('draft', 'in_review', 'rejected', 'withdrawn', 'approved',
                                         'published', 'superseded', 'hidden')),
    -- JSON; it never changes once submitted_at is set, and content_hash names it.
    content text not null,
    content_hash text not null,
    created_at bigint not null,
    created_by bigint not null,
    updated_at bigint not null,
    submitted_at bigint,
    due_at bigint,
    decided_at bigint,
    decided_by bigint,
    published_at bigint,
    category text,
    primary key (account_id, client_id, number)
) /* sqlite: without rowid */;

-- The moderators' queue.
create index versions_in_review on versions (due_at, client_id) where state = 'in_review';

-- One version of an integration is before the public, at most.
create unique index versions_in_force on versions (client_id)
 where state in ('published', 'hidden');

-- only postgresql
create sequence version_message_ids;

create table version_messages (
    account_id bigint not null,
    client_id text not null,
    number bigint not null,
    id bigint not null,
    kind text not null check (kind in ('request', 'question', 'answer', 'note', 'verdict')),
    user_id bigint not null references users (id),
    text text not null,
    -- Sealed in place of text: what the integrator wrote for moderators alone, such as sign-ins.
    sealed text,
    -- JSON: the rules that a verdict names, each with its reason.
    reasons text not null default '[]',
    at bigint not null,
    primary key (account_id, client_id, number, id),
    foreign key (account_id, client_id, number)
        references versions (account_id, client_id, number) on delete cascade
) /* sqlite: without rowid */;
