-- Notes of leads, contacts and companies.

-- only postgresql
create sequence note_ids;

create table notes (
    account_id bigint not null references accounts (id),
    entity_type text not null check (entity_type in ('leads', 'contacts', 'companies')),
    id bigint not null,
    entity_id bigint not null,
    note_type text not null,
    params text not null,
    responsible_user_id bigint not null,
    created_by bigint not null,
    updated_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    is_pinned boolean not null,
    primary key (account_id, entity_type, id)
);
-- The entity stands at the end, so that whose entity it is can be asked without reading the note.
create index notes_by_update on notes (account_id, entity_type, updated_at, id, entity_id);
create index notes_by_entity on notes (account_id, entity_type, entity_id, updated_at, id);
create index notes_by_type on notes (account_id, entity_type, note_type, updated_at, id, entity_id);
create index notes_by_type_and_id on notes (account_id, entity_type, note_type, id, entity_id);
