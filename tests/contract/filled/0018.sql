-- One row for each table that the step to version 18 makes.

insert into custom_field_groups values (1, 'leads', 'leads_1', 'Delivery', 5);
