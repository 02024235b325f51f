-- Contacts and companies, and which entities belong together.

-- only postgresql
create sequence contact_ids;

-- only postgresql
create sequence company_ids;

create table contacts (
    account_id bigint not null references accounts (id),
    id bigint not null,
    name text not null,
    first_name text not null,
    last_name text not null,
    responsible_user_id bigint not null,
    created_by bigint not null,
    updated_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    closest_task_at bigint,
    is_deleted boolean not null,
    tag_ids text not null,
    field_values text not null,
    search_text text not null,
    document_epoch bigint not null,
    document bytea not null,
    primary key (account_id, id)
);
create index contacts_by_update on contacts (account_id, is_deleted, updated_at, id);
create index contacts_by_name on contacts (account_id, is_deleted, name, id);
create index contacts_by_user on contacts (account_id, is_deleted, responsible_user_id, updated_at, id);

create table companies (
    account_id bigint not null references accounts (id),
    id bigint not null,
    name text not null,
    responsible_user_id bigint not null,
    created_by bigint not null,
    updated_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    closest_task_at bigint,
    is_deleted boolean not null,
    tag_ids text not null,
    field_values text not null,
    search_text text not null,
    document_epoch bigint not null,
    document bytea not null,
    primary key (account_id, id)
);
create index companies_by_update on companies (account_id, is_deleted, updated_at, id);
create index companies_by_name on companies (account_id, is_deleted, name, id);
create index companies_by_user on companies (account_id, is_deleted, responsible_user_id, updated_at, id);

-- A lead has one company and one main contact, a contact has one company.
create table links (
    account_id bigint not null references accounts (id),
    from_type text not null check (from_type in ('leads', 'contacts')),
    from_id bigint not null,
    to_type text not null check (to_type in ('contacts', 'companies')),
    to_id bigint not null,
    is_main boolean not null,
    linked_at bigint not null,
    primary key (account_id, from_type, from_id, to_type, to_id),
    check (not is_main or (from_type = 'leads' and to_type = 'contacts'))
) /* sqlite: without rowid */;
create unique index one_company on links (account_id, from_type, from_id)
    where to_type = 'companies';
create unique index one_main_contact on links (account_id, from_id) where is_main;
create index links_to on links (account_id, to_type, to_id, from_type, from_id);
