-- One row for each table that the step to version 20 makes.

insert into tasks values (1, 1, 'Call back', 200, 1, 'leads', 1, 0, false, null, 1, 1, 1, 100, 100,
    0, /* document */ '{}');
