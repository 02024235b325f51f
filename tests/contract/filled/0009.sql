-- One row for each table that the step to version 9 makes.

insert into versions (account_id, client_id, number, state, content, content_hash, created_at,
                      created_by, updated_at)
values (1, 'c', 1, 'draft', '{}', 'h', 100, 1, 100);
insert into version_messages values (1, 'c', 1, 1, 'note', 1, 'Text', null, '[]', 100);
