-- Tasks about nothing, by whom they concern: who may see no others finds them at once.

create index tasks_about_nothing_by_user on tasks (account_id, responsible_user_id)
    where entity_type is null;
create index tasks_about_nothing_by_author on tasks (account_id, created_by)
    where entity_type is null;
