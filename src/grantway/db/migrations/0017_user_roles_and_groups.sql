-- Named sets of rights, named groups of users, and who made a person.

-- only postgresql
create sequence user_role_ids;

-- only postgresql
create sequence user_group_ids;

create table user_roles (
    account_id bigint not null references accounts (id),
    id bigint not null,
    name text not null,
    rights text not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (account_id, id)
) /* sqlite: without rowid */;

-- Group 0, where everybody begins, is in every account and stands in no row.
create table user_groups (
    account_id bigint not null references accounts (id),
    id bigint not null,
    name text not null,
    created_at bigint not null,
    primary key (account_id, id)
) /* sqlite: without rowid */;

-- Whose rights count instead of the user's own; null without a role.
alter table account_users add column role_id bigint;

-- The account whose administrators made this person, and so know the first password. Null for
-- whom the operator made, or gave a password since.
alter table users add column made_in bigint references accounts (id);

-- Whose access it was when an integration acted as another user with it.
alter table audit_entries add column authorizer_id bigint;
