-- One row for each table that the step to version 24 makes.

insert into imports values (1, 1, 'acme.example', 1, 'leads.jsonl', 'f00d', 120, 3, false, 0, '{"leads":2}', 1, 80, 100, 110, null);
insert into imported_ids values (1, 1, 'leads', 7, 1, 1);
