-- What happened to the data of accounts.

-- only postgresql
create sequence event_ids;

-- An id begins with its second and ends with a number of the series, so it tells the moment and
-- the order, and the rows need no column for either. `type` of a changed custom field is the same
-- for all of them; which one it was says `field_id`. Values are JSON as they are answered; null:
-- an empty list.
create table events (
    account_id bigint not null references accounts (id),
    id bigint not null,
    type text not null,
    entity_type text not null,
    entity_id bigint not null,
    created_by bigint not null,
    field_id bigint,
    value_before text,
    value_after text,
    primary key (account_id, id)
) /* sqlite: without rowid */;
create index events_of_an_entity on events (account_id, entity_type, entity_id, id);
create index events_by_type on events (account_id, type, id);
create index events_by_user on events (account_id, created_by, id);
create index events_by_field on events (account_id, field_id, id) where field_id is not null;
