-- One row for each table that the step to version 27 makes.

insert into install_intents values
    ('n', 1, 'c', 1, 's', 'install', 1, 'open', null, null, null, 100, 700, null);
insert into install_rules values (1, true, 100);
