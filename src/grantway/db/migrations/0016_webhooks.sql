-- What accounts want to be told of their data, and what was told.

-- only postgresql
create sequence webhook_ids;

-- only postgresql
create sequence webhook_delivery_ids;

-- A subscription: one address, and the names of the events that it wants, with spaces between.
-- `receiver` is the address's host and port; receivers take turns by it.
create table webhooks (
    account_id bigint not null references accounts (id),
    id bigint not null,
    destination text not null,
    receiver text not null,
    settings text not null,
    sort bigint not null,
    is_disabled boolean not null,
    -- Since when it is on: bad answers from before do not switch it off.
    enabled_at bigint not null,
    secret_sealed text not null,
    -- Signs as well until then, so that a receiver has time to learn the new one.
    former_secret_sealed text,
    former_until bigint,
    created_at bigint not null,
    created_by bigint not null,
    -- The integration that subscribed; null: a person.
    client_id text,
    updated_at bigint not null,
    primary key (account_id, id),
    check ((former_secret_sealed is null) = (former_until is null))
) /* sqlite: without rowid */;
create unique index webhooks_by_destination on webhooks (account_id, destination);

-- One row per subscription and event, written with the change that it tells. A claim has an end:
-- what its process did not live to finish is sent again. A row may outlive its subscription.
create table webhook_deliveries (
    account_id bigint not null references accounts (id),
    id bigint not null,
    webhook_id bigint not null,
    receiver text not null,
    event text not null,
    -- As it is sent, but for what tells which account it is.
    body text not null,
    state text not null
        check (state in ('waiting', 'under_way', 'put_off', 'delivered', 'failed', 'dropped')),
    created_at bigint not null,
    -- When it is tried again while it is put off; when its claim ends while it is under way.
    due_at bigint not null,
    -- Attempts begun, and how many of the schedule's ended badly.
    attempts bigint not null,
    bad bigint not null,
    -- Who wanted the next attempt; null: the schedule.
    wanted_by bigint,
    primary key (account_id, id)
);
create index webhook_deliveries_waiting on webhook_deliveries (receiver, account_id, id)
    where state = 'waiting';
create index webhook_deliveries_due on webhook_deliveries (due_at)
    where state in ('under_way', 'put_off');
create index webhook_deliveries_of_a_webhook on webhook_deliveries (account_id, webhook_id, id);
create index webhook_deliveries_by_age on webhook_deliveries (created_at);

-- One row per attempt, from the claim on; finished_at is null when nobody lived to tell.
create table webhook_attempts (
    account_id bigint not null,
    delivery_id bigint not null,
    number bigint not null,
    webhook_id bigint not null,
    wanted_by bigint,
    started_at bigint not null,
    finished_at bigint,
    is_bad boolean,
    status bigint,
    why text,
    milliseconds bigint,
    -- The beginning of the answer's body.
    answer text,
    primary key (account_id, delivery_id, number),
    foreign key (account_id, delivery_id)
        references webhook_deliveries (account_id, id) on delete cascade,
    check ((finished_at is null) = (is_bad is null)),
    check (finished_at is not null or (status is null and why is null))
) /* sqlite: without rowid */;
create index webhook_attempts_bad on webhook_attempts (account_id, webhook_id, finished_at)
    where is_bad;
