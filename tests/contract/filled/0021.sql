-- One row for each table that the step to version 21 makes.

insert into notes values (1, 'leads', 1, 1, 'common', '{"text":"Called back."}', 1, 1, 1, 100, 100, false);
