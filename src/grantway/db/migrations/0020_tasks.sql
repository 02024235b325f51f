-- Tasks, about an entity or about none.

-- only postgresql
create sequence task_ids;

-- document is the task as the API prints it, rendered when the task is written.
create table tasks (
    account_id bigint not null references accounts (id),
    id bigint not null,
    text text not null,
    complete_till bigint not null,
    task_type_id bigint not null,
    entity_type text check (entity_type in ('leads', 'contacts', 'companies')),
    entity_id bigint,
    duration bigint not null,
    is_completed boolean not null,
    result text,
    responsible_user_id bigint not null,
    created_by bigint not null,
    updated_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    document_epoch bigint not null,
    document bytea not null,
    primary key (account_id, id),
    check ((entity_type is null) = (entity_id is null))
);
create index tasks_by_update on tasks (account_id, updated_at, id);
create index tasks_by_creation on tasks (account_id, created_at, id);
create index tasks_by_deadline on tasks (account_id, is_completed, complete_till, id);
create index tasks_by_completion on tasks (account_id, is_completed, updated_at, id);
create index tasks_by_user on tasks (account_id, responsible_user_id, is_completed, updated_at, id);
create index tasks_by_task_type on tasks (account_id, task_type_id, updated_at, id);
create index tasks_by_entity_type on tasks (account_id, entity_type, updated_at, id);
-- Also for the moment at which the next task of an entity is due.
create index tasks_of_entity on tasks (account_id, entity_type, entity_id, is_completed, complete_till);
