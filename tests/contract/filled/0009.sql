-- One row for each table that the step to version 9 makes.

insert into versions values (1, 'c', 1, 'draft', '{}', 'h', 100, 1, 100, null, null, null, null, null, null);
insert into version_messages values (1, 'c', 1, 1, 'note', 1, 'Text', null, '[]', 100);
