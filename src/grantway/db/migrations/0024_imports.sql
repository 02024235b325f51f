-- What was imported into accounts, and how far imports have come.

-- only postgresql
create sequence import_ids;

-- source: whose ids the rows of the file have. fingerprint: which file it is.
create table imports (
    account_id bigint not null references accounts (id),
    id bigint not null,
    source text not null,
    source_id bigint not null,
    file text not null,
    fingerprint text not null,
    byte_offset bigint not null,
    line bigint not null,
    is_in_array boolean not null,
    item bigint not null,
    added text not null,
    refused bigint not null,
    refused_bytes bigint not null,
    begun_at bigint not null,
    updated_at bigint not null,
    finished_at bigint,
    primary key (account_id, id)
) /* sqlite: without rowid */;
create unique index one_import_of_a_file on imports (account_id, source, fingerprint);

-- Which old id became which new one. It grows with what is imported, and is never read by others.
create table imported_ids (
    account_id bigint not null,
    source_id bigint not null,
    entity_type text not null,
    old_id bigint not null,
    new_id bigint not null,
    import_id bigint not null,
    primary key (account_id, source_id, entity_type, old_id)
) /* sqlite: without rowid */;
