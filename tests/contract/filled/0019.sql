-- One row for each table that the step to version 19 makes.

insert into contacts values (1, 1, 'Ann Lee', 'Ann', 'Lee', 1, 1, 1, 100, 100, null, false, '[]', '{}', 'ann lee', 0, /* document */ '{}');

insert into companies values (1, 1, 'Example Inc', 1, 1, 1, 100, 100, null, false, '[]', '{}', 'example inc', 0, /* document */ '{}');

insert into links values (1, 'contacts', 1, 'companies', 1, false, 100);
