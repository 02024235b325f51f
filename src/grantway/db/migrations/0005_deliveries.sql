-- Calls to the outside.

-- only postgresql
create sequence delivery_ids;

-- One row per call to the outside: claimed before it is sent, so it is sent at most once.
-- `uri` is without what is secret: that is added when it is sent. `destination` is its host and
-- port, or - when it has none; receivers take turns by it.
create table deliveries (
    account_id bigint not null references accounts (id),
    id bigint not null,
    client_id text not null references integrations (client_id),
    kind text not null check (kind in ('revoke', 'secrets', 'install')),
    method text not null,
    uri text not null,
    destination text not null,
    created_at bigint not null,
    claimed_at bigint,
    finished_at bigint,
    result text check (result in ('answered', 'failed', 'unknown')),
    status bigint,
    why text,
    milliseconds bigint,
    primary key (account_id, id),
    check ((finished_at is null) = (result is null)),
    check (finished_at is null or claimed_at is not null),
    check ((result = 'answered') = (status is not null) or result is null)
) /* sqlite: without rowid */;
create index deliveries_waiting on deliveries (destination, account_id, id)
    where claimed_at is null;
create index deliveries_under_way on deliveries (claimed_at)
    where finished_at is null and claimed_at is not null;
create index deliveries_of_an_integration on deliveries (client_id, id);
create index deliveries_by_age on deliveries (created_at);
