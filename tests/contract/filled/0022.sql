-- One row for each table that the step to version 22 makes.

insert into events values (1, 53687091201, 'lead_added', 'lead', 1, 1, null, null, null);
