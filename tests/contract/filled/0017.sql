-- One row for each table that the step to version 17 makes.

insert into user_roles values (1, 1, 'Sales', '{}', 100, 100);
insert into user_groups values (1, 1, 'North', 100);
