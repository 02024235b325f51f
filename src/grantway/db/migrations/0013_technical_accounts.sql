-- Technical accounts: who asked for one, what became of that, and until when an account is one.

-- Null while an account is technical without end, and while it is not technical.
alter table accounts add column technical_until bigint;

-- How many reminders of this end were sent.
alter table accounts add column technical_reminders bigint not null default 0;

create index accounts_technical on accounts (technical_until, id) where is_technical;

create table technical_requests (
    account_id bigint not null references accounts (id),
    -- The account's first request is 1.
    number bigint not null,
    state text not null check (state in ('waiting', 'approved', 'refused', 'ended')),
    about text not null,
    site text not null,
    requested_at bigint not null,
    requested_by bigint not null references users (id),
    decided_at bigint,
    -- Null when the operator decided.
    decided_by bigint references users (id),
    -- When the account stopped being technical again, which this request had made it.
    ended_at bigint,
    -- Why it was refused or ended, for the account to read.
    reason text not null default '',
    primary key (account_id, number),
    check ((state = 'waiting') = (decided_at is null)),
    check ((state = 'ended') = (ended_at is not null))
) /* sqlite: without rowid */;

-- One request of an account waits, at most.
create unique index technical_requests_of_an_account on technical_requests (account_id)
 where state = 'waiting';

-- The moderators' list.
create index technical_requests_waiting on technical_requests (requested_at, account_id)
 where state = 'waiting';
