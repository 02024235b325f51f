-- One row for each table that the step to version 10 makes.

insert into pictures values (1, 'h', 'icon', 400, 272, true, 100, 100, /* document */ '{}');
insert into picture_uses values (1, 'c', 1, 'h');
