-- One row for each table that the step to version 28 makes.

insert into widget_forms values (1, 'c', 'digital_pipeline', '{}', 100, 1);
insert into widget_messages values (1, 1, 1, 'error', 'w0rd', '{}', 100);
insert into widget_rules values (1, true, 100);
